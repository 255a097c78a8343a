"""A matter as a line of a list: the same words in the list, at the desk, in the search and in the export."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.urls import reverse

from anlan.hidden_dangers.choices import MajorState
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.presenters import due_mark_of, party_name
from anlan.hidden_dangers.querysets import LIST_NAMES
from anlan.reads.attached import attach_names
from anlan.ui.lists import Column
from anlan.ui.marks import Mark


@dataclass(frozen=True, slots=True)
class Row:
    """``due`` is how it stands with the date to put it right by; ``next_due_on`` the nearest date of any kind, where it
    was asked for."""

    matter: HiddenDanger
    url: str
    party: str
    proposed: bool
    due: Mark | None
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


def name_together(*lists: Sequence[HiddenDanger]) -> None:
    """What ``with_names`` does, for several lists of one page in one query."""
    attach_names([*chain(*lists)], LIST_NAMES)


def rows_of(matters: Iterable[HiddenDanger]) -> list[Row]:
    """The matters as lines; asks the database nothing when they were read ``with_names``."""
    return [
        Row(
            matter=matter,
            url=reverse("hidden_dangers:case", args=[matter.id]),
            party=party_name(matter),
            proposed=matter.major_state == MajorState.PROPOSED,
            due=due_mark_of(matter),
            next_due_on=getattr(matter, "next_due_on", None),
        )
        for matter in matters
    ]
