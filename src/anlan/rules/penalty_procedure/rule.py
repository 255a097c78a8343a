"""Every limit of a penalty case, working or calendar days as the text says (行政处罚法 art. 85)."""

from typing import Any

from anlan.rules.days import after, months_after
from anlan.rules.facts import choice, day, flag
from anlan.rules.finding import FIGURES
from anlan.rules.periods import DAY_KINDS, due
from anlan.rules.registry import Case, Rule

STAGES = {
    "FILE_AFTER_URGENT": "补办立案（自先行调查之日）",
    "DECIDE": "作出决定（自立案之日）",
    "STATEMENT": "陈述、申辩（自收到告知书之日）",
    "HEARING_REQUEST": "要求听证（自告知之日）",
    "HEARING_NOTICE": "通知听证（举行听证之日往前）",
    "HEARING_HELD": "举行听证（自收到申请之日）",
    "SERVE": "送达（自作出决定之日）",
    "PAY": "缴款（自收到决定书之日）",
    "SURCHARGE": "加处罚款（自缴款期满之日）",
    "URGE": "催告（自催告书送达之日）",
    "COURT": "申请强制执行（自复议、起诉期限届满之日）",
    "EVIDENCE_HOLD": "登记保存后处理（自保存之日）",
    "LIMITATION": "处罚时效（自行为发生或终了之日）",
    "ON_THE_SPOT": "当场处罚的数额",
}


def decide(case: Case) -> str | None:
    """The period of one stage from one day."""
    if not case.need("stage"):
        return None
    stage, start, figures = case["stage"], case["from"], case.figures
    table = case.law[stage]
    if table.get("missing"):
        case.say("期限的文本不在手边，数字空着", table["cite"])
        return FIGURES
    figures["day_kind"] = table.get("day_kind")
    case.say(table["text"], table["cite"])
    if stage == "SURCHARGE":
        figures.update(daily_rate=table["daily_rate"], cap_rate=table["cap_rate"])
        figures["surcharge_from"] = after(start, 1) if start else None
    elif stage == "ON_THE_SPOT":
        figures.update(citizen_max_cny=table["citizen_max_cny"], unit_max_cny=table["unit_max_cny"])
    elif stage == "COURT":
        figures["months"] = table["months"]
        figures["due_on"] = months_after(start, table["months"]) if start else None
        case.doubt(case.law["court_period"]["cite"])
    elif stage == "LIMITATION":
        years = table["years_extended" if case["harms_life_or_finance"] else "years"]
        figures["years"] = years
        figures["due_on"] = months_after(start, 12 * years) if start else None
    else:
        _days(case, table)
    return FIGURES


def _days(case: Case, table: dict[str, Any]) -> None:
    days, kind, cite, figures = table["days"], table["day_kind"], table["cite"], case.figures
    figures["days"] = days
    figures["due_on"] = due(case, case["from"], -days if table.get("backward") else days, kind, cite)
    figures["extensions"] = [
        {"days": more["days"] or None, "by": more["by"], "due_on": _extended(case, more["days"], kind, table)}
        for more in table.get("extensions", [])
    ]
    case.say(f"{days} 个{DAY_KINDS[kind]}", cite)


def _extended(case: Case, days: int, kind: str, table: dict[str, Any]) -> object:
    return due(case, case["from"], days, kind, table["cite"]) if days else None


RULE = Rule(
    id="penalty_procedure",
    title="行政处罚的期限",
    decides="案件每个环节的期限、工作日还是自然日、最后一日",
    facts={
        "stage": choice("环节", STAGES),
        "from": day("起算之日"),
        "harms_life_or_finance": flag("涉及公民生命健康安全、金融安全且有危害后果"),
    },
    values={},
    figures={
        "days": "日数",
        "day_kind": "日的种类",
        "due_on": "最后一日",
        "extensions": "可以延长到（日数自起算之日）",
        "months": "月数（申请强制执行）",
        "years": "年数（时效）",
        "daily_rate": "每日加处的比例",
        "cap_rate": "加处的上限，占罚款",
        "surcharge_from": "加处起算之日",
        "citizen_max_cny": "当场处罚，公民不超过（元）",
        "unit_max_cny": "当场处罚，单位不超过（元）",
    },
    decide=decide,
)
