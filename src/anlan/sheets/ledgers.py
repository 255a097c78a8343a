"""Ledgers to take away: any list as an Excel file, constant memory, dates as dates, identifiers as text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from anlan.authz.actors import Actor
from anlan.jobs.api import Job, progress
from anlan.lib import clock

CHUNK = 500
Value = str | int | date | datetime | None


@dataclass(frozen=True)
class LedgerColumn:
    """``of`` gives the cell of a row."""

    label: str
    width: int
    of: Callable[[Any], Value]


@dataclass(frozen=True)
class Ledger:
    """``filters``: in words, what the list was narrowed by; ``noun`` counts its rows (处, 家, 本)."""

    title: str
    columns: Sequence[LedgerColumn]
    filters: str = ""
    noun: str = "条"

    def file_name(self, actor: Actor) -> str:
        return f"{self.title}_{actor.organisation_name}_{clock.today():%Y%m%d}.xlsx"

    def write(self, path: Path, job: Job, actor: Actor, rows: Iterable[Any], total: int) -> None:
        """Write the rows, telling the job how far it is."""
        with xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False}) as book:
            sheet = _Sheet(book, self, actor)
            number = 0
            for number, row in enumerate(rows, 1):
                sheet.add(number, row)
                if number % CHUNK == 0:
                    progress(job, number, max(total, number))
            sheet.close(number)
            progress(job, number, number)


class _Sheet:
    """The one sheet: a title, the filters, a header that repeats in print, the rows."""

    def __init__(self, book: Any, ledger: Ledger, actor: Actor) -> None:
        self.ledger = ledger
        self.sheet = book.add_worksheet("台账")
        border = {"border": 1, "border_color": "#c3cad5", "valign": "top", "text_wrap": True, "font_size": 10}
        self.text = book.add_format(border)
        self.day = book.add_format({**border, "num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({**border, "num_format": "yyyy-mm-dd hh:mm"})
        head = book.add_format({**border, "bold": True, "bg_color": "#eef1f5", "valign": "vcenter"})
        self.sheet.set_column(0, 0, 6)
        self.sheet.write_string(0, 0, ledger.title, book.add_format({"bold": True, "font_size": 16}))
        self.sheet.write_string(1, 0, f"筛选：{ledger.filters or '全部'}")
        exported = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
        self.sheet.write_string(2, 0, f"导出人：{actor.organisation_name} {actor.label}　导出时间：{exported}")
        self.sheet.write_string(3, 0, "序号", head)
        for position, column in enumerate(ledger.columns, 1):
            self.sheet.set_column(position, position, column.width)
            self.sheet.write_string(3, position, column.label, head)
        self.sheet.freeze_panes(4, 3)
        self.sheet.repeat_rows(3)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L单位：　　　　填报人：　　　　审核人：　　　　日期：&R第 &P 页，共 &N 页")

    def add(self, number: int, row: Any) -> None:
        line = number + 3
        self.sheet.write_number(line, 0, number, self.text)
        for position, column in enumerate(self.ledger.columns, 1):
            self._write(line, position, column.of(row))

    def _write(self, line: int, position: int, value: Value) -> None:
        if isinstance(value, datetime):
            local = value.astimezone(clock.SHANGHAI).replace(tzinfo=None)
            self.sheet.write_datetime(line, position, local, self.moment)
        elif isinstance(value, date):
            self.sheet.write_datetime(line, position, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001
        elif isinstance(value, int):
            self.sheet.write_number(line, position, value, self.text)
        elif value:
            self.sheet.write_string(line, position, value, self.text)
        else:
            self.sheet.write_blank(line, position, None, self.text)

    def close(self, total: int) -> None:
        self.sheet.write_string(total + 4, 0, f"合计 {total} {self.ledger.noun}")
        self.sheet.autofilter(3, 0, total + 3, len(self.ledger.columns))
