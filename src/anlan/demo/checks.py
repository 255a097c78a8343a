"""Checks of the demo: about 80 visits, the self-checks of those enterprises that sign in, the last patrols of villages."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.core.management import call_command

from anlan.authz.actors import system_actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Organisation
from anlan.authz.scope import acting
from anlan.demo import pictures
from anlan.demo.places import World
from anlan.files import api as files
from anlan.hidden_dangers import api as loop
from anlan.inspections import api as checks
from anlan.inspections.api import ActClass, Answer
from anlan.lib import clock
from anlan.register.api import Site, SupervisedObject

BUSY = ("临海应急局", "临海住建局", "临海消防大队", "临海市监局")
RECENT = timedelta(days=12)
AT_HOUSES = 6
"""One in so many visits is to a house or a shop."""
LISTS = {"INDUSTRY": "industry-general", "FIRE": "fire-general", "GAS": "restaurant-gas"}


def told(world: World) -> int:
    """How many checks our county has already."""
    with acting(system_actor(world.county)) as system:
        return checks.checks(system, checks.Filters()).count()


def tell(world: World, random: Random, first: date, last: date, count: int) -> None:
    """Inspections and visits on working hours of the days; then the months' self-checks and the last patrols."""
    call_command("load_checklists", verbosity=0)
    with acting(system_actor(world.county)) as system:
        versions = {version.checklist.code: version for version in checks.checklist_versions(system)}
    days = sorted(random.randrange((last - first).days + 1) for _ in range(count))
    for number, day in enumerate(days):
        _visit(world, random, versions, first + timedelta(days=day), at_house=number % AT_HOUSES == 1)
    for month in sorted({checks.month_of(first + timedelta(days=n)) for n in range((last - first).days + 1)}):
        _self_checks(world, random, versions, month, last)
    _patrols(world, random, versions[LISTS["FIRE"]], last)


def _visit(world: World, random: Random, versions: dict, day: date, *, at_house: bool) -> None:
    site = random.choice(world.sites)
    unit, act_class = _who(world, random, site)
    if unit.id not in world.actors:
        return
    sectors = [sector for sector in unit.sectors if sector in LISTS]
    version = versions[LISTS[random.choice(sectors)] if sectors else random.choice(sorted(LISTS.values()))]
    houses = world.lived_in(unit) if at_house else []
    thing = houses[day.toordinal() % len(houses)] if houses else None
    if thing is not None:
        version = versions[LISTS["FIRE"]]
    begun = clock.start_of(day) + timedelta(hours=9, minutes=random.randrange(300))
    ended = begun + timedelta(minutes=random.randrange(25, 80))
    if ended > clock.now():
        return
    with clock.at(ended), acting(world.actor(unit)) as actor:
        check = checks.file(
            actor=actor,
            start=checks.Start(
                act_class,
                None if thing else site.id,
                checklist_version_id=version.id,
                started_at=begun,
                object_id=thing.id if thing else None,
            ),
            facts=_facts(random, act_class, version, actor.label),
        )

        found = [finding.hidden_danger_id for finding in check.findings.all()]
    if clock.today() - day > RECENT:
        for number, matter_id in enumerate(found):
            _put_right(world, random, unit, thing or site, matter_id, ended + timedelta(days=3 + number))


def _put_right(
    world: World, random: Random, unit: Organisation, site: Site | SupervisedObject, matter_id: UUID, begun: datetime
) -> None:
    """What an older visit found has gone through the loop since."""
    firm = site.enterprise.organisation if isinstance(site, Site) else None
    rectifier = firm if firm is not None and firm.id in world.actors else site.local_unit
    with clock.at(begun), acting(world.actor(unit)) as actor:
        party = {"kind": "ENTERPRISE", "id": site.enterprise_id} if isinstance(site, Site) else None
        loop.act(actor, matter_id, "confirm", cause="STATE", responsible_party=party)
        due_on = clock.today() + timedelta(days=7)
        loop.act(actor, matter_id, "dispatch", lead=site.local_unit_id, due_on=due_on, note="请按期整改并报验")
    if site.local_unit_id != unit.id:
        with clock.at(begun + timedelta(hours=2)), acting(world.actor(site.local_unit)) as actor:
            loop.act(actor, matter_id, "acknowledge")
    with clock.at(begun + timedelta(days=2)), acting(world.actor(rectifier)) as actor:
        picture = pictures.photograph(before=False, variant=random.randrange(12))
        photo = files.store(actor=actor, upload=picture, kind="AFTER").id
        loop.act(actor, matter_id, "submit_rectification", note="已整改", photos=[photo])
    acceptor = world.somebody_else(unit, world.actor(rectifier).user_id)
    with clock.at(begun + timedelta(days=3)), acting(acceptor):
        loop.act(acceptor, matter_id, "accept_rectification", note="现场复核，整改到位")


