"""One pass over a file: cells → values → drafts → rows of the database. The same pass without the last step is the
dry run."""

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, zip_longest
from typing import Any

from anlan.authz.actors import Actor
from anlan.lib import merkle
from anlan.lib.refusals import joined
from anlan.sheets import bulk
from anlan.sheets.behind import Behind
from anlan.sheets.kinds import Batch, Chunk, Column, Draft, Kind, Outcome, ReadsAhead
from anlan.sheets.models import ImportedRow, SheetImport
from anlan.sheets.reading import Table
from anlan.sheets.values import Cell, Unreadable, is_nothing, nothings, read_words

SIZE = 3000
COLLECTED_AT = 200_000
"""Objects that came and did not go, some 30 MB of them."""
_USUAL_THRESHOLDS = gc.get_threshold()
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
Progress = Callable[[int, int], None]
Difference = tuple[str | None, str | None]
"""The columns that differ before and after, as JSON."""
Line = tuple[int, Sequence[Cell]]
"""Number as a person sees it, cells."""
Finish = Callable[[], list[Draft]]
"""Writes drafts; returns what became of rows."""
Ahead = tuple[Sequence[Line], Chunk, Callable[[], None]]
"""Some lines, the values in them, and what waits until they can be drafted."""
ROW_COLUMNS = (
    "sheet_import_id",
    "region_path",
    "number",
    "outcome",
    "record_id",
    "label",
    "version",
    "before",
    "after",
    "leaf_hash",
    "remaining",
)


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int
    cells: Sequence[Cell]
    reason: str


@dataclass
class Report:
    """What a pass found. ``leaves`` are the leaf hashes of what was written, in the order of the file."""

    row_count: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    bad: list[BadRow] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)

    @property
    def root(self) -> str:
        return merkle.tree_hash(self.leaves).hex()


def check(actor: Actor, kind: Kind, table: Table, mapping: Sequence[str], progress: Progress) -> Report:
    """The dry run: what would become of each row. Writes nothing."""
    return _pass(actor, kind, table, mapping, progress, lambda batch, chunk, drafts: lambda: drafts)


def write(actor: Actor, kind: Kind, table: Table, entry: SheetImport, progress: Progress) -> Report:
    """Write the good rows and remember of each what it became, in the caller's transaction."""
    leaves: list[bytes] = []

    def finish(batch: Batch, chunk: Chunk, drafts: list[Draft]) -> Finish:
        unchanged = [draft for draft in drafts if draft.outcome == Outcome.UNCHANGED]
        to_write = [draft for draft in drafts if draft.outcome != Outcome.UNCHANGED]
        write_them = batch.write(chunk, to_write)
        ahead = _Memory(entry, to_write) if isinstance(batch, ReadsAhead) else None

        def write_and_remember() -> list[Draft]:
            written = write_them()
            memory = ahead if ahead and len(written) == len(to_write) else _Memory(entry, written)
            memory.rows.append()
            leaves.extend(memory.leaves)
            return unchanged + written

        return write_and_remember

    report = _pass(actor, kind, table, entry.mapping, progress, finish)
    report.leaves = leaves
    return report


class _Memory:
    """What is remembered of written rows: their leaf hashes, and a row for each."""

    def __init__(self, entry: SheetImport, drafts: Sequence[Draft]) -> None:
        differences = [(_json(draft.before), _json(draft.after)) for draft in drafts]
        self.leaves = leaves_of(entry.salt, drafts, differences)
        self.rows = bulk.Rows(ImportedRow, ROW_COLUMNS, _columns(entry, drafts, differences, self.leaves))


def leaves_of(salt: str, drafts: Sequence[Draft], differences: Sequence[Difference]) -> list[bytes]:
    """The leaves of written rows: the salt keeps what a person wrote from being guessed out of its hash.

    Hashed is a line in the manner of PostgreSQL's text format: form, salt, number, record, outcome, what was there
    before and after where it differs (JSON), and the columns of the kind (JSON of what is no columns). Form 3 had UUIDs
    with hyphens, form 2 JSON for the columns of a kind with lists of words.
    """
    rows = _row_lines([draft.row for draft in drafts])
    lines = (
        f"4\t{salt}\t{one.number}\t{one.record_id.hex}\t{one.outcome}\t{before}\t{after}\t{row}"
        for one, (before, after), row in zip(drafts, differences, rows, strict=True)
    )
    return [merkle.leaf_hash(line.encode()) for line in lines]


def _row_lines(rows: Sequence[Any]) -> list[str]:
    try:
        return bulk.text_lines(rows)
    except (TypeError, ValueError):
        return [json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) for row in rows]


def _columns(
    entry: SheetImport, drafts: Sequence[Draft], differences: Sequence[Difference], hashes: Sequence[bytes]
) -> Sequence[Sequence[Any]]:
    """What stands in ``ROW_COLUMNS``."""
    rows = [(one.region_path, one.number, one.outcome, one.record_id, one.label[:120], one.version) for one in drafts]
    before_and_after = zip(*differences, strict=True)
    return [[entry.id] * len(rows), *zip(*rows, strict=True), *before_and_after, hashes, [""] * len(rows)]


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else _encode(values)


