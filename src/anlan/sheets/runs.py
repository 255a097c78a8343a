"""One pass over a file: cells → values → drafts → rows of the database. The same pass without the last step is the
dry run."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from anlan.authz.actors import Actor
from anlan.lib import merkle
from anlan.sheets import bulk
from anlan.sheets.kinds import Batch, Chunk, Column, Draft, Kind, Outcome
from anlan.sheets.models import ImportedRow, SheetImport
from anlan.sheets.reading import Table
from anlan.sheets.values import Cell, Unreadable, is_nothing

SIZE = 5000
Progress = Callable[[int, int], None]
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
        hashes = [leaf_of(entry.salt, draft) for draft in written]
        bulk.insert(ImportedRow, ROW_COLUMNS, _rows(entry, written, hashes))
        leaves.extend(hashes)
        return unchanged + written

    report = _pass(actor, kind, table, entry.mapping, progress, write_chunk)
    report.leaves = leaves
    return report


def leaf_of(salt: str, draft: Draft) -> bytes:
    """The leaf of a written row: the salt keeps what a person wrote from being guessed out of its hash."""
    facts = ["1", salt, draft.number, draft.record_id, draft.outcome, draft.before, draft.after, draft.row]
    return merkle.leaf_hash(json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=str).encode())


def _rows(entry: SheetImport, drafts: Sequence[Draft], hashes: Sequence[bytes]) -> Iterator[Sequence[Any]]:
    for draft, leaf in zip(drafts, hashes, strict=True):
        before, after = _json(draft.before), _json(draft.after)
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
    batch = kind.open(actor)
    where = {name: position for position, name in enumerate(mapping) if name}
    used = sorted(where.values())
    lines = [line for line in table.lines() if any(not is_nothing(line[1][at]) for at in used if at < len(line[1]))]
    remaining = iter(lines)
    while some := list(islice(remaining, SIZE)):
        chunk = _chunk(kind, some, where)
        done = finish(batch, chunk, batch.draft(chunk))
        for draft in done:
            report.counts[draft.outcome] += 1
        for place in sorted(chunk.errors):
            number, cells = some[place]
            report.bad.append(BadRow(number, cells, "；".join(dict.fromkeys(chunk.errors[place]))))
        report.row_count += len(some)
        progress(report.row_count, len(lines))
    return report


def _chunk(kind: Kind, lines: Sequence[tuple[int, Sequence[Cell]]], where: dict[str, int]) -> Chunk:
    chunk = Chunk([number for number, _ in lines], {})
    for column in kind.columns:
        position = where.get(column.name)
        if position is None:
            chunk.columns[column.name] = [None] * len(lines)
        else:
            cells = [row[position] if position < len(row) else None for _, row in lines]
            chunk.columns[column.name] = _values(column, cells, chunk)
    return chunk


def _values(column: Column, cells: Sequence[Cell], chunk: Chunk) -> list[Any]:
    """The values of a column; what cannot be read is None and has its reason. Equal words are read once."""
    known: dict[str, Any] = {}
    values: list[Any] = []
    for place, cell in enumerate(cells):
        if type(cell) is str and cell in known:
            values.append(known[cell])
            continue
        try:
            value = column.value_of(cell)
        except Unreadable as why:
            chunk.refuse(place, f"{column.label}：{why}")
            values.append(None)
            continue
        if value is None and column.required:
            chunk.refuse(place, f"{column.label}：没有填写。")
        elif type(cell) is str:
            known[cell] = value
        values.append(value)
    return values
