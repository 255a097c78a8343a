"""Reading the tables offices have: xlsx, xls, ods; titles above the header, merged cells, sums below."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import cast

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from anlan.lib.refusals import Invalid
from anlan.sheets.archives import BROKEN, MAX_ROWS, TOO_LARGE, Errors
from anlan.sheets.headers import LOOKED_AT, find_header, word_of
from anlan.sheets.kinds import Kind
from anlan.sheets.mapping import bare
from anlan.sheets.values import Cell

MOST_SHEETS = 100
LONGEST_NAME = 100
EMPTY = "文件里没有内容。请在工作表中填写后再上传。"
_SUMS = ("合计", "总计", "小计", "共计")
_FOOT = re.compile(r"^(填报人|填表人|制表人|审核人|负责人|单位负责人|填报单位|联系人|备注|注|说明)\s*[:：]")
EXAMPLE = "示例"
_SUSPECT = frozenset("合总小共示【[(（*填制审负单联备注说")


@dataclass(frozen=True)
class Table:
    """One sheet, by the ``name`` it has, with its header found. ``header`` are the words above each column (made up without ``has_header``),
    ``first`` is the first row below, ``heads`` are the rows of the header itself.

    Rows and columns count from 0; what a person sees counts rows from 1. The cells below ``top`` become objects of ours
    only when they are asked for, and once: a large file would fill the memory with them. ``height`` counts its rows.
    """

    name: str
    header: Sequence[str]
    first: int
    height: int
    has_header: bool
    score: int
    heads: Sequence[Sequence[str]]
    top: list[list[Cell]] = field(repr=False)
    below: Iterator[list[Cell]] = field(repr=False)

    def lines(self) -> Iterator[tuple[int, list[Cell]]]:
        """(number as a person sees it, cells) of every row that holds data. Those below ``top`` come once only."""
        for number, row in enumerate(chain(self.top[self.first :], self.below), self.first + 1):
            if _holds_data(row, self.heads):
                yield number, row

    @property
    def row_count(self) -> int:
        """Rows below the header, those that say nothing too."""
        return max(self.height - self.first, 0)

    def samples(self, position: int, count: int = 3) -> list[str]:
        """The first few different things in a column."""
        found: dict[str, None] = {}
        for _, row in self.lines():
            word = word_of(row[position]) if position < len(row) else ""
            if word and len(word) <= 60:
                found.setdefault(word)
            if len(found) >= count:
                break
        return list(found)


def read_tops(path: Path, kind: Kind, sheet: str = "", has_header: bool | None = None) -> list[Table]:
    """The first rows of every sheet that is to be seen and holds something, in their order; ``has_header``: what the
    person said about ``sheet``. Invalid (422) for a file that cannot be opened or holds nothing."""
    with _open(path) as book:
        visible = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        sheets = (book.get_sheet_by_name(name) for name in visible[:MOST_SHEETS])
        found = [
            _table_of(one, kind, LOOKED_AT * 2, has_header if one.name[:LONGEST_NAME] == sheet else None)
            for one in sheets
            if one.start is not None
        ]
    if not found:
        raise Invalid.at("/file", EMPTY)
    return found


def read_table(
    path: Path, kind: Kind, sheet: str, *, has_header: bool | None = None, errors: Errors | None = None
) -> Table:
    """The sheet of that name, as far as it is kept; ``errors``: what its formulas that went wrong say. Invalid (422) for a file that cannot be opened, or has no such sheet."""
    with _open(path) as book:
        name = next((one for one in book.sheet_names if one[:LONGEST_NAME] == sheet), None)
        if name is None or (found := book.get_sheet_by_name(name)).start is None:
            raise Invalid.at("/file", EMPTY)
        return _table_of(found, kind, None, has_header, errors)


@contextmanager
def _open(path: Path) -> Iterator[CalamineWorkbook]:
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            yield book
    except (CalamineError, OSError, UnicodeDecodeError) as error:
        raise Invalid.at("/file", BROKEN) from error


def best_of(tables: Sequence[Table]) -> Table:
    """The one whose header is known best, if data stand below it; the first of several."""
    return max(tables, key=lambda table: (table.score if table.row_count else 0, table.score, table.row_count > 0))


def _table_of(
    sheet: CalamineSheet, kind: Kind, top: int | None, has_header: bool | None, errors: Errors | None = None
) -> Table:
    height = sheet.end[0] + 1 if sheet.end else 0
    if height > MAX_ROWS + LOOKED_AT:
        raise Invalid.at("/file", TOO_LARGE)
    rows = _rows_of(sheet, errors or {})
    looked_at = list(islice(rows, top or LOOKED_AT * 2))
    header = find_header(looked_at, kind, has_header)
    return Table(
        name=sheet.name[:LONGEST_NAME],
        header=header.words,
        first=header.first,
        height=height,
        has_header=header.is_there,
        score=header.score,
        heads=header.heads,
        top=looked_at,
        below=iter(()) if top else rows,
    )


def _rows_of(sheet: CalamineSheet, errors: Errors) -> Iterator[list[Cell]]:
    """The rows from the first of the sheet on, each from its first column; every cell of a merged range says what its
    first one says."""
    ranges: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        ranges[top].append((left, right + 1, bottom))
    margin: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    running: list[tuple[int, int, int, Cell]] = []
    for number, cells in enumerate(sheet.iter_rows()):
        row = cast(list[Cell], [*margin, *cells] if margin else cells)
        if number in errors:
            for at, word in errors[number].items():
                row[at : at + 1] = [word] if at < len(row) else []
        if running or number in ranges:
            starting = ((left, end, bottom, row[left]) for left, end, bottom in ranges[number] if left < len(row))
            running = [one for one in (*running, *starting) if one[2] >= number]
            for left, end, _, value in running:
                row[left:end] = [value] * (min(end, len(row)) - left)
        yield row


def _holds_data(row: Sequence[Cell], heads: Sequence[Sequence[str]]) -> bool:
    """Not blank, no heading across the sheet, no sum, no signature line, no example of ours, not the header once more
    (printed on each page)."""
    at = next((position for position, cell in enumerate(row) if cell is not None and cell != ""), None)
    if at is None:
        return False
    first = row[at]
    if type(first) is not str:
        return True
    filled = [cell for cell in row[at:] if cell is not None and cell != ""]
    if len(filled) > 2 and filled.count(first) == len(filled):
        return False
    if first.lstrip()[:1] in _SUSPECT and _is_around_the_data(bare(first), first.strip()):
        return False
    word = word_of(first)
    return not any(at < len(head) and head[at] == word and _says_the_same(row, head) for head in heads)


def _says_the_same(row: Sequence[Cell], head: Sequence[str]) -> bool:
    return [word_of(cell) for cell in row] == list(head)


def _is_around_the_data(plain: str, first: str) -> bool:
    return plain.startswith((*_SUMS, EXAMPLE)) or bool(_FOOT.match(first))
