"""How long a certificate holds, when it is reviewed, and what an absence from the post asks for."""

from anlan.rules.days import last_valid_day
from anlan.rules.facts import amount, choice, day, flag
from anlan.rules.finding import FIGURES
from anlan.rules.registry import Case, Rule

KINDS = {"SPECIAL_OPERATION": "特种作业操作证", "SAFETY_ENGINEER": "注册安全工程师执业证"}


def decide(case: Case) -> str | None:
    """Expiry, review and exams of one certificate."""
    if not case.need("kind"):
        return None
    table, figures, issued = case.law[case["kind"]], case.figures, case["issued_on"]
    figures.update(
        validity_years=table["validity_years"],
        apply_before_days=table["apply"]["apply_before_days"],
        review_training_hours=table["apply"]["review_training_hours"],
    )
    if issued:
        figures["expires_on"] = last_valid_day(issued, table["validity_years"])
    case.say(f"有效期 {table['validity_years']} 年，最后一日是到期那年同一日的前一日", table["cite"])
    if "review_every_years" in table:
        _review(case)
    if "later" in table:
        case.doubt(table["later"]["cite"])
    case.say(f"期满前 {figures['apply_before_days']} 日的申请", table["apply"]["cite"])
    return FIGURES


def _review(case: Case) -> None:
    table, figures = case.law[case["kind"]], case.figures
    source = table["clean"] if case["ten_years_clean"] else table
    figures["review_every_years"] = source["review_every_years"]
    if case["issued_on"]:
        figures["review_due_on"] = last_valid_day(case["issued_on"], source["review_every_years"])
    case.say(f"每 {source['review_every_years']} 年复审一次", source["cite"])
    absence = table["absence"]
    months = absence["practical_exam_after_months"]
    figures["practical_exam_after_months"] = months
    # The text asks for the practical exam only (art. 32).
    figures["theory_exam_required"] = False
    if case["absent_months"] is not None:
        figures["practical_exam_required"] = case["absent_months"] >= months
        case.say(f"离岗 {months} 个月以上的重新进行实际操作考试", absence["cite"])


RULE = Rule(
    id="certificate_validity",
    title="证书有效期与复审",
    decides="证书到哪一日、何时复审、离岗后要不要再考",
    facts={
        "kind": choice("证书", KINDS),
        "issued_on": day("发证（准予注册）之日"),
        "absent_months": amount("离开岗位的月数"),
        "ten_years_clean": flag("连续从事本工种十年以上、守法，且经考核发证机关同意"),
    },
    values={},
    figures={
        "validity_years": "有效期（年）",
        "review_every_years": "复审（年）",
        "apply_before_days": "期满前申请（日）",
        "review_training_hours": "复审或延续前的培训（学时）",
        "expires_on": "最后有效日",
        "review_due_on": "复审最后一日",
        "practical_exam_after_months": "离岗几个月要考实操",
        "practical_exam_required": "要不要考实操",
        "theory_exam_required": "要不要考理论",
    },
    decide=decide,
)
