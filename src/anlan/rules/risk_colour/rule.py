"""Colour of a risk: by its level, raised by conditions that a province names, never lowered."""

from anlan.rules.facts import choice, group, many, words
from anlan.rules.lec.rule import VALUES as LEVELS
from anlan.rules.registry import Case, Rule

COLOURS = {"RED": "红", "ORANGE": "橙", "YELLOW": "黄", "BLUE": "蓝"}
ORDER = tuple(COLOURS)


def decide(case: Case) -> str | None:
    """The most serious of the colour of the level and of the conditions; a red condition needs no level."""
    table = case.law["colours"]
    found: list[str] = []
    if case["level"] is not None:
        found.append(next(colour for colour in ORDER if case["level"] in table[colour]))
        case.say(f"{LEVELS[case['level']]}：{COLOURS[found[0]]}", table["cite"])
    is_open = []
    for number, condition in enumerate(case["conditions"] or []):
        colour = condition["at_least"] if condition else None
        if colour is None:
            is_open.append(f"conditions/{number}/at_least")
        else:
            found.append(colour)
            case.say(f"{condition['name'] or '给出的条件'}：不低于{COLOURS[colour]}")
    worst = min(found, key=ORDER.index, default="BLUE")
    if worst != "RED":
        case.lacks(*is_open)
        case.need("level")
    return worst


RULE = Rule(
    id="risk_colour",
    title="风险四色",
    decides="按等级和应当升级的条件定颜色",
    facts={
        "level": choice("风险等级", LEVELS),
        "conditions": many(
            "应当升级的条件（由省、市规定，填写人给出）",
            group("条件", {"name": words("名称"), "at_least": choice("不低于", COLOURS)}),
        ),
    },
    values=COLOURS,
    figures={},
    decide=decide,
)
