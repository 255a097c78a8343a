"""What ledgers write into their cells, made into what was meant."""

import re
from calendar import monthrange
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from anlan.authz.choices import Sector
from anlan.hidden_dangers.choices import CAUSES_TO_CHOOSE, Level, Source
from anlan.sheets.api import values

# How far the ledger says the matter has come.
OPEN, UNDER_WAY, NOT_ACCEPTED = "OPEN", "UNDER_WAY", "NOT_ACCEPTED"
ON_THE_SPOT, RECTIFIED, CLOSED, CANCELLED = "ON_THE_SPOT", "RECTIFIED", "CLOSED", "CANCELLED"

_STATES = (
    (NOT_ACCEPTED, r"不合格|不到位|未通过|重新整改|退回"),
    (RECTIFIED, r"待验收|待复查|待复核|待销号|未验收|未复查|未销号"),
    (OPEN, r"^否$|^×$|未|没有|没整改|^待|尚无|无法整改"),
    (ON_THE_SPOT, r"当场|现场整改|立即整改|立行立改|立查立改|即查即改|即知即改|边查边改|马上改"),
    (CANCELLED, r"注销|终结|取消|关停|搬迁|拆除"),
    (CLOSED, r"销号|闭环|验收|复查合格|复查通过|已复查|办结|已关闭|清零"),
    (UNDER_WAY, r"整改中|正在|在整改|限期整改|治理中|进行中|部分|推进"),
    (RECTIFIED, r"已整改|已改|完成|完毕|整改好|已落实|已处理|已清理|整改到位|到位|^是$|^√$|^已整$"),
    (OPEN, r"逾期|超期"),
)
STATE_LABELS = {OPEN: "未整改", UNDER_WAY: "整改中", NOT_ACCEPTED: "复查不合格", ON_THE_SPOT: "当场整改", RECTIFIED: "已整改",
                CLOSED: "已销号", CANCELLED: "已注销"}  # fmt: skip
_PASSED = re.compile(r"合格|到位|完成|已整改|已改|通过|销号|闭环|消除|落实|是$")
_FAILED = re.compile(r"不合格|不到位|未通过|未整改|未完成|没有整改|仍")
_NOT_YET = re.compile(r"未复查|未验收|待复查|待验收|尚未")
_DAY = re.compile(
    r"(?:(?P<year>20\d\d)\s*[年./-]\s*)?(?<![\d.])(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})\s*[日号]?(?!\d)"
)
_YEARLESS = re.compile(r"(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*[日号]?")
_MONTH_END = re.compile(r"(?:(\d{4})\s*年)?\s*(\d{1,2})\s*月\s*[底末]")
_YEAR_END = re.compile(r"(\d{4})\s*年\s*[底末]")
_PLACES_OF_PEOPLE = (
    r"[^（）]*(?:商铺|店铺|门店|铺|店|摊|个体|民房|民宅|住户|住宅|自建房|出租房|居民|村民|户主|房东)[^（）]*"
)
_PERSON = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{2,4}})[（(]{_PLACES_OF_PEOPLE}[）)]")
_AT_ONCE = re.compile(r"立即|当场|即时|马上|现场|立行立改|立查立改|即查即改")
_IN_DAYS = re.compile(r"^(\d{1,3})(个)?(天|日|工作日)?(内|以内|之内)?(完成|整改)*$")
_BEFORE = re.compile(r"(之前|以前|前|止|为止)?(完成|整改到位|整改)*$")


def state(cell: values.Cell) -> str:
    """How far it has come, by the words offices use. Raises Unreadable."""
    written = values.text(cell)
    found = next((name for name, pattern in _STATES if re.search(pattern, written)), None)
    if found is None:
        raise values.Unreadable(
            f"看不出“{written[:20]}”办到了哪一步，请写：未整改、整改中、当场整改、已整改、已销号、已注销。"
        )
    return found


def passed(recheck: str) -> bool | None:
    """What a recheck found: right, not right, or None where it says neither."""
    if _NOT_YET.search(recheck):
        return None
    if _FAILED.search(recheck):
        return False
    return True if _PASSED.search(recheck) else None


def day_in(text: str, since: date) -> date | None:
    """A day that a sentence names, ``3 月 12 日复查合格``: without a year the next one from ``since`` on."""
    found = _DAY.search(text)
    if found is None:
        return None
    month, number = int(found["month"]), int(found["day"])
    years = [int(found["year"])] if found["year"] else [since.year, since.year + 1]
    try:
        return next((day for year in years if (day := date(year, month, number)) >= since), None)
    except ValueError:
        return None


@dataclass(frozen=True)
class DayOfYear:
    """A day whose year is not written; ``number`` 0 is the end of the month."""

    month: int
    number: int

    def __str__(self) -> str:
        return f"{self.month}月{self.number}日" if self.number else f"{self.month}月底"

    def of(self, year: int) -> date:
        """Raises ValueError where that year has no such day."""
        return date(year, self.month, self.number) if self.number else _end_of(year, self.month)


