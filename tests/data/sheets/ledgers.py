"""Ledgers of hidden dangers and of checks as offices really have them: titles, merged units, dates in every manner, words
for every state. Each file holds the same three rows in its own way."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

Writer = Callable[[Path], None]
FIRM = "临海市江南机械制造有限公司"

DANGER_FILES: dict[str, Writer] = {}
CHECK_FILES: dict[str, Writer] = {}


def _into(files: dict[str, Writer], name: str) -> Callable[[Writer], Writer]:
    def add(writer: Writer) -> Writer:
        files[name] = writer
        return writer

    return add


def _write(path: Path, fill: Callable[[Any, Any], None]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book, book.add_worksheet("台账"))


def _put(sheet: Any, rows: list[list[Any]], top: int = 0) -> None:
    for number, row in enumerate(rows, top):
        for position, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, position, cell)
            elif cell is not None:
                sheet.write_number(number, position, cell)


@_into(DANGER_FILES, "street.xlsx")
def street(path: Path) -> None:
    """A street office: titles above, the unit merged downwards, Chinese dates, sums and signatures below."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 9, "古城街道安全生产隐患排查治理台账")
        _put(sheet, [["填报单位：古城街道应急办", "", "", "", "", "", "", "填报时间：2026年4月1日"]], 1)
        _put(
            sheet,
            [
                [
                    "序号",
                    "检查时间",
                    "受检单位",
                    "隐患内容",
                    "隐患类别",
                    "整改措施",
                    "整改期限",
                    "责任人",
                    "整改情况",
                    "复查情况",
                ]
            ],
            2,
        )
        rows = [
            [1, "2026年3月5日", None, "1号车间疏散通道堆放纸箱", "一般", "清理", "2026年3月12日前", "张三", "已整改", "3月12日复查合格"],
            [2, "二〇二六年三月五日", None, "配电箱门缺失", "一般隐患", "补装", "立即整改", "李四", "当场整改", "合格"],
            [3, "2026.3.5", None, "灭火器过期", "一般", "更换", "15日内", "王五", "未整改", "／"],
        ]  # fmt: skip
        _put(sheet, rows, 3)
        sheet.merge_range(3, 2, 5, 2, FIRM)
        _put(sheet, [["合计", "", "", 3.0], ["填表人：周古城", "", "审核人："]], 6)

    _write(path, fill)


@_into(DANGER_FILES, "department.xlsx")
def department(path: Path) -> None:
    """A department's export: two lines of header, dates as dates and as numbers, a code for every row."""

    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy/m/d"})
        for position, word in enumerate(["隐患编号", "排查日期", "企业名称", "存在的问题", "等级"]):
            sheet.merge_range(0, position, 1, position, word)
        sheet.merge_range(0, 5, 0, 7, "整改")
        _put(sheet, [[None, None, None, None, None, "期限", "完成时间", "状态"]], 1)
        rows = [
            ["YH001", None, "江南机械", "疏散通道堵塞", "一般", 46093.0, 46090.0, "已销号"],
            ["YH002", None, "江南机械", "配电箱门缺失", "一般", 46093.0, 46091.0, "整改完成"],
            ["YH003", None, "江南机械", "灭火器过期", "较大", 46112.0, None, "逾期未整改"],
        ]
        _put(sheet, rows, 2)
        for number in range(2, 5):
            sheet.write_datetime(number, 1, datetime(2026, 3, 5), day)  # noqa: DTZ001

    _write(path, fill)


@_into(DANGER_FILES, "old.xls")
def old(path: Path) -> None:
    """Excel 97, blanks inside the words, the header again on the second page."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台账")
    header = ["序号", "发现日期", "单位名称", "问题描述", "整改时限", "是否整改", "整改完成日期"]
    rows = [
        ["1", "20260305", " 江南 机械", "疏散通道堵塞", "2026-3-20", "是", "2026/3/18"],
        ["2", "2026-03-05", "江南机械", "配电箱门缺失", "2026-3-20", "已完成整改", "2026.03.19"],
        header,
        ["3", "2026年03月05日", "江南机械", "灭火器过期", "2026-3-20", "否", ""],
    ]
    for number, row in enumerate([header, *rows]):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell)
    book.save(str(path))


@_into(CHECK_FILES, "visits.xlsx")
def visits(path: Path) -> None:
    """检查台账 of a street: people in one cell, problems numbered in one cell, none where there were none."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 7, "2026年安全生产检查台账")
        _put(sheet, [["序号", "检查日期", "检查类型", "检查人员", "被检查单位", "存在问题", "处理意见", "备注"]], 1)
        rows = [
            [1, "2026年3月5日", "日常巡查", "周古城、李明", FIRM, "1、通道堵塞；2、灭火器过期", "限期整改", ""],
            [2, "2026.3.6", "走访服务", "周古城 李明", "江南机械", "无", "正常", ""],
            [3, "2026-3-7", "专家指导", "卫专家", "江南机械", "配电箱门缺失\n无应急照明", "", "请第三方"],
        ]
        _put(sheet, rows, 2)

    _write(path, fill)


@_into(CHECK_FILES, "inspections.xls")
def inspections(path: Path) -> None:
    """A department's list of inspections: counts in words, old format."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("执法检查")
    sheet.write_merge(0, 0, 0, 6, "执法检查台账")
    header = ["检查时间", "检查单位", "执法人员", "企业名称", "检查类别", "发现隐患数", "检查结果"]
    rows: list[list[Any]] = [
        ["2026年3月5日", "市应急管理局", "王强，李明", "江南机械", "双随机", "2条", "责令限期整改"],
        ["2026-03-06", "应急局", "王强、李明", FIRM, "日常检查", "无", "未发现问题"],
        [46088, "临海应急局", "王强/李明", "江南机械", "专项检查", 1, "当场改正"],
    ]
    for number, row in enumerate([header, *rows], 1):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell)
    book.save(str(path))
