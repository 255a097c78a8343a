"""Reads of the calendar. A year is loaded whole and kept for a minute, so that counting days costs no queries."""

import time
from dataclasses import dataclass
from datetime import date

from anlan.calendar.announced import weekend_label
from anlan.calendar.models import CalendarDay, Status

KEEP_SECONDS = 60.0  # an announcement made in between is seen after this at the latest


@dataclass(frozen=True)
class Day:
    """``status`` PENDING (待公布): the State Council has not announced the year, weekends are assumed."""

    day: date
    is_working: bool
    label: str
    status: Status


_years: dict[int, tuple[float, dict[date, Day]]] = {}
_sums: dict[tuple[date, int], date] = {}


def day_of(day: date) -> Day:
    """The calendar's word on one day."""
    return _year(day.year).get(day) or _assumed(day)


def forget() -> None:
    """Drop what was loaded: after an announcement, and between tests."""
    _years.clear()
    _sums.clear()


def sums_from(day: date) -> dict[tuple[date, int], date]:
    """Where so many working days after a day lead, as far as it was reckoned: kept no longer than the year of ``day``."""
    _year(day.year)
    return _sums


def _year(year: int) -> dict[date, Day]:
    loaded_at, days = _years.get(year, (0.0, {}))
    if not loaded_at or time.monotonic() - loaded_at > KEEP_SECONDS:
        days = _load(year)
        _sums.clear()
        _years[year] = (time.monotonic(), days)
    return days


def _load(year: int) -> dict[date, Day]:
    rows = CalendarDay.objects.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))
    columns = rows.values_list("day", "is_working", "label", "status")
    return {day: Day(day, is_working, label, Status(status)) for day, is_working, label, status in columns}


def _assumed(day: date) -> Day:
    return Day(day, day.weekday() < 5, weekend_label(day), Status.PENDING)
