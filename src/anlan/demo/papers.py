"""What the register of the demo says beside names and places: tags, licences, some of which end soon, and one
enterprise that was written down twice."""

from datetime import timedelta

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.demo.places import World
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.register import api as register

TAGGED = (
    # kind, why, which sites: every so many, from which one on
    ("COMBUSTIBLE_DUST", "打磨、抛光工段", 7, 0),
    ("CONFINED_SPACE", "污水池、窨井", 5, 1),
    ("AMMONIA_REFRIGERATION", "液氨冷库", 29, 3),
    ("OUTSOURCED_WORK", "厂房维修由外单位承包", 11, 0),
    ("KEY_SITE", "乡镇商定", 17, 2),
)
DAYS_LEFT = (-12, 9, 25, 48, 84, 200, 400, 900, None)
"""Until a licence ends: some over, some within the days that reminders go out."""
LICENCES = 2 * len(DAYS_LEFT)
ISSUERS = {
    "SPECIAL_EQUIPMENT_USE": "临海市市场监督管理局（演示）",
    "POLLUTANT_DISCHARGE": "台州市生态环境局临海分局（演示）",
    "GAS_TRADE": "临海市住房和城乡建设局（演示）",
}


def add(world: World) -> None:
    """Tag sites, register licences, and meet the second enterprise again under another name. Repeatable."""
    with acting(world.actor(world.named("临海安委办"))) as county:
        if register.licences(county, register.LicenceFilters(), clock.today()).exists():
            return
        for kind, note, every, first in TAGGED:
            chosen = [site.id for site in world.sites[first::every]]
            if chosen:
                since = clock.today() - timedelta(days=60)
                register.tag_sites(actor=county, site_ids=chosen, kind=kind, since_on=since, note=note)
        for number, site in enumerate(world.sites[:LICENCES]):
            _license(county, site, number)
    if len(world.sites) > 1:
        _meet_again(world, world.sites[1])


def _license(county: Actor, site: register.Site, number: int) -> None:
    kind = list(ISSUERS)[number % len(ISSUERS)]
    today, left = clock.today(), DAYS_LEFT[number % len(DAYS_LEFT)]
    register.register_licence(
        actor=county,
        enterprise_id=site.enterprise_id,
        facts=register.LicenceFacts(
            kind=kind,
            number=f"演示证{number + 1:04d}",
            valid_from=today - timedelta(days=700),
            valid_to=None if left is None else today + timedelta(days=left),
            issued_by=ISSUERS[kind],
            site_id=site.id if number % 2 else None,
        ),
    )


def _meet_again(world: World, site: register.Site) -> None:
    """The township writes it down without its code, as a patrol met it, and finds a hidden danger there."""
    known = site.enterprise
    with acting(world.actor(site.local_unit)) as actor:
        again = register.register_enterprise(
            actor=actor,
            facts=register.EnterpriseFacts(
                name=known.name.replace("有限公司", "公司"),
                legal_representative=known.legal_representative,
                phone=known.phone,
                region_id=known.region_id,
            ),
        )
        place = register.SiteFacts(
            name="北侧仓库", address=f"{site.address}北侧", region_id=site.region_id, sectors=("FIRE",)
        )
        second = register.register_site(actor=actor, enterprise_id=again.id, facts=place)
        loop.register(
            actor=actor,
            find=loop.Find(
                description="仓库消防通道堆放纸箱，灭火器被遮挡。",
                source=loop.Source.GRASSROOTS_CHECK,
                place=place.address,
                site_id=second.id,
                sector="FIRE",
            ),
        )
