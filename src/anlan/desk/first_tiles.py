"""The numbers of 待办 by role (DOMAIN §6)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, Sector
from anlan.desk.tiles import Counted, CountedTile, Other, Tile, counted_tiles, looks_down, screens
from anlan.hidden_dangers.api import Filters, Level, Source, Status
from anlan.inspections import api as inspections
from anlan.register import api as register
from anlan.safeguards import api as safeguards
from anlan.supervision import api as supervision

LATE = Tile("整改逾期", Filters(state="overdue"), "red", "due-late")
OVERDUE = replace(LATE, source="隐患台账，含企业自查")
"""For those who work through what is late, whoever found it; the statistics count 企业自查 apart, and say so."""
DUE_SOON = Tile("3 天内到期", Filters(state="due_soon"), "yellow", "due-soon")
MAJOR = Tile("重大未销号", Filters(level=Level.MAJOR, state="open"), "red", "level-major")
UNACKNOWLEDGED = Tile("超期未签收", Filters(state="unacknowledged"), "orange", "due-today")
PENDING = Tile("疑似重大待判定", Filters(state="major_pending"), "red", "level-major-proposed")
TO_DECIDE = Tile("疑似重大待判定", Filters(state="to_decide"), "red", "level-major-proposed")
BOUNCED = Tile("退件待转办", Filters(state="bounced"), "orange", "loop-returned")
WITHOUT_FIVE = Tile("五到位未齐", Filters(state="without_five"), "orange", "level-major")
UNDIRECTED = Tile("重大未调度", Filters(state="undirected"), "red", "level-major")
FROM_ABOVE = Tile("上级交办未销号", Filters(source=Source.CITY_SUPERVISION, state="open"))
ASSIGNED = Tile("交办未销号", FROM_ABOVE.filters)
STILL_OPEN = Tile("未销号", Filters(state="open"), source="含待核定、企业自查")
ON_ITS_WAY = (
    Status.REGISTERED,
    Status.CONFIRMED,
    Status.DISPATCHED,
    Status.RECTIFYING,
    Status.SUSPENDED,
    Status.SUBMITTED,
    Status.ACCEPTED,
)
"""Neither ended nor sent back."""
LISTS_BELOW = {
    2: ("县级", supervision.ListLevel.COUNTY),
    3: ("乡镇", supervision.ListLevel.TOWNSHIP),
    4: ("村级", supervision.ListLevel.VILLAGE),
}
"""Whose signatures one waits for, by the segments of one's own region's path."""
GUARDED = 2
"""So many events have a tile."""
NAME_LENGTH = 12
WATCHED = ("COMBUSTIBLE_DUST", "CONFINED_SPACE", "AMMONIA_REFRIGERATION", "KEY_SITE")
"""The tags of sites a leader asks about."""
KEEP_LISTS = (
    OrganisationKind.GOVERNMENT,
    OrganisationKind.COMMITTEE_OFFICE,
    OrganisationKind.TOWNSHIP,
    OrganisationKind.TOWNSHIP_OFFICE,
)


def _held(actor: Actor, label: str, status: Status) -> Tile:
    return Tile(label, Filters(status=(status,), holder_id=actor.organisation_id))


def _to_confirm(actor: Actor, label: str = "待核定") -> Tile:
    return _held(actor, label, Status.REGISTERED)


def _to_acknowledge(actor: Actor) -> Tile:
    return _held(actor, "待签收", Status.DISPATCHED)


def _to_accept(actor: Actor) -> Tile:
    return _held(actor, "待验收", Status.SUBMITTED)


def _drafts(actor: Actor) -> Other:
    """Checks begun and not filed: each person's own."""
    status = inspections.Status.DRAFT
    found = inspections.checks(actor, inspections.Filters(status=status))
    return Other("检查草稿待提交", found, _page("inspections:list", status=status), "次", "检查记录")


def _unsigned(actor: Actor) -> list[Other]:
    """Lists of the last month that the units below have not signed; nothing where one has no units below."""
    depth = actor.region_path.count("/")
    if depth not in LISTS_BELOW or actor.organisation_kind not in KEEP_LISTS:
        return []
    whose, level = LISTS_BELOW[depth]
    period = supervision.Period.latest()
    found = supervision.unsigned_below(actor, level, period)
    url = _page("signed_lists:board", period=period.code, level=level, state="unsigned")
    return [Other(f"{whose}清单未签字", found, url, "家", f"{period.first.month} 月隐患清单")]


def _to_recheck(actor: Actor) -> Other:
    """Listings whose release was asked for, of one's own."""
    found = supervision.listings_to_recheck(actor)
    return Other("摘牌待复查", found, _page("supervision:ledger", state="recheck"), "块", "挂牌台账")


