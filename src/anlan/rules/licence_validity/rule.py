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
    "HAZCHEM_ASSESSMENT": "生产、储存危险化学品企业的安全评价",
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
    years, ahead = table["years"], table.get("renew_months_before")
    figures.update(validity_years=years, renew_months_before=ahead)
    if case["issued_on"]:
        figures["expires_on"] = last_valid_day(case["issued_on"], years)
        figures["is_valid"] = case["issued_on"] <= case.on <= figures["expires_on"]
        if ahead:
            figures["renew_by"] = months_after(figures["expires_on"], -ahead)
    renewal = f"期满前 {ahead} 个月申请延期" if ahead else "到期前重新做，报告和整改落实情况报县级应急管理部门备案"
    case.say(f"有效期 {years} 年，{renewal}", table["cite"])
    return FIGURES


RULE = Rule(
    id="licence_validity",
    title="许可证有效期",
    decides="许可证到哪一日、最迟何时申请延期",
    facts={"kind": choice("许可证", KINDS), "issued_on": day("发证（许可决定）之日，安全评价为报告之日")},
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
