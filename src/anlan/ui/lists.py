"""Lists as pages show them: columns that sort, pages with an honest count, filters as chips."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.forms import BaseForm
from django.http import QueryDict

Align = Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class Column:
    """*sort* is the key used in ``?sort=``; empty means the column does not sort."""

    label: str
    sort: str = ""
    align: Align = "start"
    width: Literal["", "narrow", "wide"] = ""


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    size: int
    count: int
    count_is_exact: bool = True

    @property
    def last(self) -> int:
        return max(1, -(-self.count // self.size))

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1 if self.count else 0

    @property
    def last_row(self) -> int:
        return min(self.number * self.size, self.count)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        return self.number + 1 if self.number < self.last else None

    @property
    def window(self) -> Sequence[int | None]:
        """Page numbers to offer; None stands for a gap."""
        near = range(max(1, self.number - 1), min(self.last, self.number + 1) + 1)
        shown = sorted({1, *near, self.last})
        result: list[int | None] = []
        for number in shown:
            if result and result[-1] is not None and number - result[-1] > 1:
                result.append(None)
            result.append(number)
        return result


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    remove: str


def active_chips(form: BaseForm, query: QueryDict) -> Sequence[Chip]:
    """One chip for each filter in force; *remove* is the query string without it."""
    chips = []
    for bound in form:
        value = form.cleaned_data.get(bound.name) if form.is_bound and form.is_valid() else None
        if value in (None, "", [], ()) or (hasattr(value, "exists") and not value):
            continue
        rest = query.copy()
        for name in [bound.html_name, *(f"{bound.html_name}_{part}" for part in ("min", "max", "after", "before"))]:
            rest.pop(name, None)
        rest.pop("page", None)
        chips.append(Chip(str(bound.label), _in_words(bound.field, value), f"?{rest.urlencode()}"))
    return chips


def next_sort(current: str, key: str) -> str:
    """Ascending first, then descending."""
    return f"-{key}" if current == key else key


def _in_words(field: Any, value: Any) -> str:
    if value is True:
        return "是"
    if isinstance(value, slice):
        return f"{value.start or '…'} 至 {value.stop or '…'}"
    labels = {str(key): str(label) for key, label in _flat(getattr(field, "choices", ()))}
    values = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return "、".join(labels.get(str(getattr(one, "pk", one)), str(one)) for one in values)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield key, label
