"""Numbers that open (DESIGN §10): every one is the length of the list behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Protocol

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import Filters
from anlan.http.api import count_each

COUNTY_DEPTH = 3
"""Segments of a county's path: province, city, county."""


class Counted(Protocol):
    """What a tile says of itself: ``rows`` is what is counted, ``url`` what opens."""

    @property
    def label(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def tone(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def url(self) -> str: ...

    def rows(self, actor: Actor, on: date) -> QuerySet[Any]: ...


@dataclass(frozen=True)
class Tile:
    """Hidden dangers. ``filters`` is both what is counted and what the number opens."""

    label: str
    filters: Filters
    tone: str = ""
    icon: str = ""
    source: str = "隐患台账"
    unit: ClassVar[str] = "件"

    @property
    def url(self) -> str:
        return list_url(self.filters)

    def rows(self, actor: Actor, on: date) -> QuerySet[Any]:
        return loop.hidden_dangers(actor, self.filters, on)


@dataclass(frozen=True)
class Other:
    """Rows of another slice, with the page that lists the same."""

    label: str
    found: QuerySet[Any]
    url: str
    unit: str
    source: str
    tone: str = ""
    icon: str = ""

    def rows(self, actor: Actor, on: date) -> QuerySet[Any]:
        return self.found


@dataclass(frozen=True)
class CountedTile:
    label: str
    value: int
    url: str
    unit: str
    source: str
    tone: str
    icon: str


def counted_tiles(actor: Actor, tiles: Sequence[Counted], on: date) -> list[CountedTile]:
    """The tiles with their numbers, in one query."""
    counted = count_each({str(number): tile.rows(actor, on) for number, tile in enumerate(tiles)})
    return [_counted(tile, counted[str(number)]) for number, tile in enumerate(tiles)]


def _counted(tile: Counted, value: int) -> CountedTile:
    tone, icon = (tile.tone, tile.icon) if value else ("", "")
    return CountedTile(tile.label, value, tile.url, tile.unit, tile.source, tone, icon)


def list_url(filters: Filters, *, region: str = "") -> str:
    """The list with these filters, narrowed to the region of that code."""
    query = loop.query_of(filters) | ({"region": region} if region else {})
    return f"{reverse('hidden_dangers:list')}?{urlencode(query, doseq=True)}"


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


def looks_down(actor: Actor) -> bool:
    """Leaders compare the regions below them; so does everybody above the counties."""
    return actor.organisation_kind == OrganisationKind.GOVERNMENT or not screens(actor)
