"""Frame of the fines of 安全生产法 arts. 94–112. The grade inside it needs a table of a province."""

from anlan.rules.errors import RuleError
from anlan.rules.facts import choice, day, many, words
from anlan.rules.finding import FIGURES
from anlan.rules.params import raw_parameters
from anlan.rules.registry import Case, Rule

PREFIX = "WORK_SAFETY_LAW-"
SPANS = ("unit", "person", "overdue_unit", "overdue_person")


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
    """The frame for the unit and for persons, imposed at once and when not put right in time."""
    if case["decided_on"] and case["decided_on"] < case.on:
        raise RuleError("contradiction", "作出决定之日早于行为之日", "/decided_on")
    if not case.need("violation"):
        return None
    key = case["violation"].removeprefix(PREFIX)
    table = case.law["violations"].get(key) or case.law["violations"][key.split("-")[0]]
    for name in SPANS:
        low, high = table.get(name, (None, None))
        case.figures[f"{name}_min_wan"], case.figures[f"{name}_max_wan"] = low, high
        if high is not None:
            case.say(f"{NAMES[name]}：{f'{low}～' if low else ''}{high} 万元{'' if low else '以下'}", table["cite"])
    case.say(table["text"], table["cite"])
    case.say("裁量档次要有省级裁量基准，没有录入；情节只作记录")
    return FIGURES


NAMES = {"unit": "单位", "person": "个人", "overdue_unit": "逾期未改正，单位", "overdue_person": "逾期未改正，个人"}

RULE = Rule(
    id="penalty_discretion",
    title="罚款幅度与裁量",
    decides="安全生产法第九十四至一百一十二条的罚款幅度",
    facts={
        "violation": choice("违法行为", VIOLATIONS),
        "circumstances": many("情节", words("情节")),
        "decided_on": day("作出处罚决定之日"),
    },
    values={},
    figures={
        **{
            f"{name}_{end}_wan": f"{NAMES[name]}{word}（万元）"
            for name in SPANS
            for end, word in (("min", "下限"), ("max", "上限"))
        },
        "grade": "裁量档次",
    },
    decide=decide,
)
