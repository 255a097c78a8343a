"""Grade of a work-safety accident: 493号 art. 3, changes of casualties counted within arts. 13 and 20."""

from fractions import Fraction
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.facts import amount, change, choice, count, group, many
from anlan.rules.grades import GRADES, KINDS, MEASURES, ORDER
from anlan.rules.registry import Case, Rule
from anlan.rules.wire import number_text

LABELS = {"deaths": "死亡", "serious_injuries": "重伤", "direct_loss_wan": "直接经济损失"}
UNITS = {"deaths": "人", "serious_injuries": "人", "direct_loss_wan": "万元"}
EDITIONS = {"1986": "GB/T 6721—1986", "2025": "GB 6721—2025"}


def decide(case: Case) -> str | None:
    """Any measure that is reached decides, the highest wins; an unknown measure can only raise."""
    counted = _count_people(case)
    counted["direct_loss_wan"] = case["direct_loss_wan"]
    _say_which_loss(case)
    grades = {name: reached(case.law, name, value) for name, value in counted.items() if value is not None}
    at_least = max(grades.values(), key=ORDER.index, default="NONE")
    if case["minor_injuries"]:
        at_least = max(at_least, "ORDINARY", key=ORDER.index)
    missing = [name for name in MEASURES if counted[name] is None]
    decided = not missing or at_least == "EXTRAORDINARY"
    if not decided:
        case.lacks(*(_fact_behind(case, name) for name in missing))
    deciding = [name for name, grade in grades.items() if grade == at_least != "NONE"]
    case.figures.update(
        counted,
        loss_edition=case["loss_edition"] or case.law["loss_edition"]["edition"],
        at_least=at_least,
        at_most=at_least if decided else "EXTRAORDINARY",
        deciding=(deciding or (["minor_injuries"] if at_least != "NONE" else [])) if decided else None,
    )
    _say_why(case, counted, at_least, deciding)
    return at_least if decided else None


def reached(law: dict[str, Any], measure: str, value: Fraction | int) -> str:
    """The grade that ``value`` of one measure reaches; 以上 includes the number (art. 3 para 3)."""
    for grade in ("EXTRAORDINARY", "MAJOR", "LARGER"):
        if value >= law[grade][measure]:
            return grade
    return "ORDINARY" if value > 0 else "NONE"


def _count_people(case: Case) -> dict[str, Any]:
    """Deaths and serious injuries with the changes that fall into the window."""
    kind = case["kind"]
    window, cite = case.law["window_days"][kind], case.law["window_days"]["cite"]
    deaths, injured = case["deaths"], case["serious_injuries"]
    if case["acute_poisonings"] is not None and injured is not None:
        injured += case["acute_poisonings"]
        case.say(f"急性工业中毒 {case['acute_poisonings']} 人计入重伤", case.law["EXTRAORDINARY"]["cite"])
    for place, entry in enumerate(case["later"] or []):
        day = entry["day"] if entry else None
        if day is None:
            # A change of which the day is not known may count or not.
            deaths = injured = None
            case.lacks(f"later/{place}/day")
        elif day > window:
            case.say(f"事故发生后第 {day} 日的伤亡变化超过 {window} 日，不计入等级", cite)
        else:
            deaths = None if deaths is None else deaths + entry["deaths"]
            injured = None if injured is None else injured + entry["serious_injuries"]
            case.say(f"事故发生后第 {day} 日的伤亡变化在 {window} 日内，计入等级", cite)
    for name, value in (("deaths", deaths), ("serious_injuries", injured)):
        if value is not None and value < 0:
            raise RuleError("contradiction", f"{LABELS[name]}人数加上后来的变化小于零", "/later")
    return {"deaths": deaths, "serious_injuries": injured}


def _fact_behind(case: Case, measure: str) -> str:
    """The missing fact of a measure; when the measure itself is given, a change in ``later`` is missing its day."""
    if case[measure] is None:
        return measure
    return next(f"later/{place}/day" for place, entry in enumerate(case["later"]) if not entry or entry["day"] is None)


def _say_which_loss(case: Case) -> None:
    if case["indirect_loss_wan"] is not None:
        case.say("间接经济损失不计入等级", case.law["bounds"]["cite"])
    table = case.law["loss_edition"]
    stated = case["loss_edition"]
    if stated and stated != table["edition"]:
        case.say(
            f"损失按 {EDITIONS[stated]} 统计，而当日应按 {EDITIONS[table['edition']]} 统计：两版的直接损失范围不同，请重算",
            table["cite"],
        )
    elif case["direct_loss_wan"] is not None:
        case.say(f"直接经济损失应按 {EDITIONS[table['edition']]} 统计", table["cite"])


def _say_why(case: Case, counted: dict[str, Any], grade: str, deciding: list[str]) -> None:
    for name in deciding:
        case.say(
            f"{LABELS[name]} {number_text(counted[name])} {UNITS[name]}，达到{GRADES[grade]}", case.law[grade]["cite"]
        )
    if grade == "ORDINARY" and not deciding:
        case.say(f"有轻伤 {case['minor_injuries']} 人，属于造成人身伤亡的事故", case.law["outside"]["cite"])
    if grade == "NONE" and not case.unknown:
        note = "" if case["minor_injuries"] is not None else "（轻伤人数没有填，有轻伤即为一般事故）"
        case.say(f"没有伤亡，也没有直接经济损失，不在条例所定等级之内{note}", case.law["outside"]["cite"])


RULE = Rule(
    id="accident_grade",
    title="事故等级",
    decides="按死亡、重伤、直接经济损失定事故等级",
    facts={
        "deaths": count("死亡人数"),
        "serious_injuries": count("重伤人数"),
        "acute_poisonings": count("急性工业中毒人数（另加；不填即已含在重伤内）"),
        "minor_injuries": count("轻伤人数"),
        "direct_loss_wan": amount("直接经济损失（万元）"),
        "indirect_loss_wan": amount("间接经济损失（万元，不计）"),
        "loss_edition": choice("损失统计所依标准", EDITIONS),
        "kind": choice("事故种类（只影响伤亡变化的期限）", KINDS, default="GENERAL"),
        "later": many(
            "后来的伤亡变化",
            group(
                "一次变化",
                {
                    "day": count("事故发生后第几日"),
                    "deaths": change("死亡增减"),
                    "serious_injuries": change("重伤增减"),
                },
            ),
        ),
    },
    values={**GRADES, "NONE": "不在等级之内"},
    figures={
        "deaths": "计入的死亡人数",
        "serious_injuries": "计入的重伤人数",
        "direct_loss_wan": "计入的直接经济损失（万元）",
        "loss_edition": "损失所依标准的版本",
        "at_least": "至少",
        "at_most": "至多",
        "deciding": "决定等级的指标",
    },
    decide=decide,
)
