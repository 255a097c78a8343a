"""Level by LEC: D = L × E × C in the bands of a named scheme. No law fixes them."""

from fractions import Fraction
from functools import partial

from anlan.rules.errors import RuleError
from anlan.rules.facts import amount
from anlan.rules.registry import Case, Rule
from anlan.rules.schemes import banded, read_schemes, scheme_facts, scheme_of
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
FACTORS = ("L", "E", "C")


def decide(case: Case) -> str | None:
    """The band of D; a factor of 0 decides without the others."""
    scheme = scheme_of(case)
    danger = _danger(case)
    off = [name for name in FACTORS if case[name] is not None and case[name] not in _scale(case, name)]
    case.figures.update(D=danger, off_scale=off)
    if off:
        case.say(f"{'、'.join(off)} 不在惯用取值上，照给的数计算", case.law["scale"]["cite"])
    if danger is None:
        case.lacks(*(name for name in FACTORS if case[name] is None))
        return None
    return banded(case, scheme, danger, "D")


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
        **scheme_facts("lec", "FOUR_COLOUR"),
    },
    values=VALUES,
    figures={"D": "风险值", "off_scale": "不在惯用取值上的项"},
    decide=decide,
    read_local=partial(read_schemes, VALUES, needs_size=False),
)
