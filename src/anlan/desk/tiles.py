"""The numbers of 待办 by role (DOMAIN §6). Every number is the length of the list it opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import Filters, Level, Status


@dataclass(frozen=True)
class Tile:
    """``filters`` is both what is counted and what the number opens."""

    label: str
    filters: Filters
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class CountedTile:
    label: str
    value: int
    url: str
    tone: str
    icon: str


def _red(label: str, filters: Filters, icon: str = "due-late") -> Tile:
    return Tile(label, filters, "red", icon)


COUNTY_DEPTH = 3
"""Segments of a county's path: province, city, county."""

OVERDUE = _red("整改逾期", Filters(state="overdue"))
DUE_SOON = Tile("3 天内到期", Filters(state="due_soon"), "yellow", "due-soon")
MAJOR = _red("重大未销号", Filters(level=Level.MAJOR, state="open"), "level-major")
UNACKNOWLEDGED = Tile("超期未签收", Filters(state="unacknowledged"), "orange", "due-today")
PENDING = Tile("疑似重大待判定", Filters(state="major_pending"), "red", "level-major-proposed")
STILL_OPEN = Tile("未销号", Filters(state="open"))
TO_DECIDE = _red("疑似重大待判定", Filters(state="to_decide"), "level-major-proposed")


def _to_confirm(actor: Actor, label: str = "待核定") -> Tile:
    return Tile(label, Filters(status=(Status.REGISTERED,), holder_id=actor.organisation_id))


def _to_dispatch(actor: Actor) -> Tile:
    return Tile("待交办", Filters(status=(Status.CONFIRMED,), holder_id=actor.organisation_id))


def _to_acknowledge(actor: Actor) -> Tile:
    return Tile("待签收", Filters(status=(Status.DISPATCHED,), holder_id=actor.organisation_id))


def _to_accept(actor: Actor) -> Tile:
    return Tile("待验收", Filters(status=(Status.SUBMITTED,), holder_id=actor.organisation_id))


def _putting_right(actor: Actor) -> Tile:
    return Tile("我牵头整改中", Filters(status=(Status.RECTIFYING,), lead_id=actor.organisation_id))


def _committee_office(actor: Actor) -> list[Tile]:
    if not screens(actor):
        return _leader(actor)
    return [_to_confirm(actor), PENDING, UNACKNOWLEDGED, OVERDUE, MAJOR, STILL_OPEN]


def _department(actor: Actor) -> list[Tile]:
    return [_to_acknowledge(actor), TO_DECIDE, _to_accept(actor), _to_confirm(actor), DUE_SOON, OVERDUE]


def _township(actor: Actor) -> list[Tile]:
    new = _to_confirm(actor, "新报待核定")
    return [new, _to_dispatch(actor), _to_acknowledge(actor), _to_accept(actor), DUE_SOON, OVERDUE]


def _village(actor: Actor) -> list[Tile]:
    return [
        Tile("退回要补充", Filters(status=(Status.RETURNED_TO_REPORTER,), state="reported"), "orange", "loop-returned"),
        Tile("我上报的，未办结", Filters(status=OPEN, state="reported")),
        Tile("我上报的，已销号", Filters(status=(Status.CLOSED,), state="reported")),
        _to_acknowledge(actor),
    ]


def _enterprise(actor: Actor) -> list[Tile]:
    to_rectify = Filters(status=(Status.DISPATCHED, Status.RECTIFYING))
    return [
        Tile("待整改", to_rectify),
        OVERDUE,
        Tile("五到位未齐", Filters(state="without_five"), "orange", "level-major"),
        Tile("待验收", Filters(status=(Status.SUBMITTED,))),
        Tile("已销号", Filters(status=(Status.CLOSED,))),
    ]


def _leader(actor: Actor) -> list[Tile]:
    return [
        MAJOR,
        OVERDUE,
        UNACKNOWLEDGED,
        Tile("待判定重大", Filters(state="major_pending")),
        Tile("未销号", Filters(state="open")),
    ]


OPEN = (
    Status.REGISTERED,
    Status.CONFIRMED,
    Status.DISPATCHED,
    Status.RECTIFYING,
    Status.SUSPENDED,
    Status.SUBMITTED,
    Status.ACCEPTED,
)
"""On its way: neither ended nor sent back."""

TILES = {
    "LEADER": _leader,
    "COMMITTEE_OFFICE": _committee_office,
    "SPECIAL_COMMITTEE_OFFICE": _committee_office,
    "DEPARTMENT_INSPECTOR": _department,
    "TOWNSHIP_OFFICE": _township,
    "VILLAGE_GRID_MEMBER": _village,
    "ENTERPRISE_OFFICER": _enterprise,
}


def tiles_of(actor: Actor, on: date) -> list[CountedTile]:
    """The tiles of the actor's role, counted in one query."""
    return counted_tiles(actor, TILES.get(actor.role.code, _village)(actor), on)


def counted_tiles(actor: Actor, tiles: Sequence[Tile], on: date) -> list[CountedTile]:
    """The tiles with their numbers, in one query."""
    counted = loop.counts(actor, {tile.label: tile.filters for tile in tiles}, on)
    return [_counted(tile, counted[tile.label]) for tile in tiles]


def _counted(tile: Tile, value: int) -> CountedTile:
    tone, icon = (tile.tone, tile.icon) if value else ("", "")
    return CountedTile(tile.label, value, list_url(tile.filters), tone, icon)


def list_url(filters: Filters) -> str:
    """The list with these filters."""
    return f"{reverse('hidden_dangers:list')}?{urlencode(loop.query_of(filters), doseq=True)}"


def screens(actor: Actor) -> bool:
    """Whether the actor's organisation lies in a county: the loop runs inside one; above, one looks on."""
    return actor.wall[0].count("/") >= COUNTY_DEPTH


def sees_organs(actor: Actor) -> bool:
    """Whether the actor looks over other organs: leaders and offices, of a county or a city."""
    kinds: Sequence[str] = (
        OrganisationKind.GOVERNMENT,
        OrganisationKind.COMMITTEE_OFFICE,
        OrganisationKind.SPECIAL_COMMITTEE_OFFICE,
    )
    return actor.organisation_kind in kinds
