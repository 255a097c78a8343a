"""An order to rectify within a limit: extension, recheck, documents; fire and special equipment apart."""

from datetime import date

from anlan.rules.errors import RuleError
from anlan.rules.facts import choice, day
from anlan.rules.finding import FIGURES
from anlan.rules.periods import DAY_KINDS, due
from anlan.rules.registry import Case, Rule

REGIMES = {"GENERAL": "应急管理部门", "FIRE": "消防", "SPECIAL_EQUIPMENT": "特种设备"}


def decide(case: Case) -> str | None:
    """The limits of the regime; what its text does not say stays null."""
    table = case.law.get(case["regime"])
    if table is None or table.get("missing"):
        case.doubt(table["cite"] if table else case.version.citation, "当日这一类的期限没有手边的文本")
        case.say("期限的文本不在手边，数字空着", table["cite"] if table else None)
        return FIGURES
    if case["due_on"] and case["ordered_on"] and case["due_on"] < case["ordered_on"]:
        raise RuleError("contradiction", "整改期限早于责令之日", "/due_on")
    figures, cite, kind = case.figures, table["cite"], table["day_kind"]
    figures.update(recheck_days=table["recheck_days"], day_kind=kind, documents=table["documents"])
    figures["recheck_due_on"] = due(
        case, _recheck_from(case, table.get("from_report")), table["recheck_days"], kind, cite
    )
    trigger = "提交整改报告" if table.get("from_report") else "申请复查或者限期届满"
    case.say(f"自{trigger}之日起 {table['recheck_days']} 个{DAY_KINDS[kind]}内复查", cite)
    if "serve_days" in table:
        figures["serve_days"] = table["serve_days"]
        figures["serve_due_on"] = due(case, case["checked_on"], table["serve_days"], kind, cite)
        case.say(f"自检查之日起 {table['serve_days']} 个{DAY_KINDS[kind]}内制作、送达通知书", cite)
    if "extension_reply_days" in table:
        _extension(case, table)
    else:
        case.say("条文没有规定延期", cite)
    return FIGURES


def _recheck_from(case: Case, from_report: bool | None) -> date | None:
    """The day the recheck runs from: the report, or the earlier of application and due day."""
    if from_report:
        submitted: date | None = case["report_submitted_on"]
        return submitted
    days = [found for found in (case["recheck_applied_on"], case["due_on"]) if found]
    return min(days) if days else None


def _extension(case: Case, table: dict) -> None:
    cite, figures = table["cite"], case.figures
    before, reply = table["extension_request_days_before"], table["extension_reply_days"]
    figures.update(
        extension_request_days_before=before,
        extension_request_by=due(case, case["due_on"], -before, "CALENDAR", cite),
        extension_reply_days=reply,
        extension_reply_due_on=due(case, case["extension_requested_on"], reply, "CALENDAR", cite),
        extension_by=table["extension_by"],
        extension_ground=table["extension_ground"],
    )
    requested, latest = case["extension_requested_on"], figures["extension_request_by"]
    if requested and latest:
        figures["extension_in_time"] = requested <= latest
    case.say(f"因{table['extension_ground']}不能按期完成的，届满前 {before} 日书面申请，{reply} 日内书面答复", cite)
    case.say("可以延期几次，条文没有规定", cite)


RULE = Rule(
    id="rectification_procedure",
    title="责令限期整改的程序",
    decides="怎样延期、几日内复查、用哪些文书",
    facts={
        "regime": choice("依哪一类规定", REGIMES, default="GENERAL"),
        "checked_on": day("检查之日"),
        "ordered_on": day("责令之日"),
        "due_on": day("整改期限届满之日"),
        "extension_requested_on": day("申请延期之日"),
        "recheck_applied_on": day("申请复查之日"),
        "report_submitted_on": day("提交整改报告之日"),
    },
    values={},
    figures={
        "recheck_days": "复查（日）",
        "day_kind": "日的种类",
        "recheck_due_on": "复查最后一日",
        "serve_days": "送达通知书（日）",
        "serve_due_on": "送达最后一日",
        "extension_request_days_before": "届满前几日申请延期",
        "extension_request_by": "申请延期最后一日",
        "extension_in_time": "延期申请是否及时",
        "extension_reply_days": "答复延期（日）",
        "extension_reply_due_on": "答复最后一日",
        "extension_by": "由谁准予",
        "extension_ground": "延期的理由",
        "extension_times": "可以延几次（条文没有规定）",
        "documents": "文书",
    },
    decide=decide,
)
