"""From a find to a registered matter, and back to whoever reported it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, ParticipationKind, Sector
from anlan.authz.models import Organisation, Region
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.hidden_dangers import selectors
from anlan.hidden_dangers.actions.steps import attach, fire, hold, join, moving, needed
from anlan.hidden_dangers.actions.traces import changes
from anlan.hidden_dangers.choices import Level, Source
from anlan.hidden_dangers.models import HiddenDanger
from anlan.lib import clock, ids
from anlan.lib.refusals import Forbidden, Invalid, NotInScope
from anlan.organisations import api as organisations
from anlan.register import api as enterprises
from anlan.territory import api as territory

Spot = enterprises.Site | enterprises.SupervisedObject
DIRECT_SCREENERS = frozenset(
    {
        OrganisationKind.TOWNSHIP,
        OrganisationKind.TOWNSHIP_OFFICE,
        OrganisationKind.DEPARTMENT,
        OrganisationKind.DIVISION,
        OrganisationKind.FIRE_RESCUE,
        OrganisationKind.PARK,
        OrganisationKind.COMMITTEE_OFFICE,
        OrganisationKind.SPECIAL_COMMITTEE_OFFICE,
    }
)
"""Who screens its own finds; everybody else's go to the township of the place the same day (DOMAIN §4)."""

TAKE_DOWN = frozenset({OrganisationKind.COMMITTEE_OFFICE, OrganisationKind.COMMITTEE, OrganisationKind.GOVERNMENT})
"""Who puts down in a county what the city or the province handed down to it."""
COUNTY_DEPTH = 3
"""Segments of a county's path: province, city, county."""


@dataclass(frozen=True)
class Find:
    """Three taps: photos, place, a sentence. The rest may come later from the office."""

    description: str
    source: Source
    place: str = ""
    region_id: UUID | None = None
    site_id: UUID | None = None
    object_id: UUID | None = None
    sector: str = ""
    suggested_level: str = ""
    photo_ids: list[UUID] = field(default_factory=list)


def register(*, actor: Actor, find: Find) -> HiddenDanger:
    """Register a find. Raises Invalid (422) for a missing place or sentence, NotInScope (404) for a place outside."""
    with transaction.atomic():
        require(actor, Permission.HIDDEN_DANGER_REGISTER)
        _check_source(actor, find.source)
        spot = _spot(actor, find)
        region = spot.region if spot is not None else _region_of(actor, find)
        reporter = organisations.organisation_of(actor)
        screening = _screening_office(actor, reporter, region)
        matter = HiddenDanger(
            number=_new_number(region),
            status="",
            source=find.source,
            concealed=find.source == Source.UNANNOUNCED_CHECK,
            region=region,
            region_path=region.path,
            registered_at=clock.now(),
            registered_by_id=actor.person_id,
            reporter=reporter,
            screening=screening,
        )
        _describe(matter, find, spot)
        return _put_forward(actor, matter, find)


