"""Whether a penalty is left out or mitigated: 行政处罚法 arts. 32, 33. The system never says "first"."""

from anlan.rules.facts import choice, count, flag, yes
from anlan.rules.registry import Case, Rule

VALUES = {
    "MUST_NOT": "不予行政处罚",
    "MAY_NOT": "可以不予行政处罚",
    "MITIGATE": "应当从轻或者减轻",
    "NONE": "没有这些情形",
}
HARMS = {"NONE": "没有危害后果", "MINOR": "危害后果轻微", "SERIOUS": "危害后果不轻微"}
MITIGATING = {
    "harm_removed": "主动消除或者减轻危害后果",
    "coerced": "受他人胁迫或者诱骗",
    "confessed": "主动供述尚未掌握的违法行为",
    "merit": "配合查处有立功表现",
}


def decide(case: Case) -> str | None:
    """The mildest consequence that is established; a milder one that is still possible keeps it open."""
    law, harm, corrected = case.law, case["harm"], case["corrected_in_time"]
    if case["self_reported"]:
        case.say("自查自报：依各地清单，文本不在手边，不影响结论", law["self_reported"]["cite"])
    if case["no_fault"]:
        case.say("有证据足以证明没有主观过错", law["no_fault"]["cite"])
        return "MUST_NOT"
    no_harm = None if harm is None else harm == "NONE"
    must = {"minor": case["minor"], "corrected_in_time": corrected, "harm": no_harm}
    if all(must.values()):
        case.say("违法行为轻微并及时改正，没有造成危害后果", law["must_not"]["cite"])
        return "MUST_NOT"
    earlier = case["earlier_violations"]
    not_serious = None if harm is None else harm != "SERIOUS"
    may = {
        "earlier_violations": None if earlier is None else earlier == 0,
        "harm": not_serious,
        "corrected_in_time": corrected,
    }
    is_may = all(may.values())
    for conditions, milder in ((must, True), (may, not is_may)):
        if milder and False not in conditions.values():
            case.lacks(*(name for name, held in conditions.items() if held is None))
    if is_may:
        case.say("本系统未见前次，危害后果轻微并及时改正（是否初次由机关认定）", law["may_not"]["cite"])
        return "MAY_NOT"
    found = [label for name, label in MITIGATING.items() if case[name]]
    for label in found:
        case.say(label, law["mitigate"]["cite"])
    return "MITIGATE" if found else "NONE"


RULE = Rule(
    id="no_penalty",
    title="不予处罚与从轻",
    decides="轻微、本系统未见前次、没有过错等能否不予处罚",
    facts={
        "minor": yes("违法行为轻微"),
        "corrected_in_time": yes("及时改正"),
        "harm": choice("危害后果", HARMS),
        "earlier_violations": count("本系统所见的前次违法"),
        "no_fault": flag("有证据足以证明没有主观过错"),
        "self_reported": flag("自查自报"),
        **{name: flag(label) for name, label in MITIGATING.items()},
    },
    values=VALUES,
    figures={},
    decide=decide,
)
