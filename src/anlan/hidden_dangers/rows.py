"""A matter as a line of a list: the same words in the list, at the desk, in the search and in the export."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from anlan.hidden_dangers.choices import MajorState
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.presenters import due_finished_on, party_name
from anlan.ui.lists import Column


@dataclass(frozen=True, slots=True)
class Row:
    """``due_on`` is the date to put it right by; ``next_due_on`` the nearest date of any kind, where it was asked for."""

    matter: HiddenDanger
    url: str
    party: str
    proposed: bool
    finished_on: date | None
    next_due_on: date | None


COLUMNS = (
    Column("隐患", sort="number", width="wide"),
    Column("状态", width="narrow"),
    Column("等级", width="narrow"),
    Column("责任主体"),
    Column("当前办理", width="narrow"),
    Column("整改期限", sort="due_on", width="narrow"),
    Column("登记时间", sort="registered_at", width="narrow"),
)
SORTS = {"number": "number", "due_on": "due_on", "registered_at": "registered_at"}
"""What ``?sort=`` may name, with the column behind it."""


def rows_of(matters: Iterable[HiddenDanger]) -> list[Row]:
    """The matters as lines; asks the database nothing when they were read ``with_names``."""
    return [
        Row(
            matter=matter,
            url=reverse("hidden_dangers:case", args=[matter.id]),
            party=party_name(matter),
            proposed=matter.major_state == MajorState.PROPOSED,
            finished_on=due_finished_on(matter),
            next_due_on=getattr(matter, "next_due_on", None),
        )
        for matter in matters
    ]
