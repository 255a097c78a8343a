"""Whether one more inspection of this site by this organ stays within the cap that the place has published; who went
when. The visits come from the caller, who has them in a register."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from anlan.rules.days import months_after
from anlan.rules.errors import RuleError
from anlan.rules.facts import choice, count, day, group, many, words, yes
from anlan.rules.params import Citation
from anlan.rules.registry import Case, Rule

VALUES = {"ALLOWED": "没有超过上限", "NOT_ALLOWED": "已到上限"}
INDUSTRIES = {
    "COAL_MINE": "煤矿",
    "NON_COAL_MINE": "非煤矿山",
    "HAZARDOUS_CHEMICALS": "危险化学品",
    "METAL_SMELTING": "金属冶炼",
    "OTHER": "其他",
}
STANDINGS = {
    "A": "A 类",
    "B": "B 类",
    "C": "C 类",
    "D": "D 类",
    "GRADE_1": "标准化一级",
    "GRADE_2": "标准化二级",
    "GRADE_3": "标准化三级",
    "NOT_GRADED": "标准化未定级",
}
PERIODS = {"CALENDAR_YEAR": "自然年", "TWELVE_MONTHS": "任意十二个月"}


@dataclass(frozen=True)
class Cap:
    """So many a period for an industry of a standing."""

    industry: str
    standing: str | None
    times: int


@dataclass(frozen=True)
class Caps:
    """What a place has published: for organs with one of these words in their name."""

    organs: Sequence[str]
    period: str
    caps: Sequence[Cap]
    cite: Citation

    @property
    def covers_every_industry(self) -> bool:
        return {cap.industry for cap in self.caps} == set(INDUSTRIES)

    def fitting(self, industry: str | None, standing: str | None) -> list[int]:
        """The caps that are still possible when what is None is not known."""
        return [
            cap.times
            for cap in self.caps
            if industry in (None, cap.industry) and (cap.standing is None or standing in (None, cap.standing))
        ]


def read_local(params: dict[str, Any]) -> Caps:
    """Raises on a table that is written wrongly."""
    table = params["caps"]
    caps = [Cap(row["industry"], row.get("standing"), int(row["times"])) for row in table["rows"]]
    if any(cap.industry not in INDUSTRIES or (cap.standing or "A") not in STANDINGS or cap.times < 0 for cap in caps):
        raise ValueError("行业、类别或者次数不对")
    if table["period"] not in PERIODS:
        raise ValueError(f"没有周期 {table['period']}")
    return Caps(tuple(table["organs"]), table["period"], caps, table["cite"])


def decide(case: Case) -> str | None:
    """Counted visits of the period against the cap; what is not known may count or not, and be of any standing."""
    caps = _caps(case)
    period = caps.period if caps else "CALENDAR_YEAR"
    possible = _possible(case, caps)
    sure, maybe = _visits(case, period)
    cap = possible[0] if len(set(possible)) == 1 else None
    whole = case["inspections"] is not None and not maybe
    case.figures.update(
        used=sure if whole else None,
        cap=cap,
        left=max(0, cap - sure) if whole and cap is not None else None,
        period=period,
    )
    case.say(f"{PERIODS[period]}内已计 {sure} 次{f'，上限 {cap} 次' if cap is not None else ''}", _cite(case, caps))
    if possible and sure >= max(possible):
        return "NOT_ALLOWED"
    case.need("inspections")
    if not possible:
        case.lacks("yearly_cap")
    elif sure + len(maybe) >= min(possible):
        case.lacks(*(name for name in ("industry", "standing") if cap is None and case[name] is None), *maybe)
    return "ALLOWED"


def _caps(case: Case) -> Caps | None:
    """The published caps, if they bind this organ."""
    caps: Caps | None = case.local(case["region"])
    if caps and case["organ"] and not any(word in case["organ"] for word in caps.organs):
        case.say(f"当地公布的上限只管名称里有“{'、'.join(caps.organs)}”的机关", caps.cite)
        return None
    if caps and case["organ"] is None:
        case.lacks("organ")
    if caps and case["industry"] is None and not caps.covers_every_industry:
        case.lacks("industry")
    return caps


def _possible(case: Case, caps: Caps | None) -> list[int]:
    """The caps that may hold; a stated one stands only where none is published."""
    stated = case["yearly_cap"]
    published = caps.fitting(case["industry"], case["standing"]) if caps else []
    if stated is not None and published and stated not in published:
        raise RuleError("contradiction", f"当地公布的上限是 {published[0]} 次", "/yearly_cap", sorted(set(published)))
    if stated is not None and not published:
        case.say("上限由填写人给出", case.law["period"]["cite"])
    return published if published and stated is None else [stated] if stated is not None else []


def _cite(case: Case, caps: Caps | None) -> Citation:
    cite: Citation = caps.cite if caps else case.law["period"]["cite"]
    return cite


def _visits(case: Case, period: str) -> tuple[int, list[str]]:
    """How many surely count, and the pointers of those that may; fills who went and when, counted or not."""
    first = date(case.on.year, 1, 1) if period == "CALENDAR_YEAR" else months_after(case.on, -12)
    visits = case["inspections"] or []
    within = [visit for visit in visits if visit and visit["on"] and visit["on"] <= case.on]
    went = Counter(visit["organ"] for visit in within if visit["organ"] and visit["on"] >= first)
    last = max((visit["on"] for visit in within), default=None)
    case.figures.update(last_on=last, by_organ=dict(went), visits=_table(within))
    counts = [_counts(case, visit, first) for visit in visits]
    return counts.count(True), [f"inspections/{place}" for place, known in enumerate(counts) if known is None]


def _table(visits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who went when, the newest first."""
    newest = sorted(visits, key=lambda visit: visit["on"], reverse=True)
    return [{"on": one["on"], "organ": one["organ"], "counted": one["counted"] is not False} for one in newest]


def _counts(case: Case, visit: dict[str, Any] | None, first: date) -> bool | None:
    """Whether a visit is one of the counted ones: of this organ, in the period up to the day, not excepted."""
    if visit is None:
        return None
    organ, on = case["organ"], visit["on"]
    same = None if organ is None or visit["organ"] is None else organ == visit["organ"]
    in_period = None if on is None else first <= on <= case.on
    parts = (same, in_period, visit["counted"] is not False)
    return False if False in parts else None if None in parts else True


RULE = Rule(
    id="inspection_cap",
    title="行政检查频次上限",
    decides="这个机关今年还能不能再检查这个场所，谁何时去过",
    facts={
        "organ": words("检查机关"),
        "region": words("场所所在地（行政区划代码）"),
        "industry": choice("行业", INDUSTRIES),
        "standing": choice("类别或者标准化等级", STANDINGS),
        "yearly_cap": count("年度上限（当地公布而没有录入的）"),
        "inspections": many(
            "行政检查",
            group(
                "一次检查",
                {
                    "on": day("日期"),
                    "organ": words("机关"),
                    "counted": yes("计入频次（个案检查等按当地规定可不计）"),
                },
            ),
        ),
    },
    values=VALUES,
    figures={
        "used": "已计次数",
        "cap": "上限",
        "left": "还剩",
        "period": "周期",
        "last_on": "最近一次",
        "by_organ": "各机关去过几次",
        "visits": "谁何时去过",
    },
    decide=decide,
    read_local=read_local,
)
