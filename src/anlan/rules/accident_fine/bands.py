"""The figures of one edition: frames of the law, bands of 令14, rates for persons."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from anlan.rules.accident_grade.rule import reached
from anlan.rules.errors import RuleError
from anlan.rules.grades import GRADES, LEVELS, MEASURES, ORDER
from anlan.rules.params import Citation
from anlan.rules.registry import Case, load

Possible = tuple[str, str]
"""Lowest and highest grade that the facts allow."""


@dataclass(slots=True)
class Outcome:
    """What one edition says."""

    figures: dict[str, Any] = field(default_factory=dict)
    reasons: list[tuple[str, Citation]] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    def span(self, name: str, unit: str, found: tuple[Any, Any] | list[Any] | None) -> None:
        """Both ends of a range."""
        low, high = found or (None, None)
        self.figures[f"{name}_min{unit}"], self.figures[f"{name}_max{unit}"] = low, high


def grades_possible(case: Case) -> Possible:
    """Bounds of the grade from the stated one and the measures; refuses facts that fit no grade."""
    law = load("accident_grade")[1].version_on(case.on).params
    known = [reached(law, name, case[name]) for name in MEASURES if case[name] is not None]
    low, high = max(known, key=ORDER.index, default="NONE"), "EXTRAORDINARY"
    if len(known) == len(MEASURES):
        high = low
    stated = case["grade"]
    if stated is None:
        return low, high
    # An accident with minor injuries only is ordinary although no measure shows it.
    top = max(high, "ORDINARY", key=ORDER.index)
    if ORDER.index(low) > ORDER.index(stated) or ORDER.index(top) < ORDER.index(stated):
        raise RuleError("contradiction", f"给出的等级是{GRADES[stated]}，与伤亡、损失的数字不符", "/grade")
    return stated, stated


def figures_under(case: Case, law: dict[str, Any], possible: Possible) -> Outcome:
    """Everything that the edition ``law`` says about this act."""
    outcome = Outcome()
    grade = possible[0] if possible[0] == possible[1] else None
    outcome.figures["grade"] = None if grade == "NONE" else grade
    if grade == "NONE":
        outcome.reasons.append(("没有伤亡和损失，不在等级之内，没有按等级的罚款", law["liable_unit"]["cite"]))
    if case["act"] == "LIABLE":
        _liable(case, law, possible, grade, outcome)
    else:
        _after_the_accident(case, law, grade, outcome)
    _principal_in_money(case, outcome)
    _decided_by(case, law, grade, outcome)
    if grade is None:
        outcome.lacking.extend(_what_tells_the_grade(case))
    return outcome


def _liable(case: Case, law: dict[str, Any], possible: Possible, grade: str | None, outcome: Outcome) -> None:
    coal = case["sector"] == "COAL_MINE" and "coal_unit" in law
    frames = law["coal_unit" if coal else "liable_unit"]
    frame = frames.get(grade) if grade and not frames.get("missing") else None
    outcome.span("unit_law", "_wan", frame)
    outcome.span("unit", "_wan", _unit_band(case, law, possible, frame, outcome))
    if frame:
        outcome.reasons.append((f"单位：{_span(frame)} 万元", frames["cite"]))
    elif frames.get("missing"):
        outcome.reasons.append(("单位罚款幅度的文本不在手边", frames["cite"]))
    rates = law["coal_principal" if coal else "liable_principal"]
    rate = rates.get(grade) if grade else None
    outcome.span("principal_rate", "", rate)
    outcome.span("principal_law_rate", "", rate)
    if rate:
        outcome.reasons.append((f"主要负责人：上一年年收入的 {_percent(rate)}", rates["cite"]))
    others = law.get("liable_other")
    other = (
        others.get(grade) if others and grade else law.get("liable_other_law", {}).get("range") if not others else None
    )
    outcome.span("other_rate", "", other)
    if other:
        cite = (others or law["liable_other_law"])["cite"]
        outcome.reasons.append((f"其他负责人和安全生产管理人员：上一年年收入的 {_percent(other)}", cite))
    multiplier = law.get("coal_multiplier" if coal else "multiplier")
    serious = multiplier if case["especially_serious"] else None
    outcome.span("multiplier", "", serious["range"] if serious else None)
    if serious:
        outcome.reasons.append(("情节特别严重、影响特别恶劣：可按罚款数额的 2 倍以上 5 倍以下", serious["cite"]))


def _unit_band(
    case: Case, law: dict[str, Any], possible: Possible, frame: list[Any] | None, outcome: Outcome
) -> list[Any] | None:
    """The narrowest range: the cell of the grid, not below the frame of a coal mine."""
    if "grid" not in law or possible == ("NONE", "NONE"):
        return frame
    cells = _cells_possible(case, law["grid"], possible)
    if len(cells) != 1:
        outcome.lacking.extend(name for name in MEASURES if case[name] is None)
        return None
    cell = cells[0]
    outcome.reasons.append((f"分格：{_span(cell['range'])} 万元", cell["cite"]))
    if not frame:
        return cell["range"]
    band = [max(end, frame[0]) for end in cell["range"]]
    if band != cell["range"]:
        outcome.reasons.append((f"分格低于条例的下限，按 {_span(band)} 万元", law["coal_unit"]["cite"]))
    return band


def _cells_possible(case: Case, grid: list[dict[str, Any]], possible: Possible) -> list[dict[str, Any]]:
    """Cells that the facts allow: from the highest that a known measure reaches to the end of the grade."""
    measures = [(name, case[name]) for name in MEASURES if case[name] is not None]
    reach = [place for place, cell in enumerate(grid) if any(value >= cell["from"][name] for name, value in measures)]
    lowest = max([*reach, min(place for place, cell in enumerate(grid) if _at_least(cell, possible[0]))])
    if len(measures) == len(MEASURES):
        return [grid[lowest]]
    highest = max(place for place, cell in enumerate(grid) if not _above(cell, possible[1]))
    return grid[lowest : highest + 1]


def _at_least(cell: dict[str, Any], grade: str) -> bool:
    return ORDER.index(cell["grade"]) >= ORDER.index(grade)


def _above(cell: dict[str, Any], grade: str) -> bool:
    return ORDER.index(cell["grade"]) > ORDER.index(grade)


def _after_the_accident(case: Case, law: dict[str, Any], grade: str | None, outcome: Outcome) -> None:
    """Acts after the accident: the unit only for those of 493 art. 36, persons for all."""
    act = case["act"]
    frame = law["hide_unit"]["range"] if act in law["hide_unit"]["acts"] else None
    outcome.span("unit_law", "_wan", frame)
    band, grid = frame, law.get("hide_grid")
    if grid and act in grid["acts"]:
        table = law["hide_grid_aggravated"] if case["aggravated"] else grid
        band = table.get(grade) if grade else None
        if band:
            outcome.reasons.append((f"单位：{_span(band)} 万元", table["cite"]))
    elif frame:
        outcome.reasons.append((f"单位：{_span(frame)} 万元", law["hide_unit"]["cite"]))
    outcome.span("unit", "_wan", band)
    legal = next(table for table in law["person_law"] if act in table["acts"])
    narrow = next((table for table in law.get("person_band", ()) if act in table["acts"]), legal)
    outcome.span("principal_law_rate", "", legal["range"])
    rate = _range(narrow, case["aggravated"])
    outcome.span("principal_rate", "", rate)
    outcome.reasons.append((f"主要负责人：上一年年收入的 {_percent(rate)}", narrow["cite"]))
    others = law["other_hide"]
    other = _range(others, case["aggravated"]) if act in others["acts"] else None
    outcome.span("other_rate", "", other)
    if other:
        outcome.reasons.append(
            (f"直接负责的主管人员和其他直接责任人员：上一年年收入的 {_percent(other)}", others["cite"])
        )
    outcome.span("multiplier", "", None)


def _principal_in_money(case: Case, outcome: Outcome) -> None:
    income = case["income_cny"]
    rates = outcome.figures["principal_rate_min"], outcome.figures["principal_rate_max"]
    known = income is not None and rates[0] is not None
    outcome.span("principal", "_cny", tuple(income * Fraction(rate) for rate in rates) if known else None)


def _decided_by(case: Case, law: dict[str, Any], grade: str | None, outcome: Outcome) -> None:
    coal = case["sector"] == "COAL_MINE" and "coal_decided_by" in law
    table = law["coal_decided_by" if coal else "decided_by"]
    level = table.get(grade) if grade else None
    outcome.figures["decided_by"] = level
    outcome.figures["decided_by_organ"] = "MINE_SAFETY" if coal else "EMERGENCY_MANAGEMENT"
    organ = "矿山安全监察机构" if coal else "应急管理部门"
    if level:
        outcome.reasons.append((f"由{LEVELS[level]}{organ}决定", table["cite"]))


def _what_tells_the_grade(case: Case) -> list[str]:
    missing = [name for name in MEASURES if case[name] is None]
    return ["grade"] if len(missing) == len(MEASURES) else missing


def _range(table: dict[str, Any], aggravated: bool) -> list[Any]:
    found: list[Any] = table.get("aggravated", table["range"]) if aggravated else table["range"]
    return found


def _span(ends: list[Any]) -> str:
    return f"{ends[0]}" if ends[0] == ends[1] else f"{ends[0]}～{ends[1]}"


def _percent(ends: list[Any]) -> str:
    low, high = (f"{int(end * 100)}%" for end in ends)
    return low if low == high else f"{low}～{high}"
