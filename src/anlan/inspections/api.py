"""The checks' door for other slices."""

from anlan.inspections.actions import begin, close_inside, draw, file, hand_over, publish_checklist, rate, verify, void
from anlan.inspections.actions.chronicle import BESIDE, CheckChronicle, CheckNumbers, Filled, Visit
from anlan.inspections.caps import RULE as CAP_RULE
from anlan.inspections.caps import Question as CapQuestion
from anlan.inspections.caps import cap_of, visits_to
from anlan.inspections.choices import ActClass, Answer, Arrival, InspectionKind, Status
from anlan.inspections.facts import CheckFacts, FreeFinding, GivenAnswer, Officer, Start
from anlan.inspections.models import ChecklistItem, ChecklistVersion, CheckRecord, SelfCheckFinding
from anlan.inspections.presenters import COLUMNS, Row, rows_of, url_of
from anlan.inspections.selectors import (
    Filters,
    check,
    checklist_versions,
    checks,
    checks_of_day,
    filing_counts,
    month_of,
    self_check_findings,
    self_check_line,
    self_checks,
    unpatrolled_grids,
    week_of,
    with_officer_names,
    without_self_check,
)
from anlan.inspections.workflow import PROCESS

__all__ = [
    "BESIDE",
    "CAP_RULE",
    "COLUMNS",
    "PROCESS",
    "ActClass",
    "Answer",
    "Arrival",
    "CapQuestion",
    "CheckChronicle",
    "CheckFacts",
    "CheckNumbers",
    "CheckRecord",
    "ChecklistItem",
    "ChecklistVersion",
    "Filled",
    "Filters",
    "FreeFinding",
    "GivenAnswer",
    "InspectionKind",
    "Officer",
    "Row",
    "SelfCheckFinding",
    "Start",
    "Status",
    "Visit",
    "begin",
    "cap_of",
    "check",
    "checklist_versions",
    "checks",
    "checks_of_day",
    "close_inside",
    "draw",
    "file",
    "filing_counts",
    "hand_over",
    "month_of",
    "publish_checklist",
    "rate",
    "rows_of",
    "self_check_findings",
    "self_check_line",
    "self_checks",
    "unpatrolled_grids",
    "url_of",
    "verify",
    "visits_to",
    "void",
    "week_of",
    "with_officer_names",
    "without_self_check",
]
