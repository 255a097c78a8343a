"""Bands of named schemes: delivered ones and those of a place. No law fixes them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.facts import Field, words
from anlan.rules.params import raw_parameters
from anlan.rules.registry import Case
from anlan.rules.wire import number_text

RELATIONS = (">", ">=")


def delivered(rule_id: str) -> dict[str, str]:
    """The schemes that come with a rule."""
    names = raw_parameters(rule_id)["version"][-1]["schemes"]
    return {name: name for name in names if name != "cite"}


def scheme_facts(rule_id: str, default: str) -> dict[str, Field]:
    """The fact that names a scheme, and where: a place may have its own."""
    named = words("方案")
    codes = delivered(rule_id)
    described = f"{'、'.join(codes)}，或者当地数据里的方案"
    field = Field(named.label, named.read, {**named.schema, "description": described}, default, codes=codes)
    return {"scheme": field, "region": words("行政区划代码（用当地的方案时）")}


def read_schemes(levels: Mapping[str, str], params: dict[str, Any], *, needs_size: bool) -> dict[str, Any]:
    """The schemes of a place; raises on one that is written wrongly."""
    schemes: dict[str, Any] = params["schemes"]
    for name, scheme in schemes.items():
        named = [level for level, _, _ in scheme["bands"]]
        edges = [Fraction(least) for _, _, least in scheme["bands"]]
        is_right = {*named, scheme["rest"]} <= set(levels) and edges == sorted(edges, reverse=True)
        if not is_right or any(relation not in RELATIONS for _, relation, _ in scheme["bands"]):
            raise ValueError(f"方案 {name} 的级别、关系或者次序不对")
        if not scheme["cite"] or (needs_size and int(scheme["size"]) < 1):
            raise ValueError(f"方案 {name} 没有出处或者大小")
    return schemes


def scheme_of(case: Case) -> dict[str, Any]:
    """The scheme that is named, with its citation; RuleError for none."""
    law = case.law["schemes"]
    if case["scheme"] in law:
        return {"cite": law["cite"], **law[case["scheme"]]}
    local: dict[str, Any] = case.local(case["region"]) or {}
    if case["scheme"] not in local:
        near = [name for name in [*law, *local] if name != "cite"]
        raise RuleError("bad_shape", f"没有方案“{case['scheme']}”", "/scheme", near)
    found: dict[str, Any] = local[case["scheme"]]
    return found


def level_of(scheme: Mapping[str, Any], value: Fraction) -> tuple[str, str]:
    """The level of ``value`` in the bands of a scheme, highest first, and the edge it reaches."""
    for level, relation, least in scheme["bands"]:
        if value > least or (relation == ">=" and value == least):
            return level, f"{relation} {least}"
    return scheme["rest"], "其余"


def banded(case: Case, scheme: Mapping[str, Any], value: Fraction, symbol: str) -> str:
    """The level of ``value``, with its reason said."""
    found, edge = level_of(scheme, value)
    case.say(f"{symbol} = {number_text(value)}，{edge}，按 {case['scheme']}", scheme["cite"])
    return found
