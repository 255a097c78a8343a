"""A signed list as an Excel file, A4 landscape: its lines exactly as they were signed."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from anlan.lib import clock
from anlan.supervision.models import SignedList
from anlan.supervision.selectors.signed_lists import LABELS, period_of, rows_as_signed

TITLE = "事故隐患清单"
WIDTHS = (6, 20, 44, 26, 9, 28, 22, 12, 10)
HEAD = 3


def file_name(signed: SignedList) -> str:
    return f"{TITLE}_{signed.organisation.short_name}_{period_of(signed).code}_第{signed.edition}版.xlsx"


def write_list(path: Path, signed: SignedList) -> None:
    """Write the list; constant memory, dates as dates, identifiers as text."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False}) as book:
        sheet = book.add_worksheet("清单")
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        _page(sheet)
        border = {"border": 1, "border_color": "#c3cad5", "valign": "top", "text_wrap": True, "font_size": 10}
        cell, day = book.add_format(border), book.add_format({**border, "num_format": "yyyy-mm-dd"})
        head = book.add_format({**border, "bold": True, "bg_color": "#eef1f5", "valign": "vcenter"})
        sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 16}))
        unit = f"单位：{signed.organisation.name}　周期：{period_of(signed).label}　第 {signed.edition} 版"
        sheet.write_string(1, 0, unit)
        sheet.write_string(HEAD, 0, "序号", head)
        for column, label in enumerate(LABELS.values(), 1):
            sheet.write_string(HEAD, column, label, head)
        for number, row in enumerate(rows_as_signed(signed), 1):
            sheet.write_number(HEAD + number, 0, number, cell)
            for column, name in enumerate(LABELS, 1):
                _write(sheet, HEAD + number, column, getattr(row, name), cell, day)
        _foot(sheet, signed)


def _page(sheet: Any) -> None:
    sheet.freeze_panes(HEAD + 1, 2)
    sheet.repeat_rows(HEAD)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L单位：　　　　填报人：　　　　审核人：　　　　日期：&R第 &P 页，共 &N 页")


def _write(sheet: Any, row: int, column: int, value: Any, cell: Any, day: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif value:
        sheet.write_string(row, column, value, cell)
    else:
        sheet.write_blank(row, column, None, cell)


def _foot(sheet: Any, signed: SignedList) -> None:
    last = HEAD + signed.row_count + 1
    signed_at = f"{signed.signed_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    sheet.write_string(last, 0, f"合计 {signed.row_count} 件，其中重大 {signed.major_count} 件")
    sheet.write_string(
        last + 1, 0, f"分管负责人：{signed.signatory}　{signed.post}　签字时间：{signed_at}　填报人：{signed.signed_by}"
    )
    sheet.write_string(last + 2, 0, f"内容校验值（SHA-256）：{signed.content_hash}")
