"""Lists as pages show them: columns that sort, pages with an honest count, filters as chips.

A view says which rows, `asked_page` which of them, `filters_of` what narrows them; ``<c-filter-bar>`` and ``<c-table>`` show it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict

from anlan.lib.ids import as_id
from anlan.reads.counting import bounded_count
from anlan.reads.prepared import Listing

PAGE_SIZE = 50
SHORT_PAGE = 20
"""Rows that say much come fewer to a page."""

Align = Literal["start", "end"]
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Column:
    """*sort* is the key used in ``?sort=``; empty means the column does not sort."""

    label: str
    sort: str = ""
    align: Align = "start"
    width: Literal["", "narrow", "wide"] = ""


def sort_of(request: HttpRequest, columns: Iterable[Column]) -> str:
    """The order that ``?sort=`` asks for, ``due_on`` or ``-due_on``; empty when no column sorts so."""
    sort = request.GET.get("sort", "")
    return sort if sort.removeprefix("-") in {column.sort for column in columns if column.sort} else ""


class Sliced(Protocol[T_co]):
    """A queryset, a `Listing` or a list."""

    def __getitem__(self, wanted: slice, /) -> Iterable[T_co]: ...


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    size: int
    count: int
    count_is_exact: bool = True

    def of(self, rows: Sliced[T]) -> list[T]:
        """Its rows of the list that was counted, which may have come to more columns or another order since."""
        start = (self.number - 1) * self.size
        return list(rows[start : start + self.size])

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


def asked_page(request: HttpRequest, rows: QuerySet[Any, Any] | Listing[Any], size: int = PAGE_SIZE) -> Page:
    """The page of the list that ``?page=`` names, counted as far as a person reads."""
    return asked_page_among(request, *bounded_count(rows), size=size)


def asked_page_among(request: HttpRequest, count: int, count_is_exact: bool = True, *, size: int = PAGE_SIZE) -> Page:
    """The same of a list counted before. A page that is none is the first; one too far is the last."""
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return Page(max(1, min(number, -(-count // size))), size, count, count_is_exact)


def ticked(request: HttpRequest) -> list[UUID]:
    """The ids of the rows that were ticked, each once; what is none was never offered and is passed over."""
    found = map(as_id, [*request.POST.getlist("ids"), *request.GET.getlist("ids")])
    return [one for one in dict.fromkeys(found) if one is not None]


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    remove: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list: the fields at hand, those behind 更多条件, and what is in force."""

    main: Sequence[BoundField]
    more: Sequence[BoundField]
    more_are_open: bool
    chips: Sequence[Chip]
    is_narrowed: bool


def filters_of(form: BaseForm, query: QueryDict, main: Sequence[str] = ()) -> Filters:
    """The filters of a bound form; ``main`` names those at hand, none named means all."""
    chips = active_chips(form, query)
    main = main or [field.name for field in form]
    more = [field for field in form if field.name not in main]
    shown = [field for field in more if not field.is_hidden]
    return Filters(
        main=[field for field in form if field.name in main],
        more=more,
        more_are_open=any(field.errors or _is_given(form.cleaned_data.get(field.name)) for field in shown),
        chips=chips,
        is_narrowed=bool(chips or form.errors),
    )


def active_chips(form: BaseForm, query: QueryDict) -> Sequence[Chip]:
    """One chip for each filter in force; *remove* is the query string without it."""
    chips = []
    for bound in form:
        value = form.cleaned_data.get(bound.name) if form.is_bound and form.is_valid() else None
        if not _is_given(value):
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


def _is_given(value: Any) -> bool:
    is_nothing = value in (None, "", [], ()) or (hasattr(value, "exists") and not value)
    return not is_nothing


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
