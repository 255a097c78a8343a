"""What can be told of a file before it is read: whether it is a table of a size we read, and what is hidden in it."""

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from html import unescape
from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from anlan.lib.refusals import Invalid
from anlan.sheets.headers import LOOKED_AT
from anlan.sheets.open_documents import Look
from anlan.sheets.values import formula_error

MAX_ROWS = 100_000
MAX_UNPACKED = 400 * 1024 * 1024
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOT_A_SHEET = "这不是 Excel 表格。请上传 .xlsx、.xls 或 .ods 文件（WPS 表格请另存为 .xlsx）。"
BROKEN = "文件打不开：可能已损坏、没有传完整，或者加了密码。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
TOO_LARGE = f"表格太大：一次最多 {MAX_ROWS // 10_000} 万行、700 列。请删去空白的行列，或者分成几个文件。"
# A cell with content in column AAA or beyond, or in row 100,000 or beyond: memory would follow it.
_FAR_CELL = re.compile(rb'<c [^>]*?r="(?:[A-Z]{3,}\d+|[A-Z]+\d{6,})"[^>]*[^/>]>')
_HIDDEN_ROW = re.compile(rb'<row [^>]*?hidden="(?:1|true)"')
_BROKEN_CELL = re.compile(rb'<c ([^>]*?t="e"[^>]*)>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?<v>([^<]{1,40})</v>')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ROW_END = b"</row>"
_SHEET = re.compile(r"<(?:\w+:)?sheet ([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship ([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_PIECE = 1 << 20


Errors = dict[int, dict[int, str]]
"""What formulas that went wrong say, by row and column."""


@dataclass(frozen=True)
class FileFacts:
    """``extension`` suits the content (``xlsx``, ``xls``, ``ods``). ``hidden_rows`` says how many of each sheet's rows are
    hidden, ``broken`` which sheets hold formulas that went wrong, as far as that can be told (not of xls)."""

    extension: str
    hidden_rows: Mapping[str, int] = field(default_factory=dict)
    broken: Collection[str] = ()


def look_at(file: BinaryIO) -> FileFacts:
    """What the file is by its content; its name counts for nothing. Invalid (422) for what is none or too large."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(OLE):
        return FileFacts("xls")
    if not start.startswith(ZIP):
        raise Invalid.at("/file", NOT_A_SHEET)
    try:
        with zipfile.ZipFile(file) as archive:
            return _of_archive(archive)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, UnicodeDecodeError, ExpatError) as error:
        raise Invalid.at("/file", BROKEN) from error
    finally:
        file.seek(0)


def _of_archive(archive: zipfile.ZipFile) -> FileFacts:
    names = set(archive.namelist())
    if len(names) != len(archive.namelist()):  # which of two the reader takes is not said
        raise Invalid.at("/file", BROKEN)
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
        raise Invalid.at("/file", TOO_LARGE)
    if "xl/workbook.xml" in names:
        return _of_workbook(archive, names)
    if "content.xml" in names and "mimetype" in names and b"spreadsheet" in archive.read("mimetype"):
        return _of_open_document(archive)
    raise Invalid.at("/file", NOT_A_SHEET)


def _of_open_document(archive: zipfile.ZipFile) -> FileFacts:
    look = _look_through(archive)
    return FileFacts("ods", look.hidden_rows, list(look.broken))


def _look_through(archive: zipfile.ZipFile) -> Look:
    look = Look(MAX_ROWS + LOOKED_AT, TOO_LARGE)
    with archive.open("content.xml") as content:
        look.through(content)
    return look


def _of_workbook(archive: zipfile.ZipFile, names: set[str]) -> FileFacts:
    parts = sorted(name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml"))
    found = {name: _of_part(archive, name) for name in parts}
    sheets = _sheets_of(archive) if any(map(any, found.values())) else {}
    told = {sheet: found[part] for sheet, part in sheets.items() if part in found}
    hidden = {sheet: count for sheet, (count, _) in told.items() if count}
    return FileFacts("xlsx", hidden, [sheet for sheet, (_, is_broken) in told.items() if is_broken])


def _of_part(archive: zipfile.ZipFile, name: str) -> tuple[int, bool]:
    """How many rows are hidden, whether a formula went wrong; on the way, Invalid (422) for a cell too far out."""
    hidden, is_broken = 0, False
    for piece in _pieces(archive, name):
        if _FAR_CELL.search(piece):
            raise Invalid.at("/file", TOO_LARGE)
        if b'hidden="' in piece:
            hidden += len(_HIDDEN_ROW.findall(piece))
        is_broken = is_broken or b't="e"' in piece
    return hidden, is_broken


def formula_errors(path: Path, sheet: str) -> Errors:
    """What the formulas that went wrong say, of a sheet that :func:`look_at` called broken: by row and column, from 0."""
    with zipfile.ZipFile(path) as archive:
        if "content.xml" in archive.namelist():
            return _look_through(archive).broken.get(sheet, {})
        part = _sheets_of(archive).get(sheet, "")
        return _errors_in(archive, part) if part in archive.namelist() else {}


def _errors_in(archive: zipfile.ZipFile, part: str) -> Errors:
    errors: Errors = {}
    for piece in _pieces(archive, part, _ROW_END):
        for attributes, word in _BROKEN_CELL.findall(piece):
            if place := _PLACE.search(attributes):
                errors.setdefault(int(place[2]) - 1, {})[_column(place[1].decode())] = formula_error(word.decode())
    return errors


def _column(letters: str) -> int:
    """``A`` is 0, ``AA`` is 26."""
    return reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0) - 1


def _pieces(archive: zipfile.ZipFile, name: str, before: bytes = b"<") -> Iterator[bytes]:
    """The part bit by bit, cut only before what is given: never within a tag."""
    rest = b""
    with archive.open(name) as content:
        while part := content.read(_PIECE):
            piece = rest + part
            at = piece.rfind(before)
            at = len(piece) if at < 0 else at
            yield piece[:at]
            rest = piece[at:]
    yield rest


def _sheets_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """The names of the sheets and the parts they stand in."""
    relations = [_attributes(words) for words in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels").decode())]
    parts = {one.get("Id"): one.get("Target", "") for one in relations}
    sheets = [_attributes(words) for words in _SHEET.findall(archive.read("xl/workbook.xml").decode())]
    targets = {one["name"]: parts.get(one.get("r:id"), "") for one in sheets if "name" in one}
    return {name: part.lstrip("/") if part.startswith("/") else f"xl/{part}" for name, part in targets.items()}


def _attributes(words: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(words)}
