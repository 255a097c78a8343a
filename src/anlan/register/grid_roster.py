"""网格员名册 as an Excel file: constant memory, dates as dates, phones as text."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import QueryDict

from anlan.authz.actors import Actor
from anlan.jobs.api import Job, progress
from anlan.lib import clock
from anlan.register.forms.grids import GridFilterForm
from anlan.territory import api as territory
from anlan.territory.api import GridMember
from anlan.ui.lists import active_chips

TITLE = "网格员名册"
CHUNK = 500
COLUMNS = (
    ("乡镇（街道）", 16, lambda one: one.grid.region.parent.name if _in_village(one) else one.grid.region.name),
    ("村（社区）", 16, lambda one: one.grid.region.name if _in_village(one) else ""),
    ("网格", 22, lambda one: one.grid.name),
    ("网格编码", 20, lambda one: one.grid.code),
    ("类别", 10, lambda one: one.grid.get_kind_display()),
    ("层级", 12, lambda one: one.grid.get_level_display()),
    ("岗位", 12, lambda one: one.get_post_display()),
    ("姓名", 12, lambda one: one.name),
    ("电话", 16, lambda one: one.phone),
    ("任职日期", 12, lambda one: one.valid_from),
    ("离任日期", 12, lambda one: one.valid_to),
    ("牵头单位", 20, lambda one: one.grid.organisation.short_name if one.grid.organisation else ""),
)


def file_name(actor: Actor) -> str:
    return f"{TITLE}_{actor.organisation_name}_{clock.today():%Y%m%d}.xlsx"


def write_roster(path: Path, job: Job, actor: Actor, query: dict[str, list[str]]) -> None:
    """Everybody in a post today, of the grids that the list's address describes and the actor sees."""
    given = _query_dict(query)
    form = GridFilterForm(given, actor=actor)
    ids = territory.grids(actor, form.as_filters()).order_by().values_list("id", flat=True)
    rows = territory.members_on(actor, clock.today(), grid_ids=ids)
    rows = rows.select_related("grid__region__parent", "grid__organisation").order_by(
        "region_path", "post", "seat", "id"
    )
    total = rows.count()
    chips = "；".join(f"{chip.label}：{chip.value}" for chip in active_chips(form, given)) or "全部"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False}) as book:
        sheet = _Sheet(book, actor, chips)
        for number, member in enumerate(rows.iterator(CHUNK), 1):
            sheet.add(number, member)
            if number % CHUNK == 0 or number == total:
                progress(job, number, total)
        sheet.close(total)


class _Sheet:
    """The one sheet: a title, the filters, a header that repeats in print, the rows."""

    def __init__(self, book: Any, actor: Actor, filters: str) -> None:
        self.sheet = book.add_worksheet("名册")
        border = {"border": 1, "border_color": "#c3cad5", "valign": "top", "text_wrap": True, "font_size": 10}
        self.text = book.add_format(border)
        self.day = book.add_format({**border, "num_format": "yyyy-mm-dd"})
        head = book.add_format({**border, "bold": True, "bg_color": "#eef1f5", "valign": "vcenter"})
        self.sheet.set_column(0, 0, 6)
        self.sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 16}))
        self.sheet.write_string(1, 0, f"筛选：{filters}")
        exported = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
        self.sheet.write_string(2, 0, f"导出人：{actor.organisation_name} {actor.label}　导出时间：{exported}")
        self.sheet.write_string(3, 0, "序号", head)
        for position, (label, width, _) in enumerate(COLUMNS, 1):
            self.sheet.set_column(position, position, width)
            self.sheet.write_string(3, position, label, head)
        self.sheet.freeze_panes(4, 3)
        self.sheet.repeat_rows(3)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L单位：　　　　填报人：　　　　审核人：　　　　日期：&R第 &P 页，共 &N 页")

    def add(self, number: int, member: GridMember) -> None:
        row = number + 3
        self.sheet.write_number(row, 0, number, self.text)
        for position, (_, _, value_of) in enumerate(COLUMNS, 1):
            value = value_of(member)
            if isinstance(value, date):
                self.sheet.write_datetime(row, position, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001
            elif value:
                self.sheet.write_string(row, position, value, self.text)
            else:
                self.sheet.write_blank(row, position, None, self.text)

    def close(self, total: int) -> None:
        self.sheet.write_string(total + 4, 0, f"合计 {total} 人")
        self.sheet.autofilter(3, 0, total + 3, len(COLUMNS))


def _in_village(member: GridMember) -> bool:
    return member.grid.region.level == "VILLAGE"


def _query_dict(query: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(name, values)
    return data
