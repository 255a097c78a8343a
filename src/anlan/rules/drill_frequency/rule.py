"""How often emergency plans are drilled: 应急条例 art. 8, 应急预案管理办法 art. 33."""

from anlan.rules.days import months_after
from anlan.rules.facts import choice, day
from anlan.rules.finding import FIGURES
from anlan.rules.registry import Case, Rule

UNIT_KINDS = {
    "KEY": "危险物品、矿山、金属冶炼、城市轨道、建筑施工、人员密集场所等重点单位",
    "GENERAL": "其他生产经营单位",
    "GOVERNMENT": "地方政府及其部门、乡镇、街道",
}


def decide(case: Case) -> str | None:
    """The longest time between drills, and when the next is due."""
    if not case.need("unit_kind"):
        return None
    table, figures = case.law[case["unit_kind"]], case.figures
    months = table["every_months"]
    figures.update(every_months=months, report_to_department=table.get("report", False))
    if case["last_drill_on"]:
        figures["next_due_on"] = months_after(case["last_drill_on"], months)
    case.say(f"至少每 {months} 个月一次演练", table["cite"])
    onsite = table.get("onsite")
    if onsite:
        figures["onsite_every_months"] = onsite["every_months"]
        if case["last_onsite_drill_on"]:
            figures["onsite_next_due_on"] = months_after(case["last_onsite_drill_on"], onsite["every_months"])
        case.say(f"现场处置方案至少每 {onsite['every_months']} 个月演练一次", onsite["cite"])
    if table.get("report"):
        case.say("演练情况报送县级以上负有安全生产监督管理职责的部门", table["cite"])
    return FIGURES


RULE = Rule(
    id="drill_frequency",
    title="应急演练频次",
    decides="多久演练一次、下一次最迟何时、要不要报送",
    facts={
        "unit_kind": choice("单位种类", UNIT_KINDS),
        "last_drill_on": day("上次演练之日"),
        "last_onsite_drill_on": day("上次现场处置方案演练之日"),
    },
    values={},
    figures={
        "every_months": "最长间隔（月）",
        "next_due_on": "下一次最迟",
        "onsite_every_months": "现场处置方案最长间隔（月）",
        "onsite_next_due_on": "现场处置方案下一次最迟",
        "report_to_department": "是否报送部门",
    },
    decide=decide,
)
