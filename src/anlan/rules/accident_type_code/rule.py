"""Codes of accident types by GB 6441—2025: basic type, injury, industry."""

import difflib
import re

from anlan.rules.errors import RuleError
from anlan.rules.facts import choice, count, words
from anlan.rules.major_hazard_source.book import plain
from anlan.rules.registry import Case, Rule

BY = {"BASIC": "基本事故类型", "INJURY": "人身伤害程度", "INDUSTRY": "行业"}


def decide(case: Case) -> str | None:
    """The code of eight characters."""
    if not case.need("by"):
        return None
    digits = {"BASIC": _basic, "INJURY": _injury, "INDUSTRY": _industry}[case["by"]](case)
    if digits is None:
        return None
    code: str = case.law["prefix"][case["by"]] + digits
    case.figures["code"] = code
    case.label = case.figures["name"] or f"行业 {digits} 的事故"
    case.say(f"编码 {code}：按{BY[case['by']]}分类", case.law["prefix"]["cite"])
    return code


def _basic(case: Case) -> str | None:
    table, number, name = case.law["basic"], case["type_no"], case["name"]
    names = table["names"]
    if number is None and name is None:
        case.lacks("type_no")
        return None
    if number is not None and not 1 <= number <= len(names):
        raise RuleError("bad_shape", f"序号应当在 1 到 {len(names)} 之间", "/type_no")
    if name is not None:
        found = {plain(known): place for place, known in enumerate(names, 1)}.get(plain(name))
        if found is None:
            near = difflib.get_close_matches(name, names, n=3, cutoff=0.3)
            raise RuleError("bad_shape", f"表1没有“{name}”", "/name", near)
        if number not in (None, found):
            raise RuleError("contradiction", f"“{name}”的序号是 {found}", "/type_no")
        number = found
    assert number is not None
    case.figures["name"] = names[number - 1]
    case.say(f"表1第 {number} 类：{names[number - 1]}", table["cite"])
    return str(table["last"]) if number == len(names) else f"{number:04}"


def _injury(case: Case) -> str | None:
    """The worst harm decides; a milder one need not be known."""
    table = case.law["injury"]
    number = 1
    for place, fact in ((4, "deaths"), (3, "serious_injuries"), (2, "minor_injuries")):
        if not case.need(fact):
            return None
        if case[fact]:
            number = place
            break
    case.figures["name"] = table["names"][number - 1]
    case.say(table["names"][number - 1], table["cite"])
    return f"{number:04}"


def _industry(case: Case) -> str | None:
    if not case.need("industry_code"):
        return None
    code: str = case["industry_code"]
    if not re.fullmatch(r"[0-9]{4}", code):
        raise RuleError("bad_shape", "行业代码是 GB/T 4754 的四位数字，不带门类字母", "/industry_code")
    case.say("GB/T 4754 的四位代码，去掉门类", case.law["industry"]["cite"])
    return code


RULE = Rule(
    id="accident_type_code",
    title="事故类型编码",
    decides="事故类型的八位编码",
    facts={
        "by": choice("分类方式", BY),
        "type_no": count("基本事故类型序号"),
        "name": words("基本事故类型名称"),
        "deaths": count("死亡人数"),
        "serious_injuries": count("重伤人数"),
        "minor_injuries": count("轻伤人数"),
        "industry_code": words("行业代码（GB/T 4754，四位）"),
    },
    values={},
    figures={"code": "编码", "name": "类型名称"},
    decide=decide,
    is_open=True,
)
