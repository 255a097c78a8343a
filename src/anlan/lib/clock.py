"""The one clock. Instants are aware UTC; legal dates are dates of Asia/Shanghai (DESIGN §7).

Nothing in the project asks the system for the time except this module, so that tests and the demo
can live on another day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""What people ask for beyond them is taken for them: further out lies the end of what an instant can be."""

_frozen: ContextVar[datetime | None] = ContextVar("anlan_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present legal date in Asia/Shanghai."""
    return legal_date(now())


def legal_date(instant: datetime) -> date:
    """The date in Asia/Shanghai on which ``instant`` falls."""
    return instant.astimezone(SHANGHAI).date()


@lru_cache(maxsize=4096)
def start_of(day: date) -> datetime:
    """00:00 in Asia/Shanghai of ``day``, in UTC."""
    return datetime.combine(max(day, FIRST_DAY), time(), SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """24:00 in Asia/Shanghai of ``day``, in UTC: due dates end here (requirements, rule 4)."""
    return start_of(min(day, LAST_DAY) + timedelta(days=1))


@contextmanager
def at(instant: datetime) -> Iterator[datetime]:
    """Let the clock stand at ``instant`` (aware) inside the block; nests."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield instant
    finally:
        _frozen.reset(token)
