"""What the library ``chinesecalendar`` knows of the State Council's announcements. No database here."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import chinese_calendar
from chinese_calendar.constants import Holiday, holidays, workdays


class AnnouncedDay(NamedTuple):
    day: date
    is_working: bool
    label: str


def announced_years() -> range:
    """The years the installed library covers."""
    years = {day.year for day in holidays}
    return range(min(years), max(years) + 1)


def announced_days(year: int) -> Iterator[AnnouncedDay]:
    """Every day of an announced year, in order, with a Chinese label where it is not an ordinary working day."""
    day = date(year, 1, 1)
    while day.year == year:
        yield AnnouncedDay(day, chinese_calendar.is_workday(day), _label(day))
        day += timedelta(days=1)


def weekend_label(day: date) -> str:
    return "周末" if day.weekday() >= 5 else ""


def _label(day: date) -> str:
    if day in workdays:
        return f"{_holiday_name(workdays[day])}调休上班"
    if day in holidays:
        suffix = "（调休）" if chinese_calendar.is_in_lieu(day) else ""
        return _holiday_name(holidays[day]) + suffix
    return weekend_label(day)


def _holiday_name(value: str) -> str:
    name: str = Holiday(value).chinese
    return name
