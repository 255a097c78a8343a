"""Who reports an accident to whom by when: 493号 arts. 9–13, 令21 arts. 6–11."""

from fractions import Fraction

from anlan.rules.facts import choice, instant
from anlan.rules.grades import GRADES, KINDS, LEVELS
from anlan.rules.registry import Case, Rule


def decide(case: Case) -> str | None:
    """The level up to which the report goes; lateness of the unit needs no grade."""
    law, grade = case.law, case["grade"]
    known = case.need("grade")
    case.figures.update(
        unit_hours=law["unit"]["hours"],
        per_level_hours=law["per_level"]["hours"],
        supplement_days=law["supplement_days"][case["kind"]],
        latest_hours=_latest_hours(case, law["up_to"][grade] if known else None),
    )
    case.say("单位负责人接到报告后 1 小时内报告县级以上应急管理部门和有关部门", law["unit"]["cite"])
    case.say("每级上报不超过 2 小时", law["per_level"]["cite"])
    case.say(f"伤亡变化在 {case.figures['supplement_days']} 日内补报", law["supplement_days"]["cite"])
    _judge_lateness(case)
    if not known:
        return None
    case.figures.update(
        unit_to_province_hours=law["to_province"]["hours"] if grade in law["to_province"]["grades"] else None,
        phone_hours=law["phone"]["hours"] if grade in law["phone"]["grades"] else None,
        follow_ups_per_day=law["follow_ups"].get(grade),
    )
    if case.figures["unit_to_province_hours"]:
        case.say("较大以上：单位同时在 1 小时内报告省级", law["to_province"]["cite"])
        case.say("较大以上：县级、市级接报后 1 小时内电话快报省级", law["phone"]["cite"])
    if case.figures["follow_ups_per_day"]:
        case.say(f"每日至少续报 {case.figures['follow_ups_per_day']} 次", law["follow_ups"]["cite"])
    up_to: str = law["up_to"][grade]
    case.say(f"{GRADES[grade]}逐级上报至{LEVELS[up_to]}", law["up_to"]["cite"])
    return up_to


def _latest_hours(case: Case, up_to: str | None) -> dict[str, int | None]:
    """Cumulative from the head's learning; every grade goes at least up to the city."""
    unit, step = case.law["unit"]["hours"], case.law["per_level"]["hours"]
    last = list(LEVELS).index(up_to or case.law["up_to"]["ORDINARY"])
    return {level: unit + place * step if place <= last else None for place, level in enumerate(LEVELS)}


def _judge_lateness(case: Case) -> None:
    received, reported = case["received_at"], case["reported_at"]
    if received is None or reported is None:
        return
    taken = reported - received
    minutes = Fraction(taken.days * 86400 + taken.seconds, 60) + Fraction(taken.microseconds, 60_000_000)
    beyond = max(Fraction(0), minutes - 60 * case.law["unit"]["hours"])
    case.figures.update(late=beyond > 0, late_minutes=beyond)
    verdict = "迟报" if beyond else "没有超过时限"
    case.say(f"单位接报到上报：{verdict}", case.law["unit"]["cite"])


RULE = Rule(
    id="accident_reporting",
    title="事故报告",
    decides="事故报到哪一级、各环节几小时、是否迟报",
    facts={
        "grade": choice("事故等级", GRADES),
        "kind": choice("事故种类", KINDS, default="GENERAL"),
        "received_at": instant("单位负责人接到报告的时刻"),
        "reported_at": instant("单位上报的时刻"),
    },
    values=LEVELS,
    figures={
        "unit_hours": "单位上报时限（小时）",
        "unit_to_province_hours": "单位直报省级时限（小时）",
        "per_level_hours": "每级上报时限（小时）",
        "latest_hours": "自单位负责人接报起，各级最迟得到报告（小时，累计）",
        "phone_hours": "电话快报时限（小时）",
        "follow_ups_per_day": "每日至少续报次数",
        "supplement_days": "伤亡变化补报期限（日）",
        "late": "单位是否迟报",
        "late_minutes": "超过时限的分钟数",
    },
    decide=decide,
)
