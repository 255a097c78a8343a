"""What is asked of an indicator: where, from when to when, narrowed by what."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self

from anlan.authz.actors import Actor
from anlan.authz.models import Region
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope
from anlan.territory import api as territory


@dataclass(frozen=True)
class Question:
    """Days of Asia/Shanghai, both included. ``region`` narrows to what lies in it; without it the scope is all.

    ``split`` and ``key`` narrow to one part of a split: what a number in a table opens.
    """

    first: date
    last: date
    region: Region | None = None
    sector: str = ""
    source: str = ""
    level: str = ""
    split: str = ""
    key: str = ""
    now: datetime = field(default_factory=clock.now)

    @property
    def begins(self) -> datetime:
        return clock.start_of(self.first)

    @property
    def ends(self) -> datetime:
        """The end of the last day: the instant the state is that of."""
        return clock.end_of(self.last)

    @property
    def is_past(self) -> bool:
        """Whether the records may have moved on since; otherwise they stand as they are asked for."""
        return self.ends <= self.now

    @property
    def day(self) -> date:
        """The legal day lateness and age are measured on: the last one, or today when that is still to come."""
        return min(self.last, clock.legal_date(self.now))

    @property
    def as_of(self) -> datetime:
        """The instant the figures stand for."""
        return min(self.ends, self.now)

    @property
    def region_path(self) -> str:
        return self.region.path if self.region else ""

    def part(self, split: str, key: str) -> Self:
        return replace(self, split=split, key=key)

    def last_months(self, count: int) -> Self:
        """The same, for the months that end with the last day."""
        return replace(self, first=_month(_number(self.last) - count + 1))

    @property
    def months(self) -> list[str]:
        """The months of the period, as ``2026-11``."""
        return [f"{_month(number):%Y-%m}" for number in range(_number(self.first), _number(self.last) + 1)]


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def question(
    actor: Actor,
    *,
    region: str = "",
    first: date | None = None,
    last: date | None = None,
    sector: str = "",
    source: str = "",
    level: str = "",
) -> Question:
    """The question, checked: Invalid (422) with the field, NotInScope (404) for a region outside.

    Without days: from New Year's Day to today. A day beyond what the clock knows is taken for its nearest.
    """
    to = _held(last or clock.today())
    since = _held(first) if first else to.replace(month=1, day=1)
    if since > to:
        raise Invalid.at("/from", "起始日期不能晚于截止日期。")
    return Question(since, to, region_of(actor, region), sector, source, level)


def region_of(actor: Actor, code: str) -> Region | None:
    """The region of that code inside the actor's own. Invalid (422) when there is none, NotInScope (404) outside."""
    if not code:
        return None
    try:
        found = territory.find_region(code)
    except NotInScope as unknown:
        raise Invalid.at("/region", f"没有代码为“{code}”的区划。") from unknown
    if not found.path.startswith(actor.region_path):
        raise NotInScope("区划")
    return found


def _held(day: date) -> date:
    return max(clock.FIRST_DAY, min(day, clock.LAST_DAY))
