"""Office or staff for work safety: 安全生产法 art. 24 gives the form, sector and province rules give numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from anlan.rules.facts import choice, count, words
from anlan.rules.params import Citation
from anlan.rules.registry import Case, Rule

INDUSTRIES = {
    "COAL_MINE": "煤矿",
    "NON_COAL_MINE": "非煤矿山",
    "OPEN_PIT_QUARRY": "小型露天采石场",
    "METAL_SMELTING": "金属冶炼",
    "CONSTRUCTION": "建筑施工",
    "TRANSPORT": "运输",
    "HAZARDOUS_MATERIALS": "危险物品生产、经营、储存、装卸",
    "OTHER": "其他",
}
VALUES = {
    "OFFICE_OR_FULL_TIME": "设机构或者配专职安全生产管理人员",
    "FULL_OR_PART_TIME": "配专职或者兼职安全生产管理人员",
}


@dataclass(frozen=True)
class Band:
    """From so many employees on: a share of them, and at least so many."""

    employees: int
    rate: Fraction
    at_least: int


@dataclass(frozen=True)
class Staff:
    """What a place asks for: bands by industry, the highest first."""

    name: str
    cite: Citation
    by_industry: Mapping[str, Sequence[Band]]
    """An industry that stands in no group has the bands of ``OTHER``."""


def read_local(params: dict[str, Any]) -> Staff:
    """Raises on a table that is written wrongly."""
    staff = params["staff"]
    by_industry = {"OTHER": _bands(staff["other"])}
    for group in staff["groups"]:
        by_industry |= {_known(code): _bands(group["bands"]) for code in group["industries"]}
    return Staff(staff["name"], staff["cite"], by_industry)


def _known(industry: str) -> str:
    if industry not in INDUSTRIES:
        raise ValueError(f"没有行业 {industry}")
    return industry


def _bands(rows: Sequence[Sequence[Any]]) -> list[Band]:
    bands = [Band(int(least), Fraction(rate), int(at_least)) for least, rate, at_least in rows]
    return sorted(bands, key=lambda band: -band.employees)


def decide(case: Case) -> str | None:
    """The form that art. 24 asks for, and the highest number that a rule at hand asks for."""
    table, industry, employees = case.law["office"], case["industry"], case["employees"]
    named = None if industry is None else industry in table["industries"]
    many = None if employees is None else employees > table["employees_over"]
    case.figures["min_full_time"] = _full_time(case)
    case.figures["min_safety_engineers"] = _engineers(case)
    if named or many:
        reason = INDUSTRIES[industry] if named else f"从业人员 {employees} 人，超过 {table['employees_over']} 人"
        case.say(f"{reason}：设置安全生产管理机构或者配备专职安全生产管理人员", table["cite"])
        return "OFFICE_OR_FULL_TIME"
    case.need("industry", "employees")
    case.say(f"点名行业以外、从业人员 {table['employees_over']} 人以下的，专职或者兼职", table["cite"])
    return "FULL_OR_PART_TIME"


def _full_time(case: Case) -> int | None:
    """The highest of the numbers that sector and province set; None when none is known."""
    numbers: list[int] = []
    sector = case.law.get(case["industry"] or "")
    if sector and case["employees"] is not None and case["employees"] >= sector["from_employees"]:
        number = max(sector["at_least"], _share(case["employees"], sector["rate"]))
        numbers.append(number)
        case.say(f"专职不少于 {number} 人（设机构的除外，以条文为准）", sector["cite"])
    local = _of_place(case, numbers)
    if case["province"] and not local:
        case.say("手边没有这个地方的配备规定")
    if not numbers:
        case.say("法律不定人数；手边没有适用的行业或省级人数规定", case.law["office"]["cite"])
    return max(numbers, default=None)


def _of_place(case: Case, numbers: list[int]) -> bool:
    """Adds the number that the place asks for; False when its text is not at hand."""
    staff: Staff | None = case.local(case["province"])
    if staff is None:
        return False
    if case["industry"] is None or case["employees"] is None:
        return True
    bands = staff.by_industry.get(case["industry"], staff.by_industry["OTHER"])
    band = next((band for band in bands if case["employees"] >= band.employees), None)
    if band:
        numbers.append(max(band.at_least, _share(case["employees"], band.rate)))
        case.say(f"{staff.name}：专职不少于 {numbers[-1]} 人", staff.cite)
    return True


def _engineers(case: Case) -> int | None:
    industry, employees, managers = case["industry"], case["employees"], case["safety_managers"]
    one, share = case.law["engineers_one"], case.law["engineers"]
    least: tuple[int, Citation] | None = None
    if industry in one["industries"]:
        least = one["at_least"], one["cite"]
    if industry in share["industries"] and employees is not None and employees >= share["from_employees"]:
        if managers is None:
            case.say("注册安全工程师不少于安全生产管理人员的 15%：要知道管理人员数", share["cite"])
            return None
        few = managers <= share["managers_up_to"]
        least = (share["at_least"] if few else _share(managers, share["rate"])), share["cite"]
    if least is None:
        return None
    case.say(f"注册安全工程师不少于 {least[0]} 人", least[1])
    return least[0]


def _share(number: int, rate: Any) -> int:
    """A share of people, rounded up: a minimum is not reached by a part of a person."""
    return ceil(number * Fraction(rate))


RULE = Rule(
    id="safety_staff",
    title="安全生产管理人员配备",
    decides="设机构、专职还是兼职，至少几人，注册安全工程师几人",
    facts={
        "industry": choice("行业", INDUSTRIES),
        "employees": count("从业人员数"),
        "province": words("行政区划代码（省两位，市、县六位）"),
        "safety_managers": count("安全生产管理人员数"),
    },
    values=VALUES,
    figures={"min_full_time": "专职至少（人）", "min_safety_engineers": "注册安全工程师至少（人）"},
    decide=decide,
    read_local=read_local,
)
