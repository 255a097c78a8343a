"""Level by LEC: D = L × E × C in the bands of a named scheme. No law fixes them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.facts import amount, choice
from anlan.rules.params import raw_parameters
from anlan.rules.registry import Case, Rule
from anlan.rules.wire import number_text

VALUES = {
    "MAJOR": "重大风险",
    "LARGER": "较大风险",
    "ORDINARY": "一般风险",
    "LOW": "低风险",
    "LOWER": "较低风险",
    "SLIGHT": "轻微风险",
    "INTOLERABLE": "不容许风险",
    "MODERATE": "中度风险",
    "TOLERABLE": "可容许风险",
    "NEGLIGIBLE": "可忽略风险",
}
SCHEMES = {name: name for name in raw_parameters("lec")["version"][-1]["schemes"] if name != "cite"}
FACTORS = ("L", "E", "C")


def decide(case: Case) -> str | None:
    """The band of D; a factor of 0 decides without the others."""
    danger = _danger(case)
    off = [name for name in FACTORS if case[name] is not None and case[name] not in _scale(case, name)]
    case.figures.update(D=danger, off_scale=off)
    if off:
        case.say(f"{'、'.join(off)} 不在惯用取值上，照给的数计算", case.law["scale"]["cite"])
    if danger is None:
        case.lacks(*(name for name in FACTORS if case[name] is None))
        return None
    return banded(case, case.law["schemes"], case["scheme"], danger, "D")


def banded(case: Case, schemes: Mapping[str, Any], scheme: str, value: Fraction, symbol: str) -> str:
    """The level of ``value`` in the bands of ``scheme``, highest first."""
    found: str = schemes[scheme]["rest"]
    edge = "其余"
    for level, relation, least in schemes[scheme]["bands"]:
        if value > least or (relation == ">=" and value == least):
            found, edge = level, f"{relation} {least}"
            break
    case.say(f"{symbol} = {number_text(value)}，{edge}，按 {scheme}", schemes["cite"])
    return found


def _danger(case: Case) -> Fraction | None:
    """D as given or computed; refuses a D that is not the product."""
    factors = [case[name] for name in FACTORS]
    product = None
    if 0 in factors:
        product = Fraction(0)
    elif None not in factors:
        product = Fraction(factors[0] * factors[1] * factors[2])
    given: Fraction | None = case["D"]
    if given is not None and product is not None and given != product:
        raise RuleError("contradiction", f"D 不等于 L×E×C = {number_text(product)}", "/D")
    return given if given is not None else product


def _scale(case: Case, name: str) -> list[Fraction]:
    return [Fraction(value) for value in case.law["scale"][name]]


RULE = Rule(
    id="lec",
    title="作业条件危险性（LEC）",
    decides="按 L、E、C 或 D 定风险等级",
    facts={
        "L": amount("事故可能性 L"),
        "E": amount("暴露频繁程度 E"),
        "C": amount("后果 C"),
        "D": amount("风险值 D（只有结果的旧记录）"),
        "scheme": choice("方案", SCHEMES, default="FOUR_COLOUR"),
    },
    values=VALUES,
    figures={"D": "风险值", "off_scale": "不在惯用取值上的项"},
    decide=decide,
)
