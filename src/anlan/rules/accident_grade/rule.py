"""Grade of a work-safety accident: 493号 art. 3, changes of casualties counted within arts. 13 and 20."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Bounds:
    """What a measure is at least and at most; ``most`` None is without end."""

    least: Fraction | int
    most: Fraction | int | None

    @property
    def exact(self) -> Fraction | int | None:
        return self.least if self.least == self.most else None


def decide(case: Case) -> str | None:
    """Any measure that is reached decides, the highest wins; what is not known can only raise."""
    loss = case["direct_loss_wan"]
    bounds = {**_count_people(case), "direct_loss_wan": Bounds(loss or 0, loss)}
    _say_which_loss(case)
    grades = {name: reached(case.law, name, found.least) for name, found in bounds.items()}
    highest = {name: reached(case.law, name, found.most) for name, found in bounds.items()}
    slight = "ORDINARY" if case["minor_injuries"] else "NONE"
    at_least = max(slight, *grades.values(), key=ORDER.index)
    at_most = max(slight, *highest.values(), key=ORDER.index)
    if at_least != at_most:
        raising = [name for name in MEASURES if ORDER.index(highest[name]) > ORDER.index(at_least)]
        case.lacks(*(fact for name in raising for fact in _facts_behind(case, name)))
    deciding = [name for name, grade in grades.items() if grade == at_least != "NONE"]
    case.figures.update(
        {name: found.exact for name, found in bounds.items()},
        loss_edition=case["loss_edition"] or case.law["loss_edition"]["edition"],
        at_least=at_least,
        at_most=at_most,
        deciding=None if case.unknown else deciding or (["minor_injuries"] if at_least != "NONE" else []),
    )
    _say_why(case, bounds, at_least, deciding)
    return None if case.unknown else at_least


def reached(law: dict[str, Any], measure: str, value: Fraction | int | None) -> str:
    """The grade that ``value`` of one measure reaches, None being without end; 以上 includes the number (art. 3 para 3)."""
    for grade in ("EXTRAORDINARY", "MAJOR", "LARGER"):
        if value is None or value >= law[grade][measure]:
            return grade
    return "ORDINARY" if value else "NONE"


def _count_people(case: Case) -> dict[str, Bounds]:
    """Deaths and serious injuries with the changes that fall into the window; one of which the day is not known may
    count or not."""
    poisoned = case["acute_poisonings"] or 0
    if case["acute_poisonings"] is not None:
        case.say(f"急性工业中毒 {poisoned} 人计入重伤", case.law["EXTRAORDINARY"]["cite"])
    surely, perhaps = _changes(case)
    found = {}
    for name, more in (("deaths", 0), ("serious_injuries", poisoned)):
        given, changed = case[name], more + sum(change[name] for change in surely)
        least = (given or 0) + changed + sum(min(0, change[name]) for change in perhaps)
        most = None if given is None else given + changed + sum(max(0, change[name]) for change in perhaps)
        if most is not None and most < 0:
            raise RuleError("contradiction", f"{LABELS[name]}人数加上后来的变化小于零", "/later")
        found[name] = Bounds(0, None) if None in (case["later"] or []) else Bounds(max(0, least), most)
    return found


def _changes(case: Case) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """The changes that count, and those that may."""
    window, cite = case.law["window_days"][case["kind"]], case.law["window_days"]["cite"]
    surely, perhaps = [], []
    for entry in filter(None, case["later"] or []):
        day = entry["day"]
        if day is None:
            perhaps.append(entry)
        elif day > window:
            case.say(f"事故发生后第 {day} 日的伤亡变化超过 {window} 日，不计入等级", cite)
        else:
            surely.append(entry)
            case.say(f"事故发生后第 {day} 日的伤亡变化在 {window} 日内，计入等级", cite)
    return surely, perhaps


def _facts_behind(case: Case, measure: str) -> list[str]:
    """What is missing of a measure: itself, or the days of changes."""
    if case[measure] is None:
        return [measure]
    missing = []
    for place, entry in enumerate(case["later"] or []):
        if entry is None:
            missing.append(f"later/{place}")
        elif entry["day"] is None and entry[measure]:
            missing.append(f"later/{place}/day")
    return missing


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


def _say_why(case: Case, bounds: dict[str, Bounds], grade: str, deciding: list[str]) -> None:
    for name in deciding:
        known = "" if bounds[name].exact is not None else "至少 "
        number = number_text(bounds[name].least)
        case.say(f"{LABELS[name]} {known}{number} {UNITS[name]}，达到{GRADES[grade]}", case.law[grade]["cite"])
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