def register_again(
    *, actor: Actor, hidden_danger_id: UUID, find: Find, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Register a returned matter once more; the source and the place in the tree stay as they were, what is left out
    stays too, and the history keeps what was changed."""
    with moving(actor, hidden_danger_id, "register", if_versions) as matter:
        before = _said_of(matter)
        spot = _spot(actor, find)
        place = find.place or ("" if spot else matter.place)
        find = replace(find, place=place, suggested_level=find.suggested_level or matter.suggested_level)
        _describe(matter, find, spot or matter.site or matter.supervised_object)
        changed, words = changes(before, _said_of(matter))
        return _put_forward(actor, matter, find, words, changed)


def register_recurrence(actor: Actor, closed: HiddenDanger, description: str) -> HiddenDanger:
    """A new matter for one that came back: same place, same site or object, linked; screened where the old one was."""
    matter = HiddenDanger(
        number=_new_number(closed.region),
        status="",
        source=Source.GRASSROOTS_CHECK,
        region=closed.region,
        region_path=closed.region_path,
        registered_at=clock.now(),
        registered_by_id=actor.person_id,
        reporter=organisations.organisation_of(actor),
        screening=closed.screening,
        recurrence_of=closed,
        sector=closed.sector,
    )
    find = Find(description=description, source=Source.GRASSROOTS_CHECK, place=closed.place, sector=closed.sector)
    _describe(matter, find, closed.site or closed.supervised_object)
    return _put_forward(actor, matter, find)


def return_to_reporter(
    *, actor: Actor, hidden_danger_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Send an incomplete find back to its reporter, with the reason."""
    with moving(actor, hidden_danger_id, "return_to_reporter", if_versions) as matter:
        hold(matter, matter.reporter)
        fire(actor, matter, "return_to_reporter", needed(reason, "reason", "退回理由"))
        return matter


def dismiss(
    *, actor: Actor, hidden_danger_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Decide that there is no hidden danger; it counts as neither found nor open."""
    with moving(actor, hidden_danger_id, "dismiss", if_versions) as matter:
        matter.ended_at = clock.now()
        fire(actor, matter, "dismiss", needed(reason, "reason", "不成立的理由"))
        return matter


def why_not_by(actor: Actor, source: Source) -> str:
    """Why the actor does not report by this channel (S1-17), empty where it does: figures are kept by channel, so a
    channel says who looked. Forms offer no other."""
    if actor.is_enterprise != (source == Source.SELF_CHECK):
        return "企业只能登记“企业自查”，其他单位不能使用这个渠道。"
    if source == Source.UNANNOUNCED_CHECK and actor.organisation_kind not in DIRECT_SCREENERS:
        return "“部门暗查”由部门、乡镇（街道）或者安委办登记。"
    if source == Source.CITY_SUPERVISION and not (is_above_counties(actor) or actor.organisation_kind in TAKE_DOWN):
        return "“市级督查”由市级以上单位登记，上级交下来的由县（市、区）安委办、政府登记。"
    return ""


def is_above_counties(actor: Actor) -> bool:
    """Whether the actor works in a city or province, over several counties."""
    return actor.wall[0].count("/") < COUNTY_DEPTH


def _check_source(actor: Actor, source: Source) -> None:
    if refused := why_not_by(actor, source):
        raise Invalid.at("/source", refused)


def _spot(actor: Actor, find: Find) -> Spot | None:
    """The site or the object it is found at. Raises Invalid (422) for both, NotInScope (404) for one outside."""
    if find.site_id and find.object_id:
        raise Invalid.at("/object", "企业场所和监管对象只能选一个。")
    if find.site_id:
        return enterprises.site_in_brief(actor, find.site_id)
    return enterprises.object_in_brief(actor, find.object_id) if find.object_id else None


def _region_of(actor: Actor, find: Find) -> Region:
    if find.region_id is None:
        raise Invalid.at("/region", "请选择隐患所在的乡镇（街道）、村（社区），或者具体的场所、监管对象。")
    region = territory.region(find.region_id)
    if not region.path.startswith(actor.region_path) or not in_a_county(region):
        raise NotInScope("区划")
    return region


def in_a_county(region: Region) -> bool:
    """Whether the region is a county or lies in one: the loop runs inside a county."""
    return region.path.startswith(region.wall_path) and region.level not in ("PROVINCE", "CITY")


def _screening_office(actor: Actor, reporter: Organisation, region: Region) -> Organisation:
    """The office that screens the find: the reporter itself, the township of the place, or the county's 安委办."""
    if reporter.kind in DIRECT_SCREENERS and reporter.region.wall_path == region.wall_path:
        return reporter
    office = organisations.local_unit_of(region) or organisations.committee_office_of(region)
    if office is None:
        raise Forbidden("no_screening_office", f"{region.name}还没有设置初审单位，请联系安委办。")
    return office


def _new_number(region: Region) -> str:
    """``331082-2611-7K3QF``: county, month, five random letters or digits; says nothing about how many there are."""
    return ids.number(f"{region.code[:6]}-{clock.today():%y%m}-", selectors.is_number_taken)


def _describe(matter: HiddenDanger, find: Find, spot: Spot | None) -> None:
    matter.description = needed(find.description, "description", "隐患描述")
    if find.sector and find.sector not in Sector:
        raise Invalid.at("/sector", "没有这个行业领域。")
    if find.suggested_level and find.suggested_level not in Level:
        raise Invalid.at("/suggested_level", "没有这个等级。")
    matter.sector = find.sector or matter.sector
    matter.suggested_level = find.suggested_level
    matter.site = spot if isinstance(spot, enterprises.Site) else None
    matter.supervised_object = spot if isinstance(spot, enterprises.SupervisedObject) else None
    matter.place = needed(find.place or (spot.address if spot else ""), "place", "地点")


def _said_of(matter: HiddenDanger) -> dict[str, str]:
    """What a reporter says of a find, item by item."""
    return {
        "description": matter.description,
        "place": matter.place,
        "sector": matter.sector,
        "suggested_level": matter.suggested_level,
        "site": matter.site.name if matter.site else "",
        "object": matter.supervised_object.name if matter.supervised_object else "",
    }


def _put_forward(
    actor: Actor, matter: HiddenDanger, find: Find, note: str = "", changed: Sequence[str] = ()
) -> HiddenDanger:
    hold(matter, matter.screening)
    attach(actor, matter, find.photo_ids, "BEFORE")
    fire(actor, matter, "register", note, source=matter.source, sector=matter.sector, files=find.photo_ids,
         suggested_level=matter.suggested_level, object=matter.supervised_object_id, changed=changed)  # fmt: skip
    join(matter, (matter.reporter, ParticipationKind.REPORTER), (matter.screening, ParticipationKind.SCREENING))
    return HiddenDanger.objects.get_visible(actor, id=matter.id)