def _who(world: World, random: Random, site: Site) -> tuple[Organisation, ActClass]:
    chance = random.random()
    if chance < 0.55:
        departments = world.of_kind(OrganisationKind.DEPARTMENT, OrganisationKind.FIRE_RESCUE)
        return random.choice([d for d in departments if d.short_name in BUSY]), ActClass.ADMINISTRATIVE_INSPECTION
    if chance < 0.85:
        return site.local_unit, ActClass.SERVICE_VISIT
    return world.named("临海安委办"), ActClass.GOVERNMENT_SUPERVISION


def _facts(random: Random, act_class: ActClass, version, who: str) -> checks.CheckFacts:
    answers = [_answer(random, item) for item in version.items.all()]
    if act_class != ActClass.ADMINISTRATIVE_INSPECTION:
        return checks.CheckFacts(officers=[checks.Officer(who)], told_to="企业安全员（演示）", answers=answers)
    has_scanned = random.random() < 0.8
    return checks.CheckFacts(
        officers=[checks.Officer(who, "演示0001"), checks.Officer("同行人员（演示）", "演示0002")],
        inspection_kind=random.choice(["ROUTINE", "ROUTINE", "SPECIAL"]),
        arrival=random.choice(["NOTICE", "HAND_OVER"]),
        scan_no=f"YS{random.randrange(10**8):08d}" if has_scanned else "",
        no_scan_reason="" if has_scanned else "企业尚未申领入企码（演示）",
        plan_reference="2026 年度检查计划（演示）",
        told_to="企业安全员（演示）",
        answers=answers,
    )


def _answer(random: Random, item, fails: float = 0.035) -> checks.GivenAnswer:
    if item.answer_kind == "NUMBER":
        return checks.GivenAnswer(item.number, number=Decimal(random.randrange(1, 12)))
    chance = random.random()
    return checks.GivenAnswer(
        item.number, Answer.FAIL if chance < fails else Answer.NOT_APPLICABLE if chance > 0.93 else Answer.PASS
    )


def _self_checks(world: World, random: Random, versions: dict, month: date, last: date) -> None:
    firms = {site.enterprise_id: site for site in world.sites if site.enterprise.organisation_id in world.actors}
    for site in firms.values():
        if random.random() < 0.2:
            continue
        day = min(month + timedelta(days=random.choice([8, 14, 20, 26, 33])), last)
        begun = clock.start_of(day) + timedelta(hours=9, minutes=random.randrange(240))
        if begun + timedelta(minutes=40) > clock.now() or site.enterprise.organisation is None:
            continue
        version = versions[random.choice(["industry-general", "fire-general"])]
        with clock.at(begun + timedelta(minutes=40)), acting(world.actor(site.enterprise.organisation)) as actor:
            start = checks.Start(ActClass.SELF_CHECK, site.id, checklist_version_id=version.id,
                                 started_at=begun, month=month)  # fmt: skip
            checks.file(actor=actor, start=start, facts=_self_facts(random, site, version))


def _patrols(world: World, random: Random, version, last: date) -> None:
    """Of nine villages six have patrolled this week, two the week before, and one never: at an enterprise if there is
    one, else round the village."""
    sites = {site.region_id: site for site in reversed(world.sites)}
    monday = checks.week_of(last)
    this_week, week_before = range((last - monday).days + 1), range(-7, 0)
    villages = [o for o in world.of_kind(OrganisationKind.VILLAGE) if o.id in world.actors]
    for number, village in enumerate(sorted(villages, key=lambda one: one.region.code)):
        if number % 9 == 3:
            continue
        day = monday + timedelta(days=random.choice(week_before if number % 3 == 0 else this_week))
        hour = clock.start_of(day) + timedelta(hours=9, minutes=random.randrange(420))
        _patrol(world, random, version, village, sites.get(village.region_id), min(hour, clock.now()))


def _patrol(world: World, random: Random, version, village: Organisation, site: Site | None, ended: datetime) -> None:
    """A round that found nothing; it has just ended when its hour is yet to come."""
    begun = ended - timedelta(minutes=random.randrange(25, 80))
    start = checks.Start(ActClass.PATROL, region_id=village.region_id, place="村道、出租房、山塘", started_at=begun)
    answers = []
    if site is not None:
        start = checks.Start(ActClass.PATROL, site.id, checklist_version_id=version.id, started_at=begun)
        answers = [_answer(random, item, 0) for item in version.items.all()]
    with clock.at(ended), acting(world.actor(village)) as actor:
        checks.file(actor=actor, start=start, facts=checks.CheckFacts([checks.Officer(actor.label)], answers=answers))


def _self_facts(random: Random, site: Site, version) -> checks.CheckFacts:
    answers = []
    for item in version.items.all():
        answer = _answer(random, item, 0.06)
        if answer.answer == Answer.FAIL and item.level != "MAJOR" and random.random() < 0.8:
            answer = checks.GivenAnswer(item.number, Answer.FAIL, measure="当场整改", rectified_by="车间主任（演示）",
                                        accepted_by="企业安全员（演示）")  # fmt: skip
        answers.append(answer)
    led = random.random() < 0.85
    return checks.CheckFacts(
        answers=answers, led_by=site.enterprise.legal_representative if led else "", led_by_principal=led
    )
