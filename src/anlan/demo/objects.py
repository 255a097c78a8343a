"""What the demo county supervises besides its enterprises: a few of each kind."""

from random import Random

from anlan.authz.actors import Actor, system_actor
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Region
from anlan.authz.scope import acting
from anlan.demo import scenery
from anlan.demo.places import World
from anlan.register import api as register
from anlan.territory import api as territory

K, P = register.ObjectKind, register.PartyKind
THINGS = (
    # kind, name, sectors, who answers for it
    (K.SMALL_VENUE, "演示便民超市", ("FIRE",), P.PERSON),
    (K.SELF_BUILT_HOUSE, "演示自建房 18 号", ("CONSTRUCTION", "FIRE"), P.PERSON),
    (K.RENTAL_HOUSE, "演示出租房 6 幢", ("FIRE",), P.PERSON),
    (K.ROAD_SECTION, "演示村道急弯路段", ("ROAD_TRAFFIC",), P.ORGANISATION),
    (K.BRIDGE, "演示平桥", ("TRANSPORT",), P.ORGANISATION),
    (K.BUILDING, "演示安置楼 3 单元", ("FIRE",), P.ORGANISATION),
    (K.PUBLIC_PLACE, "演示文化礼堂", (), P.ORGANISATION),
    (K.WATERS, "演示水库", ("WATER",), P.ORGANISATION),
)
TOWNSHIPS = 3


def furnish(world: World, random: Random) -> None:
    """A few objects in the first townships; what is there is left alone."""
    for unit in world.of_kind(OrganisationKind.TOWNSHIP)[:TOWNSHIPS]:
        with acting(world.actor(unit)) as actor:
            if not register.supervised_objects(actor, register.ObjectFilters()).exists():
                villages = list(territory.inside(unit.region.path, levels=[RegionLevel.VILLAGE])[:4])
                for number, thing in enumerate(THINGS):
                    _register(world, actor, villages[number % len(villages)], thing, random)
    with acting(system_actor(world.county)) as system:
        named = register.supervised_objects(system, register.ObjectFilters(q="演示"))
        world.objects = list(named.with_names().order_by("registered_at", "id"))


def _register(
    world: World, actor: Actor, village: Region, thing: tuple[str, str, tuple[str, ...], str], random: Random
) -> None:
    kind, name, sectors, party = thing
    answers = next(one for one in world.of_kind(OrganisationKind.VILLAGE) if one.region_id == village.id)
    longitude, latitude = scenery.position(random, village.code[:9])
    register.register_object(
        actor=actor,
        facts=register.ObjectFacts(
            kind=kind,
            name=f"{village.name}{name}",
            address=f"{village.name}演示路 {random.randint(1, 200)} 号",
            region_id=village.id,
            longitude=longitude,
            latitude=latitude,
            source_crs=register.SourceCrs.WGS84,
            sectors=sectors,
            party_kind=party,
            party_organisation_id=answers.id if party == P.ORGANISATION else None,
            party_name=scenery.person(random) if party == P.PERSON else "",
            party_phone=f"1990001{random.randint(0, 9999):04d}" if party == P.PERSON else "",
        ),
    )