def _pass(
    actor: Actor,
    kind: Kind,
    table: Table,
    mapping: Sequence[str],
    progress: Progress,
    finish: Callable[[Batch, Chunk, list[Draft]], Finish],
) -> Report:
    report = Report()
    batch = kind.open(actor)
    total = table.height - table.first
    with _few_collections(), Behind() as behind:
        for some, chunk, wait in _one_ahead(_chunks(kind, _lines(table, mapping), mapping, batch, behind)):
            wait()
            drafts = batch.draft(chunk)
            behind.start(partial(_finish, report, some, chunk, finish(batch, chunk, drafts)))
            behind.start(lambda: progress(report.row_count, total))
        behind.wait()
    return report


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows come and go without cycles, or with few: look for those when many are left, and not among what was there."""
    gc.freeze()
    gc.set_threshold(COLLECTED_AT)
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL_THRESHOLDS)
        gc.unfreeze()


def _lines(table: Table, mapping: Sequence[str]) -> Iterator[Line]:
    """The rows that say something."""
    used = [position for position, name in enumerate(mapping) if name]
    return (line for line in table.lines() if _says_something(line[1], used))


def _chunks(kind: Kind, lines: Iterator[Line], mapping: Sequence[str], batch: Batch, behind: Behind) -> Iterator[Ahead]:
    where = {name: position for position, name in enumerate(mapping) if name}
    while some := list(islice(lines, SIZE)):
        chunk = _chunk(kind, some, where)
        if isinstance(batch, ReadsAhead):
            batch.prepare(chunk)
            yield some, chunk, behind.start(partial(batch.look_up, chunk)).result
        else:
            yield some, chunk, behind.wait


def _one_ahead(items: Iterator[Ahead]) -> Iterator[Ahead]:
    """Each of the items when the next has been made already."""
    held = list(islice(items, 1))
    while held:
        following = list(islice(items, 1))
        yield held[0]
        held = following


def _finish(report: Report, some: Sequence[Line], chunk: Chunk, finish: Finish) -> None:
    for draft in finish():
        report.counts[draft.outcome] += 1
    for place in sorted(chunk.errors):
        number, cells = some[place]
        report.bad.append(BadRow(number, cells, joined(chunk.errors[place])))
    report.row_count += len(some)


def _says_something(row: Sequence[Cell], used: Sequence[int]) -> bool:
    for at in used:  # noqa: SIM110 - a generator for each row would cost more than the look
        if at < len(row) and not is_nothing(row[at]):
            return True
    return False


def _chunk(kind: Kind, lines: Sequence[Line], where: dict[str, int]) -> Chunk:
    chunk = Chunk([number for number, _ in lines], {})
    cells = list(zip_longest(*[row for _, row in lines]))
    for column in kind.columns:
        position = where.get(column.name)
        if position is None or position >= len(cells):
            chunk.columns[column.name] = [None] * len(lines)
        else:
            chunk.columns[column.name] = _values(column, cells[position], chunk)
    return chunk


def _values(column: Column, cells: Sequence[Cell], chunk: Chunk) -> list[Any]:
    """The values of a column; what cannot be read is None and has its reason. Equal words are read once."""
    if set(map(type, cells)) <= {str, type(None)}:
        return _values_of_words(column, cells, chunk)
    return [_value(column, cell, place, chunk) for place, cell in enumerate(cells)]


def _values_of_words(column: Column, cells: Sequence[Any], chunk: Chunk) -> list[Any]:
    words = set(cells)
    words.discard(None)
    known: dict[str | None, Any] = dict.fromkeys(nothings(words))
    rest = list(words - known.keys())
    known[None] = None
    wrong: dict[str, str] = {}
    read = read_words(column.read, rest)
    if read is not None and (column.longest is None or max(map(len, read)) <= column.longest):
        known.update(zip(rest, (word or None for word in read), strict=True))
    else:
        for word in rest:
            try:
                known[word] = column.value_of(word)
            except Unreadable as why:
                known[word], wrong[word] = None, f"{column.label}：{why}"
    values = list(map(known.__getitem__, cells))
    if wrong or (column.required and None in values):
        for place, (cell, value) in enumerate(zip(cells, values, strict=True)):
            if cell in wrong:
                chunk.refuse(place, wrong[cell])
            elif value is None and column.required:
                chunk.refuse(place, f"{column.label}：没有填写。")
    return values


def _value(column: Column, cell: Cell, place: int, chunk: Chunk) -> Any:
    try:
        value = column.value_of(cell)
    except Unreadable as why:
        chunk.refuse(place, f"{column.label}：{why}")
        return None
    if value is None and column.required:
        chunk.refuse(place, f"{column.label}：没有填写。")
    return value
