"""Whether readings and measures permit entry: GB 30871—2022 chapter 6 (hazardous-chemical firms)."""

from fractions import Fraction

from anlan.rules import gas
from anlan.rules.registry import Case, Rule
from anlan.rules.wire import number_text


def decide(case: Case) -> str | None:
    """All checks of chapter 6."""
    case.figures["permit_hours"] = case.law["permit_hours"]["any"]
    checks = {
        "oxygen": _oxygen(case),
        "gas": gas.gas(case),
        "toxics": _toxics(case),
        "sample": gas.sampling(case),
        "interruption": gas.interruption(case, "any"),
        "guardian": gas.measure(case, "guardian"),
        "ventilated": gas.measure(case, "ventilated"),
        "isolated": gas.measure(case, "isolated"),
    }
    return gas.settle(case, (name for name, is_broken in checks.items() if is_broken))


def _oxygen(case: Case) -> bool | None:
    if not case.need("o2_vol_percent"):
        return None
    table, found = case.law["oxygen"], case["o2_vol_percent"]
    most = Fraction(table["enriched_max" if case["o2_enriched"] else "max"])
    is_broken = not Fraction(table["min"]) <= found <= most
    verdict = "不符合" if is_broken else "符合"
    case.say(f"氧含量 {number_text(found)}%，应在 {table['min']}%～{number_text(most)}%：{verdict}", table["cite"])
    return is_broken


def _toxics(case: Case) -> bool | None:
    """Every toxic substance within the limit that the caller gives."""
    if not case.need("toxics"):
        return None
    any_broken = False
    for place, toxic in enumerate(case["toxics"]):
        found, limit = (toxic["mg_m3"], toxic["limit_mg_m3"]) if toxic else (None, None)
        case.doubt(case.law["limits"]["cite"])
        if found is None or (limit is None and found > 0):
            case.lacks(f"toxics/{place}/{'mg_m3' if found is None else 'limit_mg_m3'}")
            continue
        if limit is not None and found > limit:
            any_broken = True
            text = f"{toxic['name'] or '有毒物质'} {number_text(found)} mg/m³，超过 {number_text(limit)}"
            case.say(text, case.law["toxics"]["cite"])
    return any_broken


RULE = Rule(
    id="confined_space_entry",
    title="受限空间作业",
    decides="气体检测和措施是否允许进入",
    facts=gas.FACTS,
    values=gas.VALUES,
    figures=gas.FIGURES,
    decide=decide,
)
