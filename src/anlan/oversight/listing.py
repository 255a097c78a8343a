"""Counted rows as a list with the look their own list has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from anlan.hidden_dangers import api as loop
from anlan.inspections import api as inspections
from anlan.oversight.answers import row
from anlan.ui.lists import Column

PLAIN = (
    Column("名称", width="wide"),
    Column("属地", width="narrow"),
    Column("状态", width="narrow"),
    Column("时间", width="narrow"),
)
NOUNS = {"hidden_danger": "件", "check": "次", "enterprise": "家"}


@dataclass(frozen=True)
class Listing:
    """``template`` writes the ``rows``; without one they are written plainly."""

    columns: Sequence[Column]
    rows: Sequence[Any]
    noun: str
    template: str = ""


def listing(found: Sequence[tuple[str, Any]]) -> Listing:
    kinds = {kind for kind, _ in found}
    records = [record for _, record in found]
    if kinds == {"hidden_danger"}:
        columns = [Column(one.label, align=one.align, width=one.width) for one in loop.COLUMNS]
        return Listing(columns, loop.rows_of(records), "件", "hidden_dangers/_rows.html")
    if kinds == {"check"}:
        columns = [Column(one.label, align=one.align, width=one.width) for one in inspections.COLUMNS]
        return Listing(columns, inspections.rows_of(records), "次", "inspections/_rows.html")
    noun = NOUNS.get(next(iter(kinds), ""), "件") if len(kinds) == 1 else "件"
    return Listing(PLAIN, [{**row(kind, record), "url": _url(kind, record)} for kind, record in found], noun)


def _url(kind: str, record: Any) -> str:
    if kind == "hidden_danger":
        return reverse("hidden_dangers:case", args=[record.id])
    if kind == "enterprise":
        return reverse("register:enterprise", args=[record.id])
    return inspections.url_of(record.check_record if kind == "self_check_finding" else record)
