"""Level by the risk matrix: R = likelihood × severity in the bands of a named scheme. No law fixes them."""

from fractions import Fraction
from functools import partial
from math import prod

from anlan.rules.errors import RuleError
from anlan.rules.facts import count
from anlan.rules.registry import Case, Rule
from anlan.rules.schemes import banded, level_of, read_schemes, scheme_facts, scheme_of

VALUES = {"MAJOR": "重大风险", "LARGER": "较大风险", "ORDINARY": "一般风险", "LOW": "低风险"}
FACTORS = ("likelihood", "severity")


def decide(case: Case) -> str | None:
    """The band of R; a factor that is not known is open from 1 to the size of the matrix."""
    scheme = scheme_of(case)
    size = scheme["size"]
    for name in FACTORS:
        if case[name] is not None and not 1 <= case[name] <= size:
            raise RuleError("bad_shape", f"应当在 1 到 {size} 之间", f"/{name}")
    known = [case[name] for name in FACTORS if case[name] is not None]
    least = Fraction(prod(known))
    most = least * size ** (len(FACTORS) - len(known))
    if level_of(scheme, least) != level_of(scheme, most):
        case.need(*FACTORS)
        return None
    if least == most:
        case.figures["R"] = least
        return banded(case, scheme, least, "R")
    case.say(f"R 在 {least} 到 {most} 之间，都是同一级，按 {case['scheme']}", scheme["cite"])
    return level_of(scheme, least)[0]


RULE = Rule(
    id="risk_matrix",
    title="风险矩阵",
    decides="按可能性和严重性定风险等级",
    facts={
        "likelihood": count("可能性"),
        "severity": count("严重性"),
        **scheme_facts("risk_matrix", "FIVE_BY_FIVE"),
    },
    values=VALUES,
    figures={"R": "风险值"},
    decide=decide,
    read_local=partial(read_schemes, VALUES, needs_size=True),
)
