"""When a licence expires and by when it is to be renewed."""

from anlan.rules.days import last_valid_day, months_after
from anlan.rules.facts import choice, day
from anlan.rules.finding import FIGURES
from anlan.rules.registry import Case, Rule

KINDS = {
    "SAFETY_PRODUCTION": "安全生产许可证（矿山、建筑施工、烟花爆竹、民爆等）",
    "HAZCHEM_PRODUCTION": "危险化学品生产企业安全生产许可证",
    "HAZCHEM_TRADE": "危险化学品经营许可证",
    "HAZCHEM_USE": "危险化学品安全使用许可证",
    "ASSESSMENT_AGENCY": "安全评价检测检验机构资质",
}


def decide(case: Case) -> str | None:
    """Last valid day and the last day to apply for renewal."""
    if not case.need("kind"):
        return None
    table, figures = case.law.get(case["kind"]), case.figures
    if table is None:
        case.doubt(None, f"{KINDS[case['kind']]}：当日的规定不在手边")
        case.say("当日的规定不在手边，数字空着")
        return FIGURES
    figures.update(validity_years=table["years"], renew_months_before=table["renew_months_before"])
    if case["issued_on"]:
        figures["expires_on"] = last_valid_day(case["issued_on"], table["years"])
        figures["renew_by"] = months_after(figures["expires_on"], -table["renew_months_before"])
        figures["is_valid"] = case["issued_on"] <= case.on <= figures["expires_on"]
    case.say(f"有效期 {table['years']} 年，期满前 {table['renew_months_before']} 个月申请延期", table["cite"])
    return FIGURES


RULE = Rule(
    id="licence_validity",
    title="许可证有效期",
    decides="许可证到哪一日、最迟何时申请延期",
    facts={"kind": choice("许可证", KINDS), "issued_on": day("发证（许可决定）之日")},
    values={},
    figures={
        "validity_years": "有效期（年）",
        "expires_on": "最后有效日",
        "renew_months_before": "期满前几个月申请",
        "renew_by": "申请延期最后一日",
        "is_valid": "判定之日是否在有效期内",
    },
    decide=decide,
)
