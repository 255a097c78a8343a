"""Whether a finding is a major hidden danger and under which clause, from named facts and measured numbers;
three-valued."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.facts import amount, by_code, choice, read_number, yes
from anlan.rules.major_hidden_danger.measures import Measured, holds, needed, reckoning
from anlan.rules.params import raw_parameters
from anlan.rules.registry import Case, Rule, load

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


def _words(kind: str) -> dict[str, str]:
    """Every question, measure or condition of every sector and version, with its words."""
    found: dict[str, str] = {}
    for version in raw_parameters("major_hidden_danger")["version"]:
        for sector in version.get("sectors", {}).values():
            words = sector.get(kind, {})
            found.update({name: one["text"] if kind == "conditions" else one for name, one in words.items()})
    return found


QUESTIONS = _words("questions")
CONDITIONS = _words("conditions")
MEASURES = _words("measures")


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
    _refuse_foreign(case, sector)
    return _judged(case, sector, states_of(sector, case["facts"] or {}, case["measured"] or {}))


def _judged(case: Case, sector: dict[str, Any], states: Mapping[str, bool | None]) -> str:
    shown, still_open = [], []
    for number, alternatives in sector["clauses"].items():
        state, atoms = judge(alternatives, states)
        missing = _asked(sector, atoms, case["measured"] or {})
        shown.append({"clause": number, "state": state, "open": [name for _, name in missing]})
        still_open += [one for one in missing if one not in still_open]
        if state == ESTABLISHED:
            _say(case, number, sector, states)
    established = [entry["clause"] for entry in shown if entry["state"] == ESTABLISHED]
    following = None if established or not still_open else still_open[0][1]
    case.figures.update(
        clauses=shown,
        established=established,
        next_fact=following,
        next_question=None if following is None else {**QUESTIONS, **MEASURES}[following],
    )
    if established:
        value: str = sector["value"]
        return value
    case.lacks(*(f"{kind}/{name}" for kind, name in still_open))
    if not still_open:
        case.say(f"{SECTORS[case['sector']]}所列各项都不成立", sector["cite"])
    return "NOT_MAJOR"


def judge(alternatives: Sequence[Sequence[str]], states: Mapping[str, bool | None]) -> tuple[str, list[str]]:
    """A clause is established when all parts of one alternative hold; parts that can still make it so are open. A part
    with a ``!`` holds when what it names does not; where it is open and asked both ways, both are tried."""
    if split := _asked_both_ways(alternatives, states):
        tried = [judge(alternatives, {**states, split: answer}) for answer in (True, False)]
        if tried[0][0] == tried[1][0]:
            return tried[0][0], list(dict.fromkeys([*tried[0][1], *tried[1][1]]))
        return OPEN, [split, *tried[0][1], *(name for name in tried[1][1] if name not in tried[0][1])]
    missing: list[str] = []
    for together in alternatives:
        held = [_state(states, part) for part in together]
        if all(held):
            return ESTABLISHED, []
        if False not in held:
            parts = (part.lstrip("!") for part, one in zip(together, held, strict=True) if one is None)
            missing += [name for name in parts if name not in missing]
    return (OPEN if missing else NOT), missing


def states_of(
    sector: Mapping[str, Any], given: Mapping[str, bool | None], measured: Measured
) -> dict[str, bool | None]:
    """What is known of every part of the clauses: as answered, or reckoned from what was measured.

    Where the measures do not decide a condition it may be answered outright; an answer against the measures is a
    contradiction.
    """
    states = dict(given)
    for name, condition in sector.get("conditions", {}).items():
        found = holds(condition, measured)
        if found is not None and given.get(name) not in (None, found):
            raise RuleError("contradiction", f"“{condition['text']}”与量到的数不符", f"/facts/{name}")
        states[name] = given.get(name) if found is None else found
    return states


def standard_of(sector: str, on: date) -> dict[str, Any] | None:
    """The standard of a sector as it stands on a day; None when its text is not at hand."""
    try:
        found: dict[str, Any] | None = load(RULE.id)[1].version_on(on).params["sectors"].get(sector)
    except RuleError:
        return None
    return found


def parts_of(sector: Mapping[str, Any]) -> list[str]:
    """What the clauses of a sector are made of, in their order: questions and conditions."""
    every = (part.lstrip("!") for any_of in sector["clauses"].values() for together in any_of for part in together)
    return list(dict.fromkeys(every))


def unanswered(sector: Mapping[str, Any], given: Mapping[str, Any], measured: Mapping[str, Any]) -> list[str]:
    """The parts that neither an answer nor the measures decide; what cannot be read as a number decides nothing."""
    numbers: dict[str, Fraction | None] = {}
    for name, one in measured.items():
        with suppress(RuleError):
            numbers[name] = read_number(one, name)
    conditions = sector.get("conditions", {})
    decided = {name for name, one in conditions.items() if holds(one, numbers) is not None}
    return [name for name in parts_of(sector) if name not in given and name not in decided]


def asked_of(sector: Mapping[str, Any], parts: Iterable[str]) -> list[tuple[str, str]]:
    """What to ask for these parts: (``facts``, question) or (``measured``, measure)."""
    return _asked(sector, parts, {})


def _asked(sector: Mapping[str, Any], parts: Iterable[str], measured: Measured) -> list[tuple[str, str]]:
    conditions, asked = sector.get("conditions", {}), []
    for part in parts:
        if part in conditions:
            asked += [("measured", name) for name in needed(conditions[part]) if measured.get(name) is None]
        else:
            asked.append(("facts", part))
    return list(dict.fromkeys(asked))


def _asked_both_ways(alternatives: Sequence[Sequence[str]], states: Mapping[str, bool | None]) -> str | None:
    parts = {part for together in alternatives for part in together}
    both = (part[1:] for part in sorted(parts) if part.startswith("!") and part[1:] in parts)
    return next((name for name in both if states.get(name) is None), None)


def _state(states: Mapping[str, bool | None], part: str) -> bool | None:
    state = states.get(part.lstrip("!"))
    return state if state is None or not part.startswith("!") else not state


def _say(case: Case, number: str, sector: dict[str, Any], states: Mapping[str, bool | None]) -> None:
    split = _asked_both_ways(sector["clauses"][number], states)
    known = {**states, split: True} if split else states
    together = next(parts for parts in sector["clauses"][number] if all(_state(known, part) for part in parts))
    text = "，且".join(_worded(case, sector, part) for part in together if part != split)
    cite = sector["cite"]
    case.because.append({"text": text, "citation": {"document": cite.document, "article": number}})
    case.doubt(cite)


def _worded(case: Case, sector: dict[str, Any], part: str) -> str:
    name = part.lstrip("!")
    condition = sector.get("conditions", {}).get(name)
    if condition is None:
        return f"{'不成立：' if part != name else ''}{sector['questions'][name]}"
    return f"{condition['text']}（{reckoning(condition, case['measured'] or {})}）"


def _refuse_foreign(case: Case, sector: dict[str, Any]) -> None:
    """Questions and measures of another sector, or of another version, are not looked over silently."""
    parts = parts_of(sector)
    known = {"facts": parts, "measured": [name for kind, name in asked_of(sector, parts) if kind == "measured"]}
    for kind, names in known.items():
        for name in case[kind] or {}:
            if name not in names:
                near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
                raise RuleError("unknown_key", f"这个行业当日的标准没有“{name}”这一项", f"/{kind}/{name}", near)


RULE = Rule(
    id="major_hidden_danger",
    title="重大事故隐患判定",
    decides="是不是重大事故隐患、依哪一项",
    facts={
        "sector": choice("行业", SECTORS),
        "facts": by_code("各项事实", {**QUESTIONS, **CONDITIONS}, yes("是否")),
        "measured": by_code("量到的数", MEASURES, amount("数")),
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
