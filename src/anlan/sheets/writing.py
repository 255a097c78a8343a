"""Tables we write: the template to fill in, and the rows that did not go in with the reason in the last column."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from anlan.sheets.kinds import Column, Kind, Look
from anlan.sheets.reading import EXAMPLE
from anlan.sheets.runs import BadRow
from anlan.sheets.values import Cell

REASON = "未导入的原因"
TEXT_FORMAT = "@"
WRITTEN_AS_A_POWER = 10**11
"""Excel shows larger numbers as 9.13E+17."""


def write_template(target: BinaryIO, kind: Kind) -> None:
    """An empty table of the kind: a header with notes, text columns formatted as text, one line marked 示例."""
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet(kind.label[:31])
        styles = _Styles(book)
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, 24)
        for position, column in enumerate(kind.columns):
            sheet.set_column(position, position, column.width, styles.of(column.look))
            sheet.write_string(
                0, position, f"{column.label}*" if column.required else column.label, styles.head(column)
            )
            if note := _note(column):
                sheet.write_comment(0, position, note, {"x_scale": 2, "font_size": 10, "author": ""})
            _write(sheet, 1, position, column.example, styles.example)
        first = kind.columns[0]
        sheet.write_string(1, 0, f"{EXAMPLE}：{first.example}", styles.example)
        _explain(book, kind, styles)


def _note(column: Column) -> str:
    parts = ["必填。" if column.required else "选填，空着不改动已有的内容。", column.note]
    return "".join(part for part in parts if part)


def _explain(book: Any, kind: Kind, styles: "_Styles") -> None:
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    lines = [
        f"{kind.label}导入模板",
        f"系统{kind.meets_known}空着的格子不会清掉已有的内容。",
        f"以“{EXAMPLE}”开头的行不会导入，可以留着。列的先后、多余的列、表头上面的标题都不要紧。",
        "证照号码、代码请按文本填写；日期写成 2026-03-05、2026.3.5、2026年3月5日都可以。",
    ]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, styles.title if row == 0 else None)
    start = len(lines) + 1
    for row, column in enumerate(kind.columns, start):
        sheet.write_string(row, 0, f"{column.label}{'（必填）' if column.required else ''}", styles.plain)
        sheet.write_string(row, 1, column.note, styles.plain)


class _Styles:
    """The formats of a book; a column that holds codes is text before anything is typed into it."""

    def __init__(self, book: Any) -> None:
        base = {"border": 1, "border_color": "#c3cad5", "valign": "vcenter", "font_size": 10}
        self._looks = {
            Look.TEXT: book.add_format({"num_format": TEXT_FORMAT}),
            Look.NUMBER: book.add_format({}),
            Look.DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._head = book.add_format({**base, "bold": True, "bg_color": "#eef1f5"})
        self._needed = book.add_format({**base, "bold": True, "bg_color": "#dbe6fb"})
        self.example = book.add_format(
            {**base, "italic": True, "font_color": "#6b7280", "num_format": TEXT_FORMAT, "bg_color": "#f6f7f9"}
        )
        self.plain = book.add_format({**base, "text_wrap": True})
        self.day = book.add_format({**base, "num_format": "yyyy-mm-dd"})
        self.digits = book.add_format({**base, "num_format": "0"})
        self.reason = book.add_format({**base, "text_wrap": True, "font_color": "#b42318"})
        self.title = book.add_format({"bold": True, "font_size": 14})

    def of(self, look: Look) -> Any:
        return self._looks[look]

    def head(self, column: Column | None = None) -> Any:
        return self._needed if column is not None and column.required else self._head


def write_bad_rows(path: Path, header: Sequence[str], bad: Sequence[BadRow]) -> None:
    """The rows that did not go in, under the header of the file they came from; correct them and import this file."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False}) as book:
        sheet = book.add_worksheet()
        styles = _Styles(book)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header) - 1, 18, styles.of(Look.TEXT))
        sheet.set_column(len(header), len(header), 60)
        for position, word in enumerate([*header, REASON]):
            sheet.write_string(0, position, word, styles.head())
        for row, one in enumerate(bad, 1):
            for position, cell in enumerate(one.cells):
                style = styles.digits if type(cell) is float and abs(cell) >= WRITTEN_AS_A_POWER else styles.plain
                _write(sheet, row, position, cell, style, styles.day)
            sheet.write_string(row, len(header), f"原表第 {one.number} 行：{one.reason}", styles.reason)


def _write(sheet: Any, row: int, position: int, cell: Cell | Decimal, style: Any, day: Any = None) -> None:
    """A cell as it was; text never becomes a formula or a link."""
    if cell is None or cell == "":
        sheet.write_blank(row, position, None, style)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, position, cell.replace(tzinfo=None), day or style)
    elif isinstance(cell, date):
        sheet.write_string(row, position, cell.isoformat(), style)
    elif isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
        sheet.write_number(row, position, cell, style)
    else:
        sheet.write_string(row, position, str(cell), style)
