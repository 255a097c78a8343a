"""Counting periods. The first day is not counted; the last day is the due day (our reading, see each README)."""

import calendar
from datetime import date, timedelta

LAST = date(2999, 12, 31)


def after(start: date, days: int) -> date:
    """The last day of a period of ``days`` calendar days from ``start``; held at the end of time."""
    return start + timedelta(days=days) if days <= (LAST - start).days else LAST


def months_after(start: date, months: int) -> date:
    """The same day ``months`` later (before, if negative), or the last day of a shorter month."""
    place = start.year * 12 + start.month - 1 + months
    year, month = divmod(place, 12)
    if year > LAST.year:
        return LAST
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def last_valid_day(issued_on: date, years: int) -> date:
    """A certificate of ``years`` issued on a day holds up to the day before the anniversary.

    Issued on 29 February it has its anniversary on 1 March of a common year: no period is shortened.
    """
    anniversary = months_after(issued_on, 12 * years)
    return anniversary if anniversary.day < issued_on.day else anniversary - timedelta(days=1)
