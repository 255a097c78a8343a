"""The numbers as an Excel file: each with its formula in words and the address of its rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import QueryDict

from anlan.authz.actors import Actor
from anlan.jobs.api import Job, progress
from anlan.lib import clock
from anlan.oversight.addresses import absolute, number_url
from anlan.oversight.catalogue import KINDS, Indicator
from anlan.oversight.forms import QuestionForm
from anlan.oversight.overview import arms_of, indicators_for
from anlan.oversight.questions import Question
from anlan.oversight.selectors import Arm, Counted, Figure, count, parts_of
from anlan.ui.lists import active_chips

TITLE = "统计表"
SHEETS = {
    "region": "按属地",
    "sector": "按行业领域",
    "organisation": "按单位",
    "source": "按渠道",
    "month": "按月份",
    "age": "按时长",
}
HEADING = (
    ("指标", 18),
    ("数值", 10),
    ("单位", 8),
    ("分子", 10),
    ("分母", 10),
    ("公式", 60),
    ("期间", 34),
    ("明细", 16),
)


def file_name(actor: Actor) -> str:
    return f"{TITLE}_{actor.organisation_name}_{clock.today():%Y%m%d}.xlsx"


def write_book(path: Path, job: Job, actor: Actor, query: dict[str, str], base: str) -> None:
    """One sheet of every indicator, then one for each split."""
    address = QueryDict(mutable=True)
    address.update(query)
    form = QuestionForm(address, actor=actor)
    asked = form.as_question()
    arms, shown = arms_of(actor, asked), indicators_for(actor, asked)
    counted = count(actor, arms, shown)
    chips = "；".join(f"{chip.label}：{chip.value}" for chip in active_chips(form, address)) or "全部"
    with xlsxwriter.Workbook(str(path), {"in_memory": False}) as file:
        book = Book(file, base, actor, chips)
        book.figures(shown, counted, asked)
        splits = [arm for arm in arms if arm.split]
        for number, arm in enumerate(splits, 1):
            book.split(actor, arm, shown, counted)
            progress(job, number, len(splits))


class Book:
    """The file with its formats."""

    def __init__(self, file: Any, base: str, actor: Actor, filters: str) -> None:
        self.file, self.base = file, base
        self.filters = filters
        local = clock.now().astimezone(clock.SHANGHAI)
        self.exported = f"导出人：{actor.organisation_name} {actor.label}　导出时间：{local:%Y-%m-%d %H:%M}"
        line = {"border": 1, "border_color": "#c3cad5", "valign": "top", "text_wrap": True, "font_size": 10}
        self.text = file.add_format(line)
        self.whole = file.add_format({**line, "num_format": "#,##0"})
        self.exact = file.add_format({**line, "num_format": "0.00"})
        self.link = file.add_format({**line, "font_color": "#1456d9", "underline": 1})
        self.head = file.add_format({**line, "bold": True, "bg_color": "#eef1f5", "valign": "vcenter"})
        self.title = file.add_format({"bold": True, "font_size": 16})

    def _sheet(self, name: str, columns: Sequence[tuple[str, int]], asked: Question) -> Any:
        sheet = self.file.add_worksheet(name)
        sheet.write_string(0, 0, f"{TITLE}（{name}）", self.title)
        sheet.write_string(1, 0, f"筛选：{self.filters}　期间：{asked.first} 至 {asked.last}")
        sheet.write_string(2, 0, self.exported)
        for position, (label, width) in enumerate(columns):
            sheet.set_column(position, position, width)
            sheet.write_string(3, position, label, self.head)
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L单位：　　　　填报人：　　　　审核人：　　　　日期：&R第 &P 页，共 &N 页")
        return sheet

    def figures(self, shown: Sequence[Indicator], counted: Counted, asked: Question) -> None:
        sheet = self._sheet("指标", HEADING, asked)
        for row, one in enumerate(shown, 4):
            found = counted.figure(one, "all")
            sheet.write_string(row, 0, one.name, self.text)
            self._value(sheet, row, 1, found)
            sheet.write_string(row, 2, one.unit, self.text)
            sheet.write_number(row, 3, found.numerator, self.whole)
            if found.denominator is None:
                sheet.write_blank(row, 4, None, self.text)
            else:
                sheet.write_number(row, 4, found.denominator, self.whole)
            sheet.write_string(row, 5, one.formula, self.text)
            sheet.write_string(row, 6, KINDS[one.kind], self.text)
            sheet.write_url(row, 7, absolute(self.base, number_url(one, asked)), self.link, "打开明细")

    def split(self, actor: Actor, arm: Arm, shown: Sequence[Indicator], counted: Counted) -> None:
        """The indicators that can be split so, as columns; a number opens its rows."""
        columns = [one for one in shown if arm.split in one.splits]
        parts = {one.code: {p.key: p for p in parts_of(actor, counted, one, arm.name, arm.split)} for one in columns}
        labels = {key: part.label for found in parts.values() for key, part in found.items()}
        if not labels:
            return
        width = [(SHEETS[arm.split], 20), *((f"{one.name}（{one.unit}）", 14) for one in columns)]
        sheet = self._sheet(SHEETS[arm.split], width, arm.asked)
        # What was open when the first month began was found before it: no month of the period.
        keys = arm.asked.months if arm.split == "month" else sorted(labels, key=lambda key: (key == "", key))
        for row, key in enumerate(keys, 4):
            sheet.write_string(row, 0, labels.get(key, key), self.text)
            for position, one in enumerate(columns, 1):
                part = parts[one.code].get(key)
                self._value(
                    sheet, row, position, part.figure if part else Figure(one, 0, 0 if one.denominator else None)
                )

    def _value(self, sheet: Any, row: int, column: int, found: Figure) -> None:
        if found.value is None:
            sheet.write_string(row, column, "—", self.text)
        else:
            sheet.write_number(row, column, found.value, self.whole if found.denominator is None else self.exact)
