"""Office or staff for work safety: 安全生产法 art. 24 gives the form, sector and province rules give numbers."""

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
    numbers = []
    sector = case.law.get(case["industry"] or "")
    if sector and case["employees"] is not None and case["employees"] >= sector["from_employees"]:
        number = max(sector["at_least"], _share(case["employees"], sector["rate"]))
        numbers.append(number)
        case.say(f"专职不少于 {number} 人（设机构的除外，以条文为准）", sector["cite"])
    local = _province(case)
    if local and case["industry"] and case["employees"] is not None:
        named = case["industry"] in case.law["office"]["industries"]
        for least, rate, at_least in local["high" if named else "other"]:
            if case["employees"] >= least:
                number = max(at_least, _share(case["employees"], rate))
                numbers.append(number)
                case.say(f"{local['name']}：专职不少于 {number} 人", local["cite"])
                break
    if not numbers:
        case.say("法律不定人数；手边没有适用的行业或省级人数规定", case.law["office"]["cite"])
    return max(numbers, default=None)


def _province(case: Case) -> dict[str, Any] | None:
    if case["province"] is None:
        return None
    found: dict[str, Any] | None = case.law["provinces"].get(case["province"][:2])
    if found is None:
        case.say("这个省的规定没有录入", None)
    return found


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
        "province": words("省级行政区划代码（两位或六位）"),
        "safety_managers": count("安全生产管理人员数"),
    },
    values=VALUES,
    figures={"min_full_time": "专职至少（人）", "min_safety_engineers": "注册安全工程师至少（人）"},
    decide=decide,
)
