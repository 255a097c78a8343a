"""Listing as a seriously dishonest subject: grounds, term, repair. The text is not at hand: all unverified."""

from anlan.rules.days import last_valid_day, months_after
from anlan.rules.facts import day, flag
from anlan.rules.registry import Case, Rule

GROUNDS = {
    "major_accident": "发生重大以上事故并负有责任",
    "two_larger_accidents": "十二个月内累计两起以上较大事故并负有责任",
    "multiplied_fine": "情节特别严重，按二倍以上五倍以下处以罚款",
    "concealed_or_false_report": "瞒报、谎报事故",
    "no_rescue_or_fled": "事故后不立即组织抢救、擅离职守或者逃匿",
    "unlicensed_activity": "未经许可擅自从事高度危险的生产经营活动并受处罚",
    "false_certificate": "评价、检测等机构出具虚假报告并受处罚",
    "refuses_execution": "有能力履行而拒不执行、逃避执行行政处罚",
}
VALUES = {"LIST": "应当列入", "DO_NOT_LIST": "没有认定列入的情形"}


def decide(case: Case) -> str | None:
    """One established ground is enough."""
    table, figures, listed = case.law["term"], case.figures, case["listed_on"]
    found = [label for name, label in GROUNDS.items() if case[name]]
    for label in found:
        case.say(label, case.law["grounds"]["cite"])
    figures.update(grounds=found, term_years=table["years"], repair_after_months=table["repair_after_months"])
    if listed:
        figures["ends_on"] = last_valid_day(listed, table["years"])
        figures["repair_from"] = months_after(listed, table["repair_after_months"])
    case.say(f"管理期限 {table['years']} 年，满 {table['repair_after_months']} 个月可以申请提前移出", table["cite"])
    return "LIST" if found else "DO_NOT_LIST"


RULE = Rule(
    id="serious_dishonesty",
    title="严重失信主体名单",
    decides="应不应当列入、到哪一日、何时可以申请修复",
    facts={**{name: flag(label) for name, label in GROUNDS.items()}, "listed_on": day("列入之日")},
    values=VALUES,
    figures={
        "grounds": "认定的情形",
        "term_years": "管理期限（年）",
        "ends_on": "最后一日",
        "repair_after_months": "几个月后可以申请修复",
        "repair_from": "自哪一日可以申请修复",
    },
    decide=decide,
)
