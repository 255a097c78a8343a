"""Whether gas readings and measures permit hot work: GB 30871—2022 5.2, 5.3 (hazardous-chemical firms)."""

from fractions import Fraction

from anlan.rules import gas
from anlan.rules.registry import Case, Rule


def decide(case: Case) -> str | None:
    """All checks; isolation is asked for on certain equipment only, so that its absence leaves nothing open."""
    level = case["work_level"]
    case.figures["permit_hours"] = case.law["permit_hours"][level] if level else None
    checks = {
        "gas": gas.gas(case),
        "oxygen": _oxygen(case),
        "sample": gas.sampling(case),
        "interruption": gas.interruption(case, level),
        "guardian": gas.measure(case, "guardian"),
        "isolated": gas.measure(case, "isolated", needed=False),
    }
    return gas.settle(case, (name for name, is_broken in checks.items() if is_broken))


def _oxygen(case: Case) -> bool | None:
    """Only equipment with oxygen has a limit; a reading above it forbids anywhere."""
    table, found = case.law["oxygen"], case["o2_vol_percent"]
    if found is None:
        if case["o2_enriched"]:
            case.lacks("o2_vol_percent")
        return None
    is_broken = bool(found > Fraction(table["enriched_max"]))
    if is_broken or case["o2_enriched"]:
        case.say(f"氧含量不超过 {table['enriched_max']}%：{'不符合' if is_broken else '符合'}", table["cite"])
    return is_broken


RULE = Rule(
    id="hot_work_gas",
    title="动火气体分析",
    decides="气体分析和措施是否允许动火",
    facts=gas.FACTS,
    values=gas.VALUES,
    figures=gas.FIGURES,
    decide=decide,
)
