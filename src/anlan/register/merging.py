"""What hangs on an enterprise or a site and goes along when it is merged into another: the slices above say what they
have."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, QuerySet, Value

from anlan.authz.actors import Actor
from anlan.register.models import Enterprise, Site

Mergeable = Enterprise | Site
Kind = type[Enterprise] | type[Site]
Rows = Callable[[UUID], QuerySet[Any]]
M = TypeVar("M", Enterprise, Site)


@dataclass(frozen=True)
class Doubles:
    """What a record has once only. ``find(merged, survivor)``: the rows of the one that the other has already; they
    ``give_way(actor, rows)`` before the rest goes over."""

    find: Callable[[Any, Any], QuerySet[Any]]
    give_way: Callable[[Actor, QuerySet[Any]], None]


@dataclass(frozen=True)
class Follower:
    """``rows(id)`` are the records whose ``column`` names the merged one; ``told(id)`` those that may be counted aloud.

    ``obstacle(merged, survivor)`` says why they cannot be brought together; empty when they can. Where ``by_matter``,
    whoever acts for the surviving enterprise takes part in them from now on.
    """

    noun: str
    column: str
    rows: Rows
    told: Rows
    obstacle: Callable[[Any, Any], str] | None
    doubles: Doubles | None
    by_matter: bool


FOLLOWERS: dict[Kind, dict[str, Follower]] = {Enterprise: {}, Site: {}}


def register_follower(
    of: Kind,
    noun: str,
    column: str,
    rows: Rows,
    *,
    told: Rows | None = None,
    obstacle: Callable[[Any, Any], str] | None = None,
    doubles: Doubles | None = None,
    by_matter: bool = False,
) -> None:
    """Let records (件隐患, 次检查) follow an enterprise or a site that is merged."""
    FOLLOWERS[of][noun] = Follower(noun, column, rows, told or rows, obstacle, doubles, by_matter)


@dataclass(frozen=True)
class Moving:
    """How many of them."""

    noun: str
    count: int


def moving(
    merged: Mergeable, survivor: Mergeable, *also: tuple[str, QuerySet[Any]]
) -> tuple[list[Moving], list[Moving]]:
    """What goes along to the survivor, and what both have and gives way: in words and numbers, by one query. ``also``
    are more rows that go along with those."""
    asked, giving_way = [], []
    for one in FOLLOWERS[type(merged)].values():
        rows = one.told(merged.id)
        if one.doubles is not None:
            doubles = one.doubles.find(merged, survivor)
            rows = rows.exclude(id__in=doubles.values("id"))
            giving_way.append((one.noun, doubles))
        asked.append((one.noun, rows))
    asked += also
    counts = _counts([rows for _, rows in (*asked, *giving_way)])
    found = [Moving(noun, count) for (noun, _), count in zip((*asked, *giving_way), counts, strict=True)]
    return [one for one in found[: len(asked)] if one.count], [one for one in found[len(asked) :] if one.count]


def _counts(asked: Sequence[QuerySet[Any]]) -> list[int]:
    """How many rows each of them has."""
    first, *rest = (
        rows.order_by().annotate(at=Value(at)).values("at").annotate(n=Count("*")) for at, rows in enumerate(asked)
    )
    found = dict(first.union(*rest, all=True).values_list("at", "n"))
    return [found.get(at, 0) for at in range(len(asked))]


def obstacles(merged: Mergeable, survivor: Mergeable) -> list[str]:
    """Why the two cannot be brought together as they are."""
    asked = (one.obstacle for one in FOLLOWERS[type(merged)].values() if one.obstacle is not None)
    return [words for obstacle in asked if (words := obstacle(merged, survivor))]
