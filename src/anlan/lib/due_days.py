"""How far ahead a day may lie by which something has to be done. One bound for every deadline that a person names."""

from datetime import date

from anlan.lib import clock
from anlan.lib.refusals import Invalid

MOST_YEARS_AHEAD = 3
"""The longest span there is a programme for, 三年行动 (requirements S2-02, S3-41); what lies beyond is a slip of the
pen, and would never come due."""


def last_due_day() -> date:
    """The last day that may be named today."""
    today = clock.today()
    leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year + MOST_YEARS_AHEAD, day=28 if leap_day else today.day)


def not_too_far(day: date, pointer: str, label: str) -> date:
    """The day, or Invalid (422) when it lies beyond the bound."""
    last = last_due_day()
    if day > last:
        raise Invalid.at(f"/{pointer}", f"{label}最远 {MOST_YEARS_AHEAD} 年，不能晚于 {last}。")
    return day


def ahead(day: date, pointer: str, label: str) -> date:
    """The day, or Invalid (422) when it lies before today or beyond the bound."""
    if day < clock.today():
        raise Invalid.at(f"/{pointer}", f"{label}不能早于今天。")
    return not_too_far(day, pointer, label)
