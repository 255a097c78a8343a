"""Frame of the fines of 安全生产法 arts. 94–112, and the grade inside it from the table of a place."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.facts import choice, day, many, words
from anlan.rules.finding import FIGURES
from anlan.rules.params import Citation, raw_parameters
from anlan.rules.registry import Case, Rule
from anlan.rules.wire import number_text

PREFIX = "WORK_SAFETY_LAW-"
SPANS = ("unit", "person", "overdue_unit", "overdue_person")
Span = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Grade:
    """One grade of a table: its code and words, the circumstances of which one is enough, its fines."""

    code: str
    text: str
    when: frozenset[str]
    spans: Mapping[str, Span]


@dataclass(frozen=True)
class Table:
    """What a place has laid down for one violation: grades from light to heavy."""

    cite: Citation
    grades: Sequence[Grade]


def read_local(params: dict[str, Any]) -> dict[str, Table]:
    """Violation → table; raises on one that is written wrongly, or names a circumstance without words for it."""
    words_for = params.get("circumstances", {})
    return {key: _table(table, words_for) for key, table in params.get("violations", {}).items()}


def _table(table: dict[str, Any], words_for: Mapping[str, str]) -> Table:
    grades = [
        Grade(
            code=entry["grade"],
            text=entry["text"],
            when=frozenset(code for code in entry["when"] if words_for[code]),
            spans={name: _span(*entry[name]) for name in SPANS if name in entry},
        )
        for entry in table["grades"]
    ]
    return Table(table["cite"], grades)


def _span(low: Any, high: Any) -> Span:
    span = Fraction(low), Fraction(high)
    if not 0 <= span[0] <= span[1]:
        raise ValueError(f"{low}～{high} 不是一个幅度")
    return span


def _violations() -> dict[str, str]:
    """Code → what it is; an item of an article has the frame of the article."""
    found = {}
    for key, table in raw_parameters("penalty_discretion")["version"][-1]["violations"].items():
        found[PREFIX + key] = table["text"]
        for item in range(1, table.get("items", 0) + 1):
            found[f"{PREFIX}{key}-{item}"] = f"{table['text']}，第 {item} 项"
    return found


VIOLATIONS = _violations()


def decide(case: Case) -> str | None:
    """The frame for the unit and for persons, imposed at once and when not put right in time; the grade in it."""
    if case["decided_on"] and case["decided_on"] < case.on:
        raise RuleError("contradiction", "作出决定之日早于行为之日", "/decided_on")
    if not case.need("violation"):
        return None
    key = case["violation"].removeprefix(PREFIX)
    frame = case.law["violations"].get(key) or case.law["violations"][key.split("-")[0]]
    for name in SPANS:
        low, high = frame.get(name, (None, None))
        case.figures[f"{name}_min_wan"], case.figures[f"{name}_max_wan"] = low, high
        if high is not None:
            case.say(f"{NAMES[name]}：{f'{low}～' if low else ''}{high} 万元{'' if low else '以下'}", frame["cite"])
    case.say(frame["text"], frame["cite"])
    tables = case.local(case["province"]) or {}
    table = tables.get(key) or tables.get(key.split("-")[0])
    if table is None:
        case.say("手边没有当地这一项的裁量基准，不分档；情节只作记录")
    else:
        _grade(case, table, frame)
    return FIGURES


def _grade(case: Case, table: Table, frame: dict[str, Any]) -> None:
    """The heaviest grade of which a circumstance is established; a fine outside the frame of the law is not repeated."""
    grade = _established(table, case["circumstances"] or [])
    if grade is None:
        offered = "；".join(f"{one.code} {one.text}（{'、'.join(sorted(one.when))}）" for one in table.grades)
        case.say(f"情节没有给出或者不在档内，不分档。各档：{offered}", table.cite)
        return
    case.figures["grade"] = grade.code
    case.say(f"裁量档次 {grade.code}：{grade.text}", table.cite)
    for name, (low, high) in grade.spans.items():
        least, most = frame.get(name, (1, 0))
        if not least <= low <= high <= most:
            case.doubt(table.cite, f"{NAMES[name]}：这一档超出法律的幅度，不采用")
            continue
        case.figures[f"grade_{name}_min_wan"], case.figures[f"grade_{name}_max_wan"] = low, high
        case.say(f"{NAMES[name]}，这一档：{number_text(low)}～{number_text(high)} 万元", table.cite)


def _established(table: Table, given: Sequence[str | None]) -> Grade | None:
    known = frozenset().union(*(grade.when for grade in table.grades))
    for place, code in enumerate(given):
        if code is not None and code not in known:
            near = difflib.get_close_matches(code, known, n=3, cutoff=0.4) or sorted(known)[:20]
            raise RuleError("bad_shape", f"裁量基准里没有情节“{code}”", f"/circumstances/{place}", near)
    return next((grade for grade in reversed(table.grades) if grade.when & set(given)), None)


NAMES = {"unit": "单位", "person": "个人", "overdue_unit": "逾期未改正，单位", "overdue_person": "逾期未改正，个人"}
ENDS = (("min", "下限"), ("max", "上限"))

RULE = Rule(
    id="penalty_discretion",
    title="罚款幅度与裁量",
    decides="安全生产法第九十四至一百一十二条的罚款幅度，按当地裁量基准分档",
    facts={
        "violation": choice("违法行为", VIOLATIONS),
        "circumstances": many("情节（当地裁量基准里的代码）", words("情节")),
        "decided_on": day("作出处罚决定之日"),
        "province": words("行政区划代码（省两位，市、县六位）"),
    },
    values={},
    figures={
        **{f"{name}_{end}_wan": f"{NAMES[name]}{word}（万元）" for name in SPANS for end, word in ENDS},
        "grade": "裁量档次",
        **{f"grade_{name}_{end}_wan": f"这一档，{NAMES[name]}{word}（万元）" for name in SPANS for end, word in ENDS},
    },
    decide=decide,
    read_local=read_local,
)
