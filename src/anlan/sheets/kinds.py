"""What can be imported: slices above declare their kinds and register them here (``<slice>/sheets.py``)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.sheets.values import Cell, Reader, Unreadable, check_formula, is_nothing


class Look(StrEnum):
    """How a column is written into a template and an error file."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One fact of a kind. ``read`` makes a cell into a value or raises Unreadable.

    ``synonyms`` are what offices write above it; ``longest`` is the number of characters that fit.
    """

    name: str
    label: str
    read: Reader
    synonyms: tuple[str, ...] = ()
    required: bool = False
    longest: int | None = None
    look: Look = Look.TEXT
    note: str = ""
    example: str | int | date | Decimal = ""
    width: int = 16

    def value_of(self, cell: Cell) -> Any:
        """The value, or None for a cell that says nothing. Raises Unreadable."""
        if is_nothing(cell):
            return None
        if type(cell) is str:
            check_formula(cell)
        value = self.read(cell)
        if value == "" or value == ():
            return None
        if self.longest is not None and len(value) > self.longest:
            raise Unreadable(f"超过 {self.longest} 个字，现为 {len(value)} 个字。")
        return value


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file, column by column. A column that the file does not have is a list of None.

    ``errors`` holds the sentences against each row (by its place in the chunk); kinds add to it.
    """

    numbers: Sequence[int]
    columns: dict[str, list[Any]]
    errors: dict[int, list[str]] = field(default_factory=dict)

    def refuse(self, place: int, reason: str) -> None:
        """Add a reason why the row at ``place`` cannot go in."""
        self.errors.setdefault(place, []).append(reason)

    def good(self) -> Iterator[int]:
        """The places of the rows nothing is wrong with so far."""
        return (place for place in range(len(self.numbers)) if place not in self.errors)


class Outcome(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"


@dataclass(slots=True)
class Draft:
    """What a good row will do. ``before`` and ``after`` are the columns that differ, as JSON knows them; ``row`` is the
    kind's own."""

    place: int
    number: int
    outcome: Outcome
    record_id: UUID
    label: str
    region_path: str
    version: int = 0
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    row: Any = None


@dataclass(frozen=True)
class Kept:
    """What an import left behind of one row, for undoing it."""

    number: int
    outcome: str
    record_id: UUID
    label: str
    version: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Batch(Protocol):
    """One run over a file, made by ``Kind.open``: it sees the chunks in their order, within one transaction."""

    def draft(self, chunk: Chunk) -> list[Draft]:
        """What each good row would do. Rows that cannot go in get their reasons in ``chunk.errors``. Writes nothing."""

    def write(self, chunk: Chunk, drafts: Sequence[Draft]) -> Callable[[], list[Draft]]:
        """Make ready what writes the drafts (created and updated ones) of a chunk, keeping off the database. Once called
        it returns those that were written; what another person was quicker with gets its reason in ``chunk.errors``."""

    def undo(self, kept: Sequence[Kept]) -> dict[UUID, str]:
        """Take back what an import left. Returns why, for each record that has to stay as it is."""


@runtime_checkable
class ReadsAhead(Protocol):
    """A batch that asks the database for all it needs before the chunk before is written. Its ``draft`` then keeps off the
    database, and its drafts do not change while they are written."""

    def prepare(self, chunk: Chunk) -> None:
        """Called first, in the order of the file. Keeps off the database."""

    def look_up(self, chunk: Chunk) -> None:
        """Called next, in the order of the file, in the second thread."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``permissions`` are needed besides SHEET_IMPORT; ``key`` says in words by what a row finds its record."""

    code: str
    label: str
    noun: str
    permissions: tuple[Permission, ...]
    columns: tuple[Column, ...]
    key: str
    open: Callable[[Actor], Batch]
    list_url: str = ""
    order: int = 100

    @property
    def meets_known(self) -> str:
        """What becomes of a row whose record is there, in words."""
        return f"按{self.key}认定是不是同一条：已有的更新，没有的新增。"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns)


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Let the kind be imported. Called by the owning slice when Django is ready."""
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"kind {kind.code} is registered twice")


def kind_of(code: str) -> Kind:
    return _kinds[code]


def is_kind(code: str) -> bool:
    return code in _kinds


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds the actor may import, in the order of the work."""
    allowed = (kind for kind in _kinds.values() if all(actor.can(one) for one in kind.permissions))
    return sorted(allowed, key=lambda kind: (kind.order, kind.code))
