"""Whether a finding is a major hidden danger and under which clause, from named facts; three-valued."""

import difflib
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.facts import by_code, choice, yes
from anlan.rules.params import raw_parameters
from anlan.rules.registry import Case, Rule

SECTORS = {
    "HAZARDOUS_CHEMICALS": "化工和危险化学品",
    "FIREWORKS": "烟花爆竹",
    "COAL_MINE": "煤矿",
    "SPECIAL_EQUIPMENT": "特种设备",
    "CONSTRUCTION": "房屋市政工程",
    "PORT_DANGEROUS_GOODS": "危险货物港口作业",
    "PASSENGER_SHIPPING": "水上客运",
    "FISHING_VESSEL": "渔业船舶",
    "FARM_MACHINERY": "农机",
    "CULTURE_AND_TOURISM": "文化和旅游",
    "MEDICAL": "医疗机构",
    "INDUSTRY_TRADE": "工贸",
    "NON_COAL_MINE": "金属非金属矿山",
    "FIRE": "重大火灾隐患",
}
VALUES = {
    "MAJOR": "重大事故隐患",
    "SERIOUS": "严重事故隐患（特种设备）",
    "NOT_MAJOR": "不在所列各项之内",
    "TEXT_NOT_AT_HAND": "判定标准的文本不在手边，不能判定",
}
ESTABLISHED, NOT, OPEN = "ESTABLISHED", "NOT", "OPEN"


def _questions() -> dict[str, str]:
    """Every fact of every sector and version, with its question."""
    found: dict[str, str] = {}
    for version in raw_parameters("major_hidden_danger")["version"]:
        for sector in version.get("sectors", {}).values():
            found.update(sector["questions"])
    return found


QUESTIONS = _questions()


def decide(case: Case) -> str | None:
    """One established clause is enough; otherwise every clause must be answered."""
    if not case.need("sector"):
        return None
    sector = case.law["sectors"].get(case["sector"])
    if sector is None:
        absent = case.law["absent"][case["sector"]]
        case.citation = absent["cite"]
        case.doubt(absent["cite"], absent["cite"].unverified or "当日还没有这个判定标准")
        case.say("判定标准的文本不在手边，不凭记忆判定", absent["cite"])
        return "TEXT_NOT_AT_HAND"
    case.citation = sector["cite"]
    if "unverified" in sector:
        case.doubt(sector["cite"], sector["unverified"])
    given = case["facts"] or {}
    _refuse_foreign(given, sector["questions"])
    shown, still_open = [], []
    for clause in sector["clauses"]:
        state, missing = judge(clause["any"], given)
        shown.append({"clause": clause["no"], "state": state, "open": missing})
        still_open += [name for name in missing if name not in still_open]
        if state == ESTABLISHED:
            _say(case, clause, sector, given)
    established = [entry["clause"] for entry in shown if entry["state"] == ESTABLISHED]
    case.figures.update(
        clauses=shown,
        established=established,
        next_fact=None if established or not still_open else still_open[0],
        next_question=None if established or not still_open else sector["questions"][still_open[0]],
    )
    if established:
        value: str = sector["value"]
        return value
    case.lacks(*(f"facts/{name}" for name in still_open))
    if not still_open:
        case.say(f"{SECTORS[case['sector']]}所列各项都不成立", sector["cite"])
    return "NOT_MAJOR"


def judge(alternatives: list[list[str]], given: dict[str, Any]) -> tuple[str, list[str]]:
    """A clause is established when all facts of one alternative hold; facts that can still make it so are open."""
    missing: list[str] = []
    for together in alternatives:
        held = [given.get(name) for name in together]
        if all(held):
            return ESTABLISHED, []
        if False not in held:
            missing += [name for name in together if given.get(name) is None and name not in missing]
    return (OPEN if missing else NOT), missing


def _say(case: Case, clause: dict[str, Any], sector: dict[str, Any], given: dict[str, Any]) -> None:
    together = next(facts for facts in clause["any"] if all(given.get(name) for name in facts))
    text = "，且".join(sector["questions"][name] for name in together)
    cite = sector["cite"]
    case.because.append({"text": text, "citation": {"document": cite.document, "article": clause["no"]}})
    case.doubt(cite)


def _refuse_foreign(given: dict[str, Any], questions: dict[str, str]) -> None:
    for name in given:
        if name not in questions:
            near = difflib.get_close_matches(name, questions, n=3, cutoff=0.5)
            raise RuleError("unknown_key", f"这个行业没有“{name}”这一项", f"/facts/{name}", near)


RULE = Rule(
    id="major_hidden_danger",
    title="重大事故隐患判定",
    decides="是不是重大事故隐患、依哪一项",
    facts={
        "sector": choice("行业", SECTORS),
        "facts": by_code("各项事实", QUESTIONS, yes("是否")),
    },
    values=VALUES,
    figures={
        "clauses": "各项的判断",
        "established": "成立的项",
        "next_fact": "下一个要问的事实",
        "next_question": "下一个要问的话",
    },
    decide=decide,
)