def _without_controls(actor: Actor, on: date) -> Other:
    """Listings of one's own, or for one to put right, whose controls are missing or were to be looked at again."""
    found = supervision.listings_without_controls(actor, on)
    return Other(
        "管控措施未落实", found, _page("supervision:ledger", state="controls"), "块", "挂牌台账", "orange", "due-today"
    )


def _guarded(actor: Actor, on: date) -> list[Other]:
    """What remains of the events that open next (S0-20)."""
    return [
        Other(
            f"{line.event.name[:NAME_LENGTH]}剩余",
            safeguards.matters(actor, line.event, safeguards.MatterState.OPEN),
            f"{reverse('safeguards:event', args=[line.event.id])}?state={safeguards.MatterState.OPEN}",
            "件",
            f"活动保障，{line.opening}",
            "red" if line.is_near else "orange",
            "due-late" if line.is_near else "due-today",
        )
        for line in safeguards.next_to_open(actor, on, GUARDED)
    ]


def _still_listed(actor: Actor) -> Other:
    found = supervision.listings(actor).filter(released_at=None)
    return Other("挂牌未摘牌", found, _page("supervision:ledger", state="open"), "块", "挂牌台账")


def _found_by_me() -> Tile:
    return Tile("我发现的，未办结", Filters(status=ON_ITS_WAY, state="registered_by_me"))


def _unheld_grids(actor: Actor) -> Other:
    found = register.grids_without_holder(actor)
    return Other("无人网格", found, _page("grids:gaps", kind="grids"), "个", "网格")


def _unpatrolled_grids(actor: Actor) -> Other:
    """No patrol since Monday."""
    found = inspections.unpatrolled_grids(actor)
    return Other("本周未巡查网格", found, reverse("inspections:unpatrolled"), "个", "巡查记录")


def _to_receive(actor: Actor) -> Other:
    """Sites that move here and wait for an answer."""
    found = register.transfers_to_receive(actor)
    return Other("待接收场所", found, reverse("register:transfer-list"), "处", "场所移交")


def _blind_spots(actor: Actor) -> Other:
    found = register.without_grid(actor, register.SITES)
    return Other("未入格场所", found, _page("grids:gaps", kind="sites"), "处", "网格")


def _objects_outside(actor: Actor) -> Other:
    found = register.without_grid(actor, register.OBJECTS)
    return Other("未入格监管对象", found, _page("grids:gaps", kind="objects"), "处", "网格")


def _neglected(actor: Actor, label: str, gap: register.Gap) -> Other:
    """Sites to be supervised that lack somebody (三管三必须)."""
    found = register.sites(actor, register.SiteFilters(gap=gap))
    return Other(label, found, _page("register:site-list", gap=gap), "处", "场所底册")


def _unregulated(actor: Actor) -> Other:
    return _neglected(actor, "无主管部门场所", register.Gap.REGULATOR)


def _unattended(actor: Actor) -> list[Other]:
    """What a leader asks after, one lack a tile: a site without a grid still has its department."""
    return [
        _unregulated(actor),
        _neglected(actor, "无属地单位场所", register.Gap.LOCAL_UNIT),
        _neglected(actor, "未入格场所", register.Gap.GRID),
    ]


def _licences(actor: Actor, label: str, expiry: register.LicenceExpiry, on: date, tone: str, icon: str) -> Other:
    found = register.licences(actor, register.LicenceFilters(expiry=expiry), on)
    return Other(label, found, _page("register:licence-list", expiry=expiry), "张", "证照", tone, icon)


def _without_self_check(actor: Actor, on: date) -> Other:
    month = inspections.month_of(on)
    url = _page("inspections:filings", month=f"{month:%Y-%m}", state="MISSING")
    return Other(f"{month.month} 月未报自查", inspections.without_self_check(actor, month), url, "家", "企业自查报送")


def _page(address: str, **query: str) -> str:
    return f"{reverse(address)}?{urlencode(query)}"


def _committee_office(actor: Actor, on: date) -> list[Counted]:
    if not screens(actor):
        return _superior(actor, on)
    return [
        _to_confirm(actor),
        PENDING,
        UNACKNOWLEDGED,
        BOUNCED,
        OVERDUE,
        MAJOR,
        UNDIRECTED,
        FROM_ABOVE,
        *_guarded(actor, on),
        _to_recheck(actor),
        _without_controls(actor, on),
        *_unsigned(actor),
        _unheld_grids(actor),
        _blind_spots(actor),
        _objects_outside(actor),
        _unregulated(actor),
    ]


def _superior(actor: Actor, on: date) -> list[Counted]:
    return [ASSIGNED, MAJOR, PENDING, OVERDUE, STILL_OPEN, *_unsigned(actor)]


