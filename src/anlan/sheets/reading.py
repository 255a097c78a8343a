"""Reading the files offices have: xlsx, xls, ods; titles above the header, merged cells, sums below."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from anlan.lib.refusals import Invalid
from anlan.sheets.kinds import Kind
from anlan.sheets.mapping import bare, best_match
from anlan.sheets.values import Cell, Unreadable, text

MAX_ROWS = 100_000
MAX_UNPACKED = 400 * 1024 * 1024
LOOKED_AT = 40
"""Rows from the top in which a header is looked for."""

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOT_A_SHEET = "这不是 Excel 表格。请上传 .xlsx、.xls 或 .ods 文件（WPS 表格请另存为 .xlsx）。"
BROKEN = "文件打不开：可能已损坏、没有传完整，或者加了密码。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
TOO_LARGE = f"表格太大：一次最多 {MAX_ROWS // 10_000} 万行、700 列。请删去空白的行列，或者分成几个文件。"
EMPTY = "文件里没有内容。请在第一张工作表中填写后再上传。"
# A cell with content in column AAA or beyond, or in row 100,000 or beyond: memory would follow it.
_FAR_CELL = re.compile(rb'<c [^>]*?r="(?:[A-Z]{3,}\d+|[A-Z]+\d{6,})"[^>]*[^/>]>')
_SUMS = ("合计", "总计", "小计", "共计")
_FOOT = re.compile(r"^(填报人|填表人|制表人|审核人|负责人|单位负责人|填报单位|联系人|备注|注|说明)\s*[:：]")
EXAMPLE = "示例"
_SUSPECT = frozenset("合总小共示【[(（*填制审负单联备注说")


@dataclass(frozen=True)
class Table:
    """One sheet with its header found. ``header`` are the words above each column, ``first`` is the first row below.

    Rows and columns count from 0; what a person sees counts rows from 1.
    """

    sheet: str
    header: Sequence[str]
    first: int
    rows: list[list[Cell]] = field(repr=False)

    def lines(self) -> Iterator[tuple[int, list[Cell]]]:
        """(number as a person sees it, cells) of every row that holds data."""
        for number, row in enumerate(self.rows[self.first :], self.first + 1):
            if _holds_data(row, self.header):
                yield number, row

    def samples(self, position: int, count: int = 3) -> list[str]:
        """The first few different things in a column."""
        found: dict[str, None] = {}
        for _, row in self.lines():
            word = _word(row[position]) if position < len(row) else ""
            if word and len(word) <= 60:
                found.setdefault(word)
            if len(found) >= count:
                break
        return list(found)


def check_file(file: BinaryIO) -> str:
    """The ending that suits the content (``xlsx``, ``xls``, ``ods``); the name counts for nothing. Invalid (422)."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(OLE):
        return "xls"
    if not start.startswith(ZIP):
        raise Invalid.at("/file", NOT_A_SHEET)
    try:
        with zipfile.ZipFile(file) as archive:
            return _check_archive(archive)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise Invalid.at("/file", BROKEN) from error
    finally:
        file.seek(0)


def _check_archive(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
        raise Invalid.at("/file", TOO_LARGE)
    if "xl/workbook.xml" in names:
        for name in names:
            if name.startswith("xl/worksheets/sheet") and name.endswith(".xml"):
                _check_extent(archive, name)
        return "xlsx"
    if "content.xml" in names and "mimetype" in names and b"spreadsheet" in archive.read("mimetype"):
        return "ods"
    raise Invalid.at("/file", NOT_A_SHEET)


def _check_extent(archive: zipfile.ZipFile, name: str) -> None:
    rest = b""
    with archive.open(name) as content:
        while part := content.read(1 << 20):
            if _FAR_CELL.search(rest + part):
                raise Invalid.at("/file", TOO_LARGE)
            rest = part[-100:]


def read_table(path: Path, kind: Kind, *, top: int | None = None) -> Table:
    """The sheet whose header fits the kind best, or only its first ``top`` rows. Invalid (422) for a file that cannot
    be opened or holds nothing."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            visible = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
            found = [table for name in visible[:10] if (table := _table_of(book.get_sheet_by_name(name), kind, top))]
    except (CalamineError, OSError, UnicodeDecodeError) as error:
        raise Invalid.at("/file", BROKEN) from error
    if not found:
        raise Invalid.at("/file", EMPTY)
    return max(found, key=lambda scored: scored[0])[1]


def _table_of(sheet: CalamineSheet, kind: Kind, top: int | None) -> tuple[int, Table] | None:
    if sheet.start is None:
        return None
    if sheet.total_height > MAX_ROWS + LOOKED_AT:
        raise Invalid.at("/file", TOO_LARGE)
    rows = cast(list[list[Cell]], sheet.to_python(skip_empty_area=False, nrows=top))
    _fill_merged(rows, sheet.merged_cell_ranges or [])
    score, header, first = _find_header(rows, kind)
    return score, Table(sheet.name, header, first, rows)


def _fill_merged(rows: list[list[Cell]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Every cell of a merged range says what its first one says."""
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [value] * (min(right + 1, len(row)) - left)


def _find_header(rows: list[list[Cell]], kind: Kind) -> tuple[int, list[str], int]:
    """(how many columns it names, the header, the first row below it). A header may be two rows high."""
    best: tuple[int, list[str], int] | None = None
    top = rows[:LOOKED_AT]
    for number, row in enumerate(top):
        words = [_word(cell) for cell in row]
        score = _score(words, kind)
        if score and (best is None or score > best[0]):
            best = (score, words, number + 1)
    for number, (upper, lower) in enumerate(pairwise(top)):
        words = [_joined(_word(above), _word(below)) for above, below in zip(upper, lower, strict=False)]
        score = _score(words, kind)
        if score and _is_header_like(lower) and (best is None or score > best[0]):
            best = (score, words, number + 2)
    if best is None:
        return 0, *_guess_header(rows)
    score, header, first = best
    # A header merged downwards: the same words once more are no data.
    while first < len(rows) and first < LOOKED_AT and [_word(cell) for cell in rows[first]] == header and any(header):
        first += 1
    return score, header, first


def _score(words: Sequence[str], kind: Kind) -> int:
    matched = {name for word in words if word and (name := best_match(word, kind))}
    return len(matched) * 2 + (1 if len(matched) > 1 else 0)


def _is_header_like(row: Sequence[Cell]) -> bool:
    """All words, no numbers: data rows have some."""
    return all(cell is None or (isinstance(cell, str) and len(cell) <= 20) for cell in row)


def _joined(above: str, below: str) -> str:
    if not below or above == below or not above:
        return below or above
    return f"{above}{below}"


def _guess_header(rows: list[list[Cell]]) -> tuple[list[str], int]:
    """No known word anywhere: the first row with at least half as many cells as the widest."""
    widest = max((_filled(row) for row in rows[:LOOKED_AT]), default=0)
    for number, row in enumerate(rows[:LOOKED_AT]):
        if _filled(row) * 2 >= widest:
            return [_word(cell) for cell in row], number + 1
    return [], 0


def _filled(row: Sequence[Cell]) -> int:
    return len({_word(cell) for cell in row} - {""})


def _holds_data(row: Sequence[Cell], header: Sequence[str]) -> bool:
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
    return not (_word(first) == header[at] and [_word(cell) for cell in row] == list(header))


def _is_around_the_data(plain: str, first: str) -> bool:
    return plain.startswith((*_SUMS, EXAMPLE)) or bool(_FOOT.match(first))


def _word(cell: Cell) -> str:
    try:
        return text(cell)
    except Unreadable:
        return ""