def when(cell: values.Cell) -> date | DayOfYear:
    """A date, also ``2025年1月底``; without a year, as ``1月20日前``, the row has to tell it. Raises Unreadable."""
    if not isinstance(cell, str):
        return values.day(cell)
    written = _BEFORE.sub("", values.text(cell))
    try:
        if found := _MONTH_END.fullmatch(written):
            month = int(found[2])
            return _end_of(int(found[1]), month) if found[1] else _day_of_year(month, 0)
        if found := _YEARLESS.fullmatch(written):
            return _day_of_year(int(found[1]), int(found[2]))
    except ValueError:
        raise values.Unreadable(f"没有“{written[:20]}”这一天，请核对。") from None
    found = _YEAR_END.fullmatch(written)
    return date(int(found[1]), 12, 31) if found else values.day(written)


def _day_of_year(month: int, number: int) -> DayOfYear:
    date(2024, month, number or 1)  # a leap year
    return DayOfYear(month, number)


def _end_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def done(cell: values.Cell) -> date | DayOfYear | int:
    """When it was put right; 0 for at once, ``当场整改``. Raises Unreadable."""
    return 0 if isinstance(cell, str) and _AT_ONCE.search(values.text(cell)) else when(cell)


def due(cell: values.Cell) -> date | DayOfYear | int:
    """A date to put it right by, or how many days after it was found; 0 for at once. Raises Unreadable."""
    if isinstance(cell, str):
        written = values.text(cell)
        if _AT_ONCE.search(written):
            return 0
        if days := _IN_DAYS.match(written):
            return int(days[1])
        return when(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 <= cell <= 366:
        return int(cell)
    return values.day(cell)


def settle(facts: dict[str, Any]) -> dict[str, Any]:
    """The same row with every day in its year, and what was put right at once on the day it was found. Raises
    Unreadable."""
    found_on: date | DayOfYear = facts["found_on"]
    if isinstance(found_on, DayOfYear):
        found_on = _year_before(found_on, [facts[name] for name in _DAYS if type(facts.get(name)) is date])
    settled = {**facts, "found_on": found_on}
    for name, label in _DAYS.items():
        if isinstance(said := facts.get(name), DayOfYear):
            settled[name] = _year_after(said, found_on, label)
    if facts.get("rectified_on") == 0:
        if facts.get("state") in (OPEN, UNDER_WAY):  # an order, not a report
            del settled["rectified_on"]
            settled.setdefault("due_on", 0)
        else:
            settled |= {"rectified_on": found_on, "state": facts.get("state", ON_THE_SPOT)}
    return settled


_DAYS = {
    "due_on": "整改期限",
    "rectified_on": "整改完成日期",
    "accepted_on": "复查日期",
    "decided_on": "重大判定日期",
}
_FAR = timedelta(days=183)


def _year_before(said: DayOfYear, others: Sequence[date]) -> date:
    first = min(others, default=None)
    if first is None:
        raise values.Unreadable(
            f"检查时间：“{said}”没有年份，这一行别的日期也看不出是哪一年，请写完整，如 2026-03-05。"
        )
    days = _days(said, (first.year, first.year - 1), "检查时间")
    return next((day for day in days if day <= first), days[-1])


def _year_after(said: DayOfYear, found_on: date, label: str) -> date:
    days = _days(said, (found_on.year, found_on.year + 1), label)
    day = next((day for day in days if found_on <= day <= found_on + _FAR), None)
    if day is None:
        raise values.Unreadable(f"{label}：“{said}”没有年份，看不出是哪一年（检查时间 {found_on}），请写完整。")
    return day


def _days(said: DayOfYear, years: Sequence[int], label: str) -> list[date]:
    days = []
    for year in years:
        with suppress(ValueError):  # 29 February
            days.append(said.of(year))
    if not days:
        raise values.Unreadable(f"{label}：没有“{said}”这一天，请核对。")
    return days


def person_in(written: str) -> str:
    """The name of a natural person whose shop or house it is, ``张三（沿街商铺）``; empty where it is not as clear."""
    found = _PERSON.fullmatch(written)
    return found["name"] if found else ""


def money(cell: values.Cell) -> str:
    """Yuan with two digits; ``3万`` and ``3 万元`` are thirty thousand. Raises Unreadable."""
    amount = values.decimal(values.text(cell).replace("人民币", ""))
    if not 0 <= amount < 10**12:
        raise values.Unreadable("应为 0 至一万亿元之间的金额。")
    return f"{amount:.2f}"


_by_level = values.choice(Level.choices, {"一般": "GENERAL", "一般事故隐患": "GENERAL", "较大": "GENERAL",
    "较大隐患": "GENERAL", "轻微": "GENERAL", "低": "GENERAL", "重大": "MAJOR", "重大事故隐患": "MAJOR", "特大": "MAJOR"})  # fmt: skip
_by_source = values.choice(Source.choices, {
    "自查": "SELF_CHECK", "企业自查自改": "SELF_CHECK", "自查自纠": "SELF_CHECK", "企业自报": "SELF_CHECK",
    "网格": "GRID_PATROL", "网格巡查": "GRID_PATROL", "网格员": "GRID_PATROL", "网格排查": "GRID_PATROL", "巡查": "GRID_PATROL",
    "中介": "AGENCY_CHECK", "第三方": "AGENCY_CHECK", "第三方检查": "AGENCY_CHECK", "专家": "AGENCY_CHECK",
    "专家检查": "AGENCY_CHECK", "服务机构": "AGENCY_CHECK", "第三方机构": "AGENCY_CHECK",
    "基层": "GRASSROOTS_CHECK", "日常检查": "GRASSROOTS_CHECK", "专项检查": "GRASSROOTS_CHECK", "检查": "GRASSROOTS_CHECK",
    "乡镇检查": "GRASSROOTS_CHECK", "街道检查": "GRASSROOTS_CHECK", "部门检查": "GRASSROOTS_CHECK", "执法检查": "GRASSROOTS_CHECK",
    "行政检查": "GRASSROOTS_CHECK", "监督检查": "GRASSROOTS_CHECK", "联合检查": "GRASSROOTS_CHECK", "双随机": "GRASSROOTS_CHECK",
    "举报": "GRASSROOTS_CHECK", "暗查": "UNANNOUNCED_CHECK", "暗访": "UNANNOUNCED_CHECK", "暗查暗访": "UNANNOUNCED_CHECK",
    "四不两直": "UNANNOUNCED_CHECK", "市级": "CITY_SUPERVISION", "市督查": "CITY_SUPERVISION", "督查": "CITY_SUPERVISION",
    "上级督查": "CITY_SUPERVISION", "市级检查": "CITY_SUPERVISION", "上级交办": "CITY_SUPERVISION", "省级督查": "CITY_SUPERVISION",
})  # fmt: skip
_by_sector = values.choice(Sector.choices, {
    "工贸": "INDUSTRY", "工业": "INDUSTRY", "工业企业": "INDUSTRY", "工贸行业": "INDUSTRY", "冶金等工贸": "INDUSTRY",
    "危化": "HAZARDOUS_CHEMICALS", "危化品": "HAZARDOUS_CHEMICALS", "化工": "HAZARDOUS_CHEMICALS", "非煤矿山": "MINING",
    "烟花": "FIREWORKS", "消防安全": "FIRE", "火灾": "FIRE", "建筑": "CONSTRUCTION", "建设施工": "CONSTRUCTION", "施工": "CONSTRUCTION",
    "住建": "CONSTRUCTION", "燃气": "GAS", "道路": "ROAD_TRAFFIC", "交通": "TRANSPORT", "运输": "TRANSPORT", "特种": "SPECIAL_EQUIPMENT",
    "渔业": "FISHERY", "渔船": "FISHERY", "农业": "AGRICULTURE", "农机": "AGRICULTURE", "学校": "EDUCATION", "校园": "EDUCATION",
    "卫生": "HEALTH", "医疗": "HEALTH", "卫健": "HEALTH", "文旅": "CULTURE_TOURISM", "旅游": "CULTURE_TOURISM", "文化": "CULTURE_TOURISM",
    "商贸": "COMMERCE", "商务": "COMMERCE", "养老": "CIVIL_AFFAIRS", "水利工程": "WATER", "综合": "OTHER",
})  # fmt: skip
_by_cause = values.choice(CAUSES_TO_CHOOSE, {"人": "ACT", "人的因素": "ACT", "人员": "ACT", "违章": "ACT", "物": "STATE",
    "物的因素": "STATE", "设备": "STATE", "现场": "STATE", "环境": "STATE", "管理": "MANAGEMENT", "管理因素": "MANAGEMENT",
    "制度": "MANAGEMENT", "管理上的缺陷": "MANAGEMENT"})  # fmt: skip

READERS: dict[str, Any] = {"level": _by_level, "source": _by_source, "sector": _by_sector, "cause": _by_cause}

_LABELS: dict[str, dict[str, Any]] = {
    "level": dict(Level.choices), "source": dict(Source.choices), "sector": dict(Sector.choices), "cause": dict(CAUSES_TO_CHOOSE),
    "state": STATE_LABELS,
}  # fmt: skip


def in_words(name: str, value: Any) -> str:
    """A fact of a row as a person reads it."""
    if name == "due_on" and isinstance(value, int):
        return f"{value} 天内" if value else "立即"
    return str(_LABELS.get(name, {}).get(value, value))
