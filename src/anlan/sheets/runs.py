"""One pass over a file: cells → values → drafts → rows of the database. The same pass without the last step is the
dry run."""

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, zip_longest
from typing import Any

from anlan.authz.actors import Actor
from anlan.lib import merkle
from anlan.sheets import bulk
from anlan.sheets.behind import Behind
from anlan.sheets.kinds import Batch, Chunk, Column, Draft, Kind, Outcome, ReadsAhead
from anlan.sheets.models import ImportedRow, SheetImport
from anlan.sheets.reading import Table
from anlan.sheets.values import Cell, Unreadable, is_nothing, nothings, read_words

SIZE = 5000
Progress = Callable[[int, int], None]
Difference = tuple[str | None, str | None]
"""The columns that differ before and after, as JSON."""
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
    return _pass(actor, kind, table, mapping, progress, lambda batch, chunk, drafts: drafts)


def write(actor: Actor, kind: Kind, table: Table, entry: SheetImport, progress: Progress) -> Report:
    """Write the good rows and remember of each what it became, in the caller's transaction."""
    leaves: list[bytes] = []

    def write_chunk(batch: Batch, chunk: Chunk, drafts: list[Draft]) -> list[Draft]:
        unchanged = [draft for draft in drafts if draft.outcome == Outcome.UNCHANGED]
        written = batch.write(chunk, [draft for draft in drafts if draft.outcome != Outcome.UNCHANGED])
        differences = [(_json(draft.before), _json(draft.after)) for draft in written]
        hashes = leaves_of(entry.salt, written, differences)
        bulk.append(ImportedRow, ROW_COLUMNS, _rows(entry, written, differences, hashes))
        leaves.extend(hashes)
        return unchanged + written

    report = _pass(actor, kind, table, entry.mapping, progress, write_chunk)
    report.leaves = leaves
    return report


def leaves_of(salt: str, drafts: Sequence[Draft], differences: Sequence[Difference]) -> list[bytes]:
    """The leaves of written rows: the salt keeps what a person wrote from being guessed out of its hash.

    Hashed is a line in the manner of PostgreSQL's text format: form, salt, number, record, outcome, what was there
    before and after where it differs (JSON), and the columns of the kind (JSON of what is no columns). Form 2 had JSON
    for the columns of a kind with lists of words too.
    """
    rows = _row_lines([draft.row for draft in drafts])
    return [
        merkle.leaf_hash(f"3\t{salt}\t{one.number}\t{one.record_id}\t{one.outcome}\t{before}\t{after}\t{row}".encode())
        for one, (before, after), row in zip(drafts, differences, rows, strict=True)
    ]


def _row_lines(rows: Sequence[Any]) -> list[str]:
    try:
        return bulk.text_lines(rows)
    except (TypeError, ValueError):
        return [json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) for row in rows]


def _rows(
    entry: SheetImport, drafts: Sequence[Draft], differences: Sequence[Difference], hashes: Sequence[bytes]
) -> Iterator[Sequence[Any]]:
    for draft, (before, after), leaf in zip(drafts, differences, hashes, strict=True):
        label = draft.label[:120]
        yield (entry.id, draft.region_path, draft.number, draft.outcome, draft.record_id, label, draft.version, before,
               after, leaf, "")  # fmt: skip


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, default=str)


def _pass(
    actor: Actor,
    kind: Kind,
    table: Table,
    mapping: Sequence[str],
    progress: Progress,
    finish: Callable[[Batch, Chunk, list[Draft]], list[Draft]],
) -> Report:
    report = Report()
    gc.freeze()  # the cells of the file stay: walking them at every collection costs as much as reading them
    try:
        _go_through(report, kind.open(actor), kind, table, mapping, progress, finish)
    finally:
        gc.unfreeze()
    return report


def _go_through(
    report: Report,
    batch: Batch,
    kind: Kind,
    table: Table,
    mapping: Sequence[str],
    progress: Progress,
    finish: Callable[[Batch, Chunk, list[Draft]], list[Draft]],
) -> None:
    where = {name: position for position, name in enumerate(mapping) if name}
    used = sorted(where.values())
    lines = [line for line in table.lines() if _says_something(line[1], used)]
    remaining = iter(lines)
    with Behind() as behind:
        while some := list(islice(remaining, SIZE)):
            chunk = _chunk(kind, some, where)
            if isinstance(batch, ReadsAhead):
                batch.prepare(chunk)
            behind.wait()
            if report.row_count:
                progress(report.row_count, len(lines))
            drafts = batch.draft(chunk)
            behind.start(partial(_finish, report, some, chunk, partial(finish, batch, chunk, drafts)))
        behind.wait()
    if lines:
        progress(report.row_count, len(lines))


def _finish(
    report: Report, some: Sequence[tuple[int, Sequence[Cell]]], chunk: Chunk, finish: Callable[[], list[Draft]]
) -> None:
    for draft in finish():
        report.counts[draft.outcome] += 1
    for place in sorted(chunk.errors):
        number, cells = some[place]
        report.bad.append(BadRow(number, cells, "；".join(dict.fromkeys(chunk.errors[place]))))
    report.row_count += len(some)


def _says_something(row: Sequence[Cell], used: Sequence[int]) -> bool:
    cells = (row[at] for at in used if at < len(row))
    return any(cell is not None and cell != "" and not is_nothing(cell) for cell in cells)


def _chunk(kind: Kind, lines: Sequence[tuple[int, Sequence[Cell]]], where: dict[str, int]) -> Chunk:
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
