"""A period said in a finding: how long, which days, the due day, and where working days are assumed."""

from datetime import date

from anlan.rules import workdays
from anlan.rules.days import after
from anlan.rules.params import Citation
from anlan.rules.registry import Case

DAY_KINDS = {"WORKING": "工作日", "CALENDAR": "自然日"}


def due(case: Case, start: date | None, days: int, day_kind: str, cite: Citation) -> date | None:
    """The last day of a period (before ``start``, if ``days`` is negative); the first day is not counted."""
    if start is None:
        return None
    if day_kind == "CALENDAR":
        return after(start, days)
    day, assumed = workdays.count(start, days)
    for year in assumed:
        case.doubt(cite, f"{year} 年的放假安排没有公布，工作日按周末推算")
    return day
