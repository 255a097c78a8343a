"""隐患排查治理台账 as an Excel file: constant memory, dates as dates, identifiers as text."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.http import QueryDict

from anlan.authz.actors import Actor
from anlan.hidden_dangers import selectors
from anlan.hidden_dangers.choices import HandlingMode
from anlan.hidden_dangers.forms.filters import FilterForm
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.presenters import hides_reporter, party_name
from anlan.jobs.api import Job, progress
from anlan.lib import clock
from anlan.reads.counting import bounded_count
from anlan.ui.lists import active_chips

CHINA = ZoneInfo("Asia/Shanghai")
TITLE = "隐患排查治理台账"
CHUNK = 500
Value = str | int | date | datetime | None


@dataclass(frozen=True)
class ExportColumn:
    """``of`` gives the cell; a column ``for_government`` is left out of an enterprise's file."""

    label: str
    width: int
    of: Callable[[Actor, HiddenDanger], Value]
    for_government: bool = False


def _name(organisation: Any) -> str:
    return organisation.name if organisation is not None else ""


COLUMNS = (
    ExportColumn("编号", 20, lambda actor, matter: matter.number),
    ExportColumn("隐患描述", 48, lambda actor, matter: matter.description),
    ExportColumn("地点", 30, lambda actor, matter: matter.place),
    ExportColumn("属地", 14, lambda actor, matter: matter.region.name),
    ExportColumn("等级", 10, lambda actor, matter: matter.get_level_display()),
    ExportColumn("状态", 10, lambda actor, matter: matter.get_status_display()),
    ExportColumn("行业领域", 12, lambda actor, matter: matter.get_sector_display()),
    ExportColumn("成因", 16, lambda actor, matter: matter.get_cause_display()),
    ExportColumn("依据条款", 24, lambda actor, matter: matter.clause),
    ExportColumn("责任主体", 30, lambda actor, matter: party_name(matter)),
    ExportColumn("主办单位", 24, lambda actor, matter: _name(matter.lead)),
    ExportColumn("处置方式", 18, lambda actor, matter: "、".join(HandlingMode(mode).label for mode in matter.modes)),
    ExportColumn("当前办理单位", 24, lambda actor, matter: _name(matter.holder)),
    ExportColumn("整改期限", 12, lambda actor, matter: matter.due_on),
    ExportColumn("原定期限", 12, lambda actor, matter: matter.original_due_on),
    ExportColumn("退回次数", 9, lambda actor, matter: matter.return_count),
    ExportColumn("登记时间", 17, lambda actor, matter: matter.registered_at),
    ExportColumn("交办时间", 17, lambda actor, matter: matter.dispatched_at),
    ExportColumn("报验时间", 17, lambda actor, matter: matter.submitted_at),
    ExportColumn("办结时间", 17, lambda actor, matter: matter.ended_at),
    ExportColumn(
        "排查渠道", 12, lambda actor, matter: _unless_hidden(actor, matter, matter.get_source_display()), True
    ),
    ExportColumn("上报单位", 24, lambda actor, matter: _unless_hidden(actor, matter, _name(matter.reporter)), True),
)


def _unless_hidden(actor: Actor, matter: HiddenDanger, value: str) -> str:
    return "" if hides_reporter(actor, matter) else value


def file_name(actor: Actor) -> str:
    return f"{TITLE}_{actor.organisation_name}_{clock.today():%Y%m%d}.xlsx"


def write_ledger(path: Path, job: Job, actor: Actor, query: dict[str, list[str]]) -> None:
    """Write every row of the list that the address describes and the actor sees."""
    address = _query_dict(query)
    form = FilterForm(address, actor=actor)
    rows = selectors.hidden_dangers(actor, form.as_filters(), clock.today()).with_names()
    total, _ = bounded_count(rows, 10**7)
    chips = "；".join(f"{chip.label}：{chip.value}" for chip in active_chips(form, address)) or "全部"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False}) as book:
        sheet = Sheet(book, actor, chips)
        for number, matter in enumerate(rows.iterator(CHUNK), 1):
            sheet.add(number, matter)
            if number % CHUNK == 0 or number == total:
                progress(job, number, total)
        sheet.close(total)


class Sheet:
    """The one sheet: a title, the filters, a header that repeats in print, the rows."""

    def __init__(self, book: Any, actor: Actor, filters: str) -> None:
        self.actor = actor
        self.columns = [column for column in COLUMNS if not (column.for_government and actor.is_enterprise)]
        self.sheet = book.add_worksheet("台账")
        border = {"border": 1, "border_color": "#c3cad5", "valign": "top", "text_wrap": True, "font_size": 10}
        self.text = book.add_format(border)
        self.day = book.add_format({**border, "num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({**border, "num_format": "yyyy-mm-dd hh:mm"})
        head = book.add_format({**border, "bold": True, "bg_color": "#eef1f5", "valign": "vcenter"})
        self._page()
        self.sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 16}))
        self.sheet.write_string(1, 0, f"筛选：{filters}")
        exported = f"{clock.now().astimezone(CHINA):%Y-%m-%d %H:%M}"
        self.sheet.write_string(2, 0, f"导出人：{actor.organisation_name} {actor.label}　导出时间：{exported}")
        self.sheet.write_string(3, 0, "序号", head)
        for position, column in enumerate(self.columns, 1):
            self.sheet.write_string(3, position, column.label, head)

    def _page(self) -> None:
        self.sheet.set_column(0, 0, 6)
        for position, column in enumerate(self.columns, 1):
            self.sheet.set_column(position, position, column.width)
        self.sheet.freeze_panes(4, 3)
        self.sheet.repeat_rows(3)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L单位：　　　　填报人：　　　　审核人：　　　　日期：&R第 &P 页，共 &N 页")

    def add(self, number: int, matter: HiddenDanger) -> None:
        row = number + 3
        self.sheet.write_number(row, 0, number, self.text)
        for position, column in enumerate(self.columns, 1):
            self._write(row, position, column.of(self.actor, matter))

    def _write(self, row: int, position: int, value: Value) -> None:
        if isinstance(value, datetime):
            local = value.astimezone(CHINA).replace(tzinfo=None)
            self.sheet.write_datetime(row, position, local, self.moment)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, position, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001
        elif isinstance(value, int):
            self.sheet.write_number(row, position, value, self.text)
        elif value:
            self.sheet.write_string(row, position, value, self.text)
        else:
            self.sheet.write_blank(row, position, None, self.text)

    def close(self, total: int) -> None:
        self.sheet.write_string(total + 4, 0, f"合计 {total} 件")
        self.sheet.autofilter(3, 0, total + 3, len(self.columns))


def _query_dict(query: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(name, values)
    return data
