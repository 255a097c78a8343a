"""The loop's door for other slices."""

from anlan.hidden_dangers.choices import Level, PartyKind, Source, Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.selectors import Filters, hidden_danger, hidden_dangers
from anlan.hidden_dangers.workflow import PROCESS

__all__ = [
    "PROCESS",
    "Filters",
    "HiddenDanger",
    "Level",
    "PartyKind",
    "Source",
    "Status",
    "hidden_danger",
    "hidden_dangers",
]
