"""Who investigates an accident and within which limits: 493号 arts. 19–21, 27, 29, 32; 安全生产法 art. 86."""

from anlan.rules.days import after
from anlan.rules.facts import choice, count, day, yes
from anlan.rules.grades import GRADES
from anlan.rules.registry import Case, Rule

INVESTIGATORS = {
    "STATE_COUNCIL": "国务院或其授权部门",
    "PROVINCE": "省级政府",
    "CITY": "设区的市级政府",
    "COUNTY": "县级政府",
}


def decide(case: Case) -> str | None:
    """The government of the place of the accident, by grade."""
    law, grade = case.law, case["grade"]
    case.figures.update(
        report_days=law["report"]["days"],
        extension_max_days=law["report"]["extension_max_days"],
        appraisal_counted=law["appraisal"]["counted"],
        report_due_on=_report_due_on(case),
        evaluation_months=law["evaluation"].get("months"),
        may_delegate_to_unit=_may_delegate(case),
    )
    case.say("自事故发生之日起 60 日内提交调查报告，经批准延长不超过 60 日", law["report"]["cite"])
    case.say("技术鉴定所需时间不计入调查期限", law["appraisal"]["cite"])
    if law["evaluation"].get("months"):
        case.say("批复后一年内评估整改落实情况并公开", law["evaluation"]["cite"])
    if not case.need("grade"):
        return None
    extraordinary = grade == "EXTRAORDINARY"
    case.figures["reply_days"] = law["reply"]["days_extraordinary" if extraordinary else "days"]
    case.figures["reply_extension_max_days"] = (
        law["reply"]["extension_max_days_extraordinary"] if extraordinary else None
    )
    case.say(f"收到报告之日起 {case.figures['reply_days']} 日内批复", law["reply"]["cite"])
    investigator: str = law["by"][grade]
    case.say(f"{GRADES[grade]}由事故发生地{INVESTIGATORS[investigator]}负责调查", law["by"]["cite"])
    return investigator


def _report_due_on(case: Case) -> object:
    """The due day: 60 days, the time of appraisal, and an approved extension; None without the first day."""
    start, cite = case["occurred_on"], case.law["report"]["cite"]
    if start is None:
        return None
    most = case.law["report"]["extension_max_days"]
    extension = case["extension_days"] or 0
    if extension > most:
        case.say(f"延长 {extension} 日超过最长 {most} 日，按 {most} 日计", cite)
    appraisal = case["appraisal_days"] or 0
    if case["appraisal_days"] is None:
        case.say("没有填技术鉴定时间，按没有鉴定计", case.law["appraisal"]["cite"])
    return after(start, case.law["report"]["days"] + min(extension, most) + appraisal)


def _may_delegate(case: Case) -> bool | None:
    """Only an ordinary accident without casualties may be left to the unit (art. 19 para 3)."""
    grade, casualties = case["grade"], case["casualties"]
    if casualties or (grade and grade != "ORDINARY"):
        return False
    if grade is None or casualties is None:
        return None
    case.say("没有人员伤亡的一般事故，县级政府也可以委托事故发生单位组织调查", case.law["delegate"]["cite"])
    return True


RULE = Rule(
    id="accident_investigation",
    title="事故调查",
    decides="哪一级政府调查、何时交报告、何时批复",
    facts={
        "grade": choice("事故等级", GRADES),
        "casualties": yes("有没有人员伤亡"),
        "occurred_on": day("事故发生之日"),
        "appraisal_days": count("技术鉴定用的日数"),
        "extension_days": count("批准延长的日数"),
    },
    values=INVESTIGATORS,
    figures={
        "report_days": "提交调查报告（日）",
        "extension_max_days": "最长延长（日）",
        "appraisal_counted": "技术鉴定时间是否计入",
        "report_due_on": "调查报告最后一日",
        "reply_days": "批复（日）",
        "reply_extension_max_days": "批复最长延长（日）",
        "may_delegate_to_unit": "能否委托事故单位调查",
        "evaluation_months": "批复后评估（月）",
    },
    decide=decide,
)
