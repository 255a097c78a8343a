"""What ledgers write into their cells, made into what was meant."""

import re
from datetime import date
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


def due(cell: values.Cell) -> date | int:
    """A date to put it right by, or how many days after it was found; 0 for at once. Raises Unreadable."""
    if isinstance(cell, str):
        written = values.text(cell)
        if _AT_ONCE.search(written):
            return 0
        if days := _IN_DAYS.match(written):
            return int(days[1])
        return values.day(_BEFORE.sub("", written))
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 <= cell <= 366:
        return int(cell)
    return values.day(cell)


def money(cell: values.Cell) -> str:
    """Yuan with two digits; ``3万`` and ``3 万元`` are thirty thousand. Raises Unreadable."""
    written = values.text(cell).replace("人民币", "").rstrip("元")
    factor = 10_000 if written.endswith("万") else 1
    amount = values.decimal(written.rstrip("万")) * factor
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
