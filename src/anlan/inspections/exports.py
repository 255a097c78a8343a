"""检查台账 as an Excel file: constant memory, dates as dates, identifiers as text."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import QueryDict

from anlan.authz.actors import Actor
from anlan.inspections import selectors
from anlan.inspections.forms.filters import FilterForm
from anlan.inspections.forms.unchecked import UncheckedForm
from anlan.inspections.models import CheckRecord
from anlan.jobs.api import Job, progress
from anlan.lib import clock
from anlan.reads.counting import bounded_count
from anlan.register import api as register
from anlan.sheets.api import Ledger, LedgerColumn
from anlan.ui.lists import active_chips

TITLE = "检查台账"
CHUNK = 500
Value = str | int | datetime | None

COLUMNS: tuple[tuple[str, int, Callable[[CheckRecord], Value]], ...] = (
    ("编号", 20, lambda check: check.number),
    ("检查性质", 12, lambda check: check.get_act_class_display()),
    ("行政检查类别", 12, lambda check: check.get_inspection_kind_display()),
    ("企业", 30, lambda check: check.enterprise.name if check.enterprise else ""),
    ("监管对象", 24, lambda check: check.supervised_object.name if check.supervised_object else ""),
    ("地点", 30, lambda check: check.place),
    ("属地", 14, lambda check: check.region.name),
    ("检查单位", 24, lambda check: check.organisation.name),
    ("检查表", 24, lambda check: check.checklist_version.checklist.name if check.checklist_version else ""),
    ("检查项数", 9, lambda check: check.item_count),
    ("不合格项", 9, lambda check: check.fail_count),
    ("发现问题", 9, lambda check: check.finding_count),
    ("开始时间", 17, lambda check: check.started_at),
    ("结束时间", 17, lambda check: check.ended_at),
    ("扫码入企编号", 18, lambda check: check.scan_no),
    ("未扫码原因", 24, lambda check: check.no_scan_reason),
    ("结果告知", 12, lambda check: check.told_to),
    ("企业评分", 9, lambda check: check.rating),
    ("状态", 10, lambda check: check.get_status_display()),
)


def file_name(actor: Actor) -> str:
    return f"{TITLE}_{actor.organisation_name}_{clock.today():%Y%m%d}.xlsx"


def write_ledger(path: Path, job: Job, actor: Actor, query: dict[str, list[str]]) -> None:
    """Write every row of the list that the address describes and the actor sees."""
    data = _query_dict(query)
    form = FilterForm(data, actor=actor)
    rows = selectors.checks(actor, form.as_filters()).with_names()
    total, _ = bounded_count(rows, 10**7)
    chips = "；".join(f"{chip.label}：{chip.value}" for chip in active_chips(form, data)) or "全部"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False}) as book:
        sheet = Sheet(book, actor, chips)
        for number, check in enumerate(rows.iterator(CHUNK), 1):
            sheet.add(number, check)
            if number % CHUNK == 0 or number == total:
                progress(job, number, total)
        sheet.close(total)


UNCHECKED = (
    LedgerColumn("企业", 30, lambda site: site.enterprise.name),
    LedgerColumn("场所", 20, lambda site: site.name),
    LedgerColumn("地址", 32, lambda site: site.address),
    LedgerColumn("所在区划", 16, lambda site: site.region.name),
    LedgerColumn("属地单位", 18, lambda site: site.local_unit.name),
    LedgerColumn(
        "标签", 24, lambda site: "、".join(one.label for one in register.tags_of(site.tag_kinds, is_key=site.is_key))
    ),
    LedgerColumn("经营状态", 10, lambda site: site.get_status_display()),
    LedgerColumn("最近一次检查", 17, lambda site: site.last_checked_at or "从未检查"),
)


def write_unchecked(path: Path, job: Job, actor: Actor, query: dict[str, list[str]]) -> str:
    """Write the sites nobody has been to; the name of the file."""
    address = _query_dict(query)
    form = UncheckedForm(address, actor=actor)
    rows = selectors.unchecked_sites(actor, form.as_filters())
    words = "；".join(f"{chip.label}：{chip.value}" for chip in active_chips(form, address))
    ledger = Ledger("未检查场所清单", UNCHECKED, words, "处")
    ledger.write(path, job, actor, rows.with_names().iterator(500), bounded_count(rows, 10**7)[0])
    return ledger.file_name(actor)


def _query_dict(query: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(name, values)
    return data


class Sheet:
    """The one sheet: a title, the filters, a header that repeats in print, the rows."""

    def __init__(self, book: Any, actor: Actor, filters: str) -> None:
        self.sheet = book.add_worksheet("台账")
        border = {"border": 1, "border_color": "#c3cad5", "valign": "top", "text_wrap": True, "font_size": 10}
        self.text = book.add_format(border)
        self.moment = book.add_format({**border, "num_format": "yyyy-mm-dd hh:mm"})
        head = book.add_format({**border, "bold": True, "bg_color": "#eef1f5", "valign": "vcenter"})
        self._page()
        exported = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
        self.sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 16}))
        self.sheet.write_string(1, 0, f"筛选：{filters}")
        self.sheet.write_string(2, 0, f"导出人：{actor.organisation_name} {actor.label}　导出时间：{exported}")
        self.sheet.write_string(3, 0, "序号", head)
        for position, (label, _, _) in enumerate(COLUMNS, 1):
            self.sheet.write_string(3, position, label, head)

    def _page(self) -> None:
        self.sheet.set_column(0, 0, 6)
        for position, (_, width, _) in enumerate(COLUMNS, 1):
            self.sheet.set_column(position, position, width)
        self.sheet.freeze_panes(4, 2)
        self.sheet.repeat_rows(3)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L单位：　　　　填报人：　　　　审核人：　　　　日期：&R第 &P 页，共 &N 页")

    def add(self, number: int, check: CheckRecord) -> None:
        row = number + 3
        self.sheet.write_number(row, 0, number, self.text)
        for position, (_, _, of) in enumerate(COLUMNS, 1):
            self._write(row, position, of(check))

    def _write(self, row: int, position: int, value: Value) -> None:
        if isinstance(value, datetime):
            local = value.astimezone(clock.SHANGHAI).replace(tzinfo=None)
            self.sheet.write_datetime(row, position, local, self.moment)
        elif isinstance(value, int):
            self.sheet.write_number(row, position, value, self.text)
        elif value:
            self.sheet.write_string(row, position, value, self.text)
        else:
            self.sheet.write_blank(row, position, None, self.text)

    def close(self, total: int) -> None:
        self.sheet.write_string(total + 4, 0, f"合计 {total} 次")
        self.sheet.autofilter(3, 0, total + 3, len(COLUMNS))
