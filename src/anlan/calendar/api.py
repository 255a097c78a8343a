"""Statutory working days (DESIGN §7). All dates are legal dates of Asia/Shanghai."""

from datetime import date, timedelta

from anlan.calendar.actions import publish_years
from anlan.calendar.models import Status
from anlan.calendar.selectors import Day, day_of, forget, sums_from

__all__ = [
    "Day",
    "Status",
    "add_working_days",
    "day_of",
    "forget",
    "is_working_day",
    "next_working_day",
    "publish_years",
    "working_days_between",
]

ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether people work on that day; weekends are assumed where the year is still 待公布."""
    return day_of(day).is_working


def next_working_day(day: date) -> date:
    """``day`` itself if it is a working day, else the first one after it: where a deadline on a holiday moves to."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def add_working_days(day: date, n: int) -> date:
    """The ``n``-th working day after ``day``, which itself does not count; ``day`` for 0. ValueError below 0."""
    if n < 0:
        raise ValueError("working days are counted forward")
    known = sums_from(day)
    end = known.get((day, n))
    if end is None:
        end = day
        for _ in range(n):
            end = next_working_day(end + ONE_DAY)
        known[day, n] = end
    return end


def working_days_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` is before ``start``."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))
