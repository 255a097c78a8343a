"""The board: how each event stands, in words and one tone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.safeguards import selectors
from anlan.safeguards.choices import URGENT_DAYS, EventState
from anlan.safeguards.models import GuaranteedEvent
from anlan.safeguards.selectors import NOTHING, Tally


@dataclass(frozen=True)
class Line:
    event: GuaranteedEvent
    tally: Tally
    days: int

    @property
    def opening(self) -> str:
        return opening_in(self.days)

    @property
    def is_near(self) -> bool:
        """It opens in a few days, or has."""
        return self.days <= URGENT_DAYS

    @property
    def is_urgent(self) -> bool:
        """Something remains although the opening is near or past."""
        return self.event.is_running and self.tally.remaining > 0 and self.is_near

    @property
    def is_clear(self) -> bool:
        return self.tally.found > 0 and self.tally.remaining == 0

    @property
    def rate(self) -> str:
        """100%, 96.6%; — where nothing was found."""
        parts = self.tally.per_mille
        if parts is None:
            return "—"
        return f"{parts // 10}%" if parts % 10 == 0 else f"{parts // 10}.{parts % 10}%"


@dataclass(frozen=True)
class Guarding:
    """A running event that waits for a matter, as the matter's page says it."""

    id: str
    name: str
    opens_on: date
    opening: str


def opening_in(days: int) -> str:
    """还有 12 天, 今天开幕, 已开幕 3 天."""
    if days > 0:
        return f"还有 {days} 天"
    return "今天开幕" if days == 0 else f"已开幕 {-days} 天"


def guarding(matter: Any, on: date) -> list[Guarding]:
    """The running events that wait for a matter read along with ``selectors.GUARDING``, the next opening first."""
    return [_guarding(one, on) for one in matter.told_events or ()]


def _guarding(told: dict[str, str], on: date) -> Guarding:
    opens_on = date.fromisoformat(told["opens_on"])
    return Guarding(told["id"], told["name"], opens_on, opening_in((opens_on - on).days))


def lines_of(actor: Actor, events: Iterable[GuaranteedEvent], on: date) -> list[Line]:
    """The events with their numbers, which cost one query for all."""
    found = list(events)
    numbers = selectors.tallies(actor, found)
    return [Line(one, numbers.get(one.id, NOTHING), one.days_to_opening(on)) for one in found]


def next_to_open(actor: Actor, on: date, most: int) -> list[Line]:
    """The running events that open first, without their numbers: one query, none for whom events are nothing."""
    if not actor.can(Permission.SAFEGUARD_VIEW):
        return []
    return [Line(one, NOTHING, one.days_to_opening(on)) for one in selectors.events(actor, EventState.RUNNING)[:most]]