def _special_committee_office(actor: Actor, on: date) -> list[Counted]:
    if not screens(actor):
        return _superior(actor, on)
    return [
        _to_confirm(actor),
        PENDING,
        UNACKNOWLEDGED,
        BOUNCED,
        OVERDUE,
        MAJOR,
        _to_accept(actor),
        _to_recheck(actor),
        _without_controls(actor, on),
        WITHOUT_FIVE,
        _drafts(actor),
        _unregulated(actor),
        STILL_OPEN,
    ]


def _leader(actor: Actor, on: date) -> list[Counted]:
    if not screens(actor):
        return _superior(actor, on)
    return [
        MAJOR,
        UNDIRECTED,
        OVERDUE,
        FROM_ABOVE,
        *_guarded(actor, on),
        PENDING,
        _still_listed(actor),
        _without_controls(actor, on),
        _found_by_me(),
        *_unsigned(actor),
        *_unattended(actor),
    ]


def _department(actor: Actor, on: date) -> list[Counted]:
    return [
        _to_acknowledge(actor),
        TO_DECIDE,
        _to_accept(actor),
        _to_recheck(actor),
        _without_controls(actor, on),
        _to_confirm(actor),
        DUE_SOON,
        OVERDUE,
        WITHOUT_FIVE,
        _drafts(actor),
        _unregulated(actor),
    ]


def _township(actor: Actor, on: date) -> list[Counted]:
    return [
        _to_confirm(actor, "新报待核定"),
        _held(actor, "待交办", Status.CONFIRMED),
        _to_acknowledge(actor),
        _to_accept(actor),
        _to_recheck(actor),
        _without_controls(actor, on),
        DUE_SOON,
        OVERDUE,
        *_guarded(actor, on),
        _to_receive(actor),
        _without_self_check(actor, on),
        _unpatrolled_grids(actor),
        _unheld_grids(actor),
        _blind_spots(actor),
        _objects_outside(actor),
        *_unsigned(actor),
    ]


def _reporter(actor: Actor, on: date) -> list[Counted]:
    returned = Filters(status=(Status.RETURNED_TO_REPORTER,), state="reported")
    return [
        Tile("退回要补充", returned, "orange", "loop-returned"),
        Tile("我上报的，未办结", Filters(status=ON_ITS_WAY, state="reported")),
        Tile("我上报的，已销号", Filters(status=(Status.CLOSED,), state="reported")),
    ]


def _village(actor: Actor, on: date) -> list[Counted]:
    return [_to_acknowledge(actor), _unpatrolled_grids(actor), _without_controls(actor, on), *_reporter(actor, on)]


def _expert(actor: Actor, on: date) -> list[Counted]:
    return [_drafts(actor), *_reporter(actor, on)]


def _enterprise(actor: Actor, on: date) -> list[Counted]:
    return [
        Tile("待整改", Filters(status=(Status.DISPATCHED, Status.RECTIFYING))),
        LATE,
        WITHOUT_FIVE,
        Tile("待验收", Filters(status=(Status.SUBMITTED,))),
        _without_controls(actor, on),
        _licences(actor, "证照 30 天内到期", register.LicenceExpiry.WITHIN_30, on, "yellow", "due-soon"),
        _licences(actor, "证照已过期", register.LicenceExpiry.EXPIRED, on, "red", "due-late"),
    ]


TILES: dict[str, Callable[[Actor, date], list[Counted]]] = {
    "LEADER": _leader,
    "COMMITTEE_OFFICE": _committee_office,
    "SPECIAL_COMMITTEE_OFFICE": _special_committee_office,
    "DEPARTMENT_INSPECTOR": _department,
    "TOWNSHIP_OFFICE": _township,
    "VILLAGE_GRID_MEMBER": _village,
    "ENTERPRISE_OFFICER": _enterprise,
    "EXPERT": _expert,
}


def _of_sector(actor: Actor, sector: Sector) -> Other:
    found = register.sites(actor, register.SiteFilters(sector=sector))
    return Other(sector.label, found, _page("register:site-list", sector=sector), "处", "场所底册")


def _of_tags(actor: Actor) -> list[Other]:
    return [
        Other(
            dict(register.TAG_CHOICES)[kind],
            register.sites(actor, register.SiteFilters(tag=kind)),
            _page("register:site-list", tag=kind),
            "处",
            "场所底册",
        )
        for kind in WATCHED
    ]


@dataclass(frozen=True)
class Numbers:
    """``fields``: how many sites there are of the fields that worry a leader most (DOMAIN §6)."""

    tiles: list[CountedTile]
    fields: list[CountedTile]


def numbers_of(actor: Actor, on: date) -> Numbers:
    """The numbers of the actor's role, counted in one query."""
    tiles = TILES.get(actor.role.code, _reporter)(actor, on)
    fields = [_of_sector(actor, Sector.HAZARDOUS_CHEMICALS), *_of_tags(actor)] if looks_down(actor) else []
    counted = counted_tiles(actor, [*tiles, *fields], on)
    return Numbers(counted[: len(tiles)], counted[len(tiles) :])
