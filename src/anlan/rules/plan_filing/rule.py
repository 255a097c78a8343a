"""Filing and evaluation of emergency plans: 应急预案管理办法 arts. 26, 28, 35; 应急条例 art. 7."""

from anlan.rules.days import months_after
from anlan.rules.drill_frequency.rule import UNIT_KINDS
from anlan.rules.facts import choice, day
from anlan.rules.finding import FIGURES
from anlan.rules.periods import due
from anlan.rules.registry import Case, Rule


def decide(case: Case) -> str | None:
    """Whether a plan is filed, by when, and when it is evaluated again."""
    if not case.need("unit_kind"):
        return None
    table, figures, published = case.law[case["unit_kind"]], case.figures, case["published_on"]
    figures["must_file"] = table["must_file"]
    if "filing_days" in table:
        figures.update(filing_days=table["filing_days"], day_kind="WORKING")
        figures["due_on"] = due(case, published, table["filing_days"], "WORKING", table["cite"])
        figures["check_days"] = case.law["check"]["days"]
        case.say(f"公布之日起 {table['filing_days']} 个工作日内备案，并向社会公布", table["cite"])
        case.say(f"受理部门 {figures['check_days']} 个工作日内核对", case.law["check"]["cite"])
    elif table["must_file"]:
        case.say("报送本级人民政府备案，期限没有规定", table["cite"])
    else:
        case.say("不在全国性的备案范围，由省级部门确定", table["cite"])
    evaluation = table.get("evaluation")
    if evaluation:
        figures["evaluation_every_months"] = evaluation["every_months"]
        start = case["last_evaluated_on"] or published
        figures["evaluation_due_on"] = months_after(start, evaluation["every_months"]) if start else None
        case.say("每三年评估一次", evaluation["cite"])
    case.say(
        "未按规定制定预案、演练的，依安全生产法第九十七条处罚；办法第四十四条仍引旧法条号和数额，从法律",
        case.law["fine"]["cite"],
    )
    return FIGURES


RULE = Rule(
    id="plan_filing",
    title="应急预案备案",
    decides="预案要不要备案、何时备案、何时评估",
    facts={
        "unit_kind": choice("单位种类", UNIT_KINDS),
        "published_on": day("预案公布之日"),
        "last_evaluated_on": day("上次评估之日"),
    },
    values={},
    figures={
        "must_file": "要不要备案",
        "filing_days": "备案（日）",
        "day_kind": "日的种类",
        "due_on": "备案最后一日",
        "check_days": "部门核对（工作日）",
        "evaluation_every_months": "评估间隔（月）",
        "evaluation_due_on": "评估最迟",
    },
    decide=decide,
)
