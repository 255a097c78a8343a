"""What hangs on an enterprise and goes along when it is merged into another: the slices above say what they have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anlan.register.models import Enterprise

Rows = Callable[[UUID], QuerySet[Any]]


def _nothing(merged: Enterprise, survivor: Enterprise) -> str:
    return ""


@dataclass(frozen=True)
class Follower:
    """``rows(id)`` are the records whose ``column`` names the enterprise; ``told(id)`` those that may be counted aloud.

    ``obstacle(merged, survivor)`` says why they cannot be brought together; empty when they can. Where ``by_matter``,
    whoever acts for the survivor takes part in them from now on.
    """

    noun: str
    column: str
    rows: Rows
    told: Rows
    obstacle: Callable[[Enterprise, Enterprise], str]
    by_matter: bool


FOLLOWERS: dict[str, Follower] = {}


def register_follower(
    noun: str,
    column: str,
    rows: Rows,
    *,
    told: Rows | None = None,
    obstacle: Callable[[Enterprise, Enterprise], str] = _nothing,
    by_matter: bool = False,
) -> None:
    """Let records (件隐患, 次检查) follow an enterprise that is merged."""
    FOLLOWERS[noun] = Follower(noun, column, rows, told or rows, obstacle, by_matter)


@dataclass(frozen=True)
class Moving:
    """How many of them go along."""

    noun: str
    count: int


def moving(enterprise_id: UUID) -> list[Moving]:
    """What hangs on the enterprise, in words and numbers: one query each."""
    found = [Moving(one.noun, one.told(enterprise_id).count()) for one in FOLLOWERS.values()]
    return [one for one in found if one.count]


def obstacles(merged: Enterprise, survivor: Enterprise) -> list[str]:
    """Why the two cannot be brought together as they are."""
    return [words for one in FOLLOWERS.values() if (words := one.obstacle(merged, survivor))]
