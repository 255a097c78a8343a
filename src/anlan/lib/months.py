"""Arithmetic of calendar months."""

from calendar import monthrange
from datetime import date


def end_of_month(day: date, later: int = 0) -> date:
    """The last day of the month ``later`` months after that of ``day``."""
    months = day.year * 12 + day.month - 1 + later
    year, month = divmod(months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
