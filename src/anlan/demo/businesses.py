"""About 200 enterprises with their sites, registered by their townships; some of them sign in."""

from random import Random

from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Organisation
from anlan.authz.scope import acting
from anlan.demo import people, scenery
from anlan.demo.places import COUNTY, OTHER, World
from anlan.register import api as register
from anlan.territory import api as territory

WITH_ACCOUNT = 24


def open_shop(world: World, random: Random, count: int, password: str | None) -> None:
    """Register the enterprises that are not there yet. The first, in 文化社区, is the one that ``firm`` signs in to."""
    with acting(world.actor(world.named("临海安委办"))) as county:
        known = {e.unified_social_credit_code for e in register.enterprises(county, register.EnterpriseFilters())}
    townships = world.of_kind(OrganisationKind.TOWNSHIP)
    weights = [6 if t.short_name in ("古城街道", "大洋街道") else 2 for t in townships]
    for number in range(count):
        township = world.named("古城街道") if number == 0 else random.choices(townships, weights)[0]
        kind = scenery.KINDS[0] if number == 0 else random.choices(scenery.KINDS, [k.weight for k in scenery.KINDS])[0]
        facts = _facts(world, random, number, kind, township)
        if facts.unified_social_credit_code in known:
            continue
        with acting(world.actor(township)) as actor:
            enterprise = register.register_enterprise(actor=actor, facts=facts)
            register.register_site(actor=actor, enterprise_id=enterprise.id, facts=_site(random, facts, kind, township))
            if number < WITH_ACCOUNT:
                enterprise = register.open_enterprise_organisation(actor=actor, enterprise_id=enterprise.id)
    _other_county(world)
    man_the_accounts(world, password)


def man_the_accounts(world: World, password: str | None) -> None:
    """Sites are read back with their enterprises; those with an organisation get their safety officer."""
    with acting(world.actor(world.named("临海安委办"))) as county:
        sites = register.sites(county, register.SiteFilters()).order_by("registered_at", "id")
        world.sites = list(sites.select_related("enterprise__organisation__region", "region", "local_unit__region"))
    for site in world.sites:
        organisation = site.enterprise.organisation
        if organisation is not None:
            is_first = site.enterprise.unified_social_credit_code == scenery.credit_code(COUNTY, 1)
            person = people.Person("firm", "徐安全（演示）", password) if is_first else people.officer_of(organisation)
            world.actors[organisation.id] = people.employ(organisation, person)


def _facts(world: World, random: Random, number: int, kind: scenery.Kind, township: object) -> register.EnterpriseFacts:
    villages = list(territory.children(township.region)) or [township.region]  # type: ignore[attr-defined]
    region = villages[0] if number == 0 else random.choice(villages)
    name = f"{random.choice(scenery.PREFIXES)}{number + 1:03d}号{kind.suffix}"
    employees = random.choice([8, 15, 26, 40, 65, 120, 260, 480])
    return register.EnterpriseFacts(
        name=name,
        short_name=name.removesuffix("有限公司"),
        unified_social_credit_code=scenery.credit_code(COUNTY, number + 1),
        legal_representative=scenery.person(random),
        phone=f"1990000{number:04d}",
        industry_code=kind.industry,
        above_designated_size=employees >= 120,
        employee_count=employees,
        registered_address=f"{region.name}演示路 {number + 1} 号",
        region_id=region.id,
    )


def _site(
    random: Random, facts: register.EnterpriseFacts, kind: scenery.Kind, township: Organisation
) -> register.SiteFacts:
    longitude, latitude = scenery.position(random, township.region.code)
    return register.SiteFacts(
        name="主厂区" if kind.sector != "GAS" else "门店",
        address=facts.registered_address,
        region_id=facts.region_id,
        longitude=longitude,
        latitude=latitude,
        source_crs=register.SourceCrs.WGS84,
        people=(
            register.PersonFacts(
                name=facts.legal_representative, post=register.PersonPost.PRINCIPAL, phone=facts.phone
            ),
            register.PersonFacts(
                name=scenery.person(random), post=register.PersonPost.SAFETY_MANAGER, phone=facts.phone
            ),
        ),
        sectors=(kind.sector, "FIRE"),
    )


def _other_county(world: World) -> None:
    """One enterprise in the county next door, so that its login has something of its own."""
    town = territory.inside(world.other.path, levels=[RegionLevel.TOWNSHIP]).first()
    if town is None:
        return
    with acting(world.actor(world.named("温岭安委办"))) as actor:
        if register.enterprises(actor, register.EnterpriseFilters()).exists():
            return
        facts = register.EnterpriseFacts(
            name="演示邻县001号机械有限公司",
            unified_social_credit_code=scenery.credit_code(OTHER, 1),
            region_id=town.id,
        )
        enterprise = register.register_enterprise(actor=actor, facts=facts)
        site = register.SiteFacts(name="主厂区", address="演示邻县路 1 号", region_id=town.id, sectors=("INDUSTRY",))
        register.register_site(actor=actor, enterprise_id=enterprise.id, facts=site)
