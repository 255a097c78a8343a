"""Hours of safety training by post."""

from anlan.rules.facts import choice, yes
from anlan.rules.finding import FIGURES
from anlan.rules.registry import Case, Rule

POSTS = {
    "PRINCIPAL": "主要负责人",
    "SAFETY_MANAGER": "安全生产管理人员",
    "WORKER": "从业人员",
    "SPECIAL_OPERATOR": "特种作业人员",
    "SAFETY_ENGINEER": "注册安全工程师",
}
HOURS = ("first_hours", "yearly_hours", "cycle_hours")


def decide(case: Case) -> str | None:
    """First, yearly and cycle hours; whether the industry is of high risk matters only where the text says so."""
    if not case.need("post"):
        return None
    table = case.law[case["post"]]
    if "high" in table and not case.need("high_risk"):
        return None
    applied = table["high"] if case["high_risk"] and "high" in table else table
    case.figures.update({name: applied.get(name) for name in HOURS})
    said = "，".join(f"{case_label} {applied[name]} 学时" for name, case_label in LABELS.items() if name in applied)
    case.say(f"{POSTS[case['post']]}：{said}", table["cite"])
    return FIGURES


LABELS = {"first_hours": "初次不少于", "yearly_hours": "每年再培训不少于", "cycle_hours": "每个复审或注册周期不少于"}

RULE = Rule(
    id="training_hours",
    title="安全培训学时",
    decides="各类人员初次、每年、每个周期的学时",
    facts={
        "post": choice("岗位", POSTS),
        "high_risk": yes("煤矿、非煤矿山、危险化学品、烟花爆竹、金属冶炼"),
    },
    values={},
    figures={"first_hours": "初次（学时）", "yearly_hours": "每年（学时）", "cycle_hours": "每个周期（学时）"},
    decide=decide,
)
