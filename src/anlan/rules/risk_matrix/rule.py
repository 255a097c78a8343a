"""Level by the risk matrix: R = likelihood × severity in the bands of a named scheme. No law fixes them."""

from fractions import Fraction

from anlan.rules.errors import RuleError
from anlan.rules.facts import choice, count
from anlan.rules.lec.rule import banded
from anlan.rules.params import raw_parameters
from anlan.rules.registry import Case, Rule

VALUES = {"MAJOR": "重大风险", "LARGER": "较大风险", "ORDINARY": "一般风险", "LOW": "低风险"}
SCHEMES = {name: name for name in raw_parameters("risk_matrix")["version"][-1]["schemes"] if name != "cite"}
FACTORS = ("likelihood", "severity")


def decide(case: Case) -> str | None:
    """The band of R."""
    scheme = case.law["schemes"][case["scheme"]]
    size = scheme["size"]
    for name in FACTORS:
        if case[name] is not None and not 1 <= case[name] <= size:
            raise RuleError("bad_shape", f"应当在 1 到 {size} 之间", f"/{name}")
    if not case.need(*FACTORS):
        return None
    case.figures["R"] = case["likelihood"] * case["severity"]
    return banded(case, case.law["schemes"], case["scheme"], Fraction(case.figures["R"]), "R")


RULE = Rule(
    id="risk_matrix",
    title="风险矩阵",
    decides="按可能性和严重性定风险等级",
    facts={
        "likelihood": count("可能性"),
        "severity": count("严重性"),
        "scheme": choice("方案", SCHEMES, default="FIVE_BY_FIVE"),
    },
    values=VALUES,
    figures={"R": "风险值"},
    decide=decide,
)
