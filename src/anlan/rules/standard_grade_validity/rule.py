"""How long a grade of standardisation holds. The text is not at hand: everything here is unverified."""

from anlan.rules.days import last_valid_day, months_after
from anlan.rules.facts import choice, day
from anlan.rules.finding import FIGURES
from anlan.rules.registry import Case, Rule

GRADES = {"LEVEL_1": "一级", "LEVEL_2": "二级", "LEVEL_3": "三级"}


def decide(case: Case) -> str | None:
    """Last valid day and the last day to apply again; the same for every grade."""
    table, figures = case.law["grade"], case.figures
    figures.update(validity_years=table["years"], renew_months_before=table["renew_months_before"])
    if case["announced_on"]:
        figures["expires_on"] = last_valid_day(case["announced_on"], table["years"])
        figures["renew_by"] = months_after(figures["expires_on"], -table["renew_months_before"])
        figures["is_valid"] = case["announced_on"] <= case.on <= figures["expires_on"]
    case.say(f"等级有效期 {table['years']} 年，届满前 {table['renew_months_before']} 个月可再申请", table["cite"])
    return FIGURES


RULE = Rule(
    id="standard_grade_validity",
    title="标准化等级有效期",
    decides="标准化等级到哪一日、最迟何时再申请",
    facts={"grade": choice("等级", GRADES), "announced_on": day("公告之日")},
    values={},
    figures={
        "validity_years": "有效期（年）",
        "expires_on": "最后有效日",
        "renew_months_before": "届满前几个月再申请",
        "renew_by": "再申请最后一日",
        "is_valid": "判定之日是否在有效期内",
    },
    decide=decide,
)
