"""Whether one more inspection of this site by this organ stays within the local yearly cap; who went when."""

from collections import Counter

from anlan.rules.facts import count, day, group, many, words, yes
from anlan.rules.registry import Case, Rule

VALUES = {"ALLOWED": "没有超过上限", "NOT_ALLOWED": "已到上限"}


def decide(case: Case) -> str | None:
    """Counted inspections of the year against the cap; an entry that is not whole may count or not."""
    cap, visits, organ = case["yearly_cap"], case["inspections"], case["organ"]
    sure, maybe = 0, []
    went: Counter[str] = Counter()
    for place, visit in enumerate(visits or []):
        day_of = visit["on"] if visit else None
        if day_of and visit["organ"] and day_of.year == case.on.year and day_of <= case.on:
            went[visit["organ"]] += 1
        counts = _counts(case, visit, organ)
        if counts is None:
            maybe.append(f"inspections/{place}")
        sure += counts is True
    last = max(
        (visit["on"] for visit in visits or [] if visit and visit["on"] and visit["on"] <= case.on), default=None
    )
    case.figures.update(
        used=None if visits is None or maybe else sure,
        cap=cap,
        left=None if cap is None or visits is None or maybe else max(0, cap - sure),
        last_on=last,
        by_organ=dict(went),
    )
    if cap is not None and sure >= cap:
        case.say(f"{case.on.year} 年已计 {sure} 次，上限 {cap} 次", case.law["period"]["cite"])
        return "NOT_ALLOWED"
    case.need("yearly_cap", "inspections")
    if cap is not None and sure + len(maybe) >= cap:
        case.lacks(*maybe)
    case.say(f"{case.on.year} 年已计 {sure} 次", case.law["period"]["cite"])
    return "ALLOWED"


def _counts(case: Case, visit: dict | None, organ: str | None) -> bool | None:
    """Whether a visit is one of the counted ones: of this organ, in this year up to the day, not excepted."""
    if visit is None:
        return None
    same = None if organ is None or visit["organ"] is None else organ == visit["organ"]
    this_year = None if visit["on"] is None else visit["on"].year == case.on.year and visit["on"] <= case.on
    parts = (same, this_year, visit["counted"] is not False)
    return False if False in parts else None if None in parts else True


RULE = Rule(
    id="inspection_cap",
    title="行政检查频次上限",
    decides="这个机关今年还能不能再检查这个场所，谁何时去过",
    facts={
        "organ": words("检查机关"),
        "yearly_cap": count("年度上限（当地、本机关公布的）"),
        "inspections": many(
            "今年的行政检查",
            group(
                "一次检查",
                {
                    "on": day("日期"),
                    "organ": words("机关"),
                    "counted": yes("计入频次（举报核查、复查等按当地规定可不计）"),
                },
            ),
        ),
    },
    values=VALUES,
    figures={"used": "已计次数", "cap": "上限", "left": "还剩", "last_on": "最近一次", "by_organ": "各机关去过几次"},
    decide=decide,
)
