"""Fines after an accident: 安全生产法 95, 96, 110, 114, 493号 35–38, 令14, coal mines apart, the lighter law."""

from anlan.rules.accident_fine.bands import grades_possible
from anlan.rules.accident_fine.editions import applied
from anlan.rules.facts import amount, choice, count, day, flag
from anlan.rules.finding import FIGURES
from anlan.rules.grades import GRADES
from anlan.rules.registry import Case, Rule

ACTS = {
    "LIABLE": "对事故发生负有责任；未履行职责导致事故",
    "NO_RESCUE": "不立即组织抢救",
    "ABSENT": "调查处理期间擅离职守",
    "FLEE": "事故发生后逃匿",
    "LATE_REPORT": "迟报",
    "OMITTED_REPORT": "漏报",
    "FALSE_REPORT": "谎报",
    "CONCEALMENT": "瞒报",
    "FORGE_SCENE": "伪造、故意破坏现场",
    "DESTROY_EVIDENCE": "转移、隐匿资金财产，销毁证据资料",
    "REFUSE_INQUIRY": "拒绝接受调查、拒绝提供资料",
    "PERJURY": "作伪证或指使他人作伪证",
}
SECTORS = {"GENERAL": "一般行业", "COAL_MINE": "煤矿"}


def decide(case: Case) -> str | None:
    """Figures under the law of the day of the act, or of the decision where that is lighter."""
    possible = grades_possible(case)
    if not case.need("act"):
        return None
    outcome = applied(case, possible)
    case.figures.update(outcome.figures)
    for text, cite in outcome.reasons:
        case.say(text, cite)
    case.lacks(*outcome.lacking)
    return None if case.unknown else FIGURES


RULE = Rule(
    id="accident_fine",
    title="事故罚款",
    decides="事故后对单位和人员的罚款幅度，由谁决定",
    facts={
        "grade": choice("事故等级", GRADES),
        "deaths": count("死亡人数"),
        "serious_injuries": count("重伤人数（含急性工业中毒）"),
        "direct_loss_wan": amount("直接经济损失（万元）"),
        "sector": choice("行业", SECTORS, default="GENERAL"),
        "act": choice("行为", ACTS),
        "aggravated": flag("贻误抢救、造成事故扩大、影响调查或造成重大社会影响"),
        "especially_serious": flag("情节特别严重、影响特别恶劣"),
        "income_cny": amount("主要负责人上一年年收入（元）"),
        "decided_on": day("作出处罚决定之日"),
    },
    values={},
    figures={
        "unit_min_wan": "单位罚款下限（万元）",
        "unit_max_wan": "单位罚款上限（万元）",
        "unit_law_min_wan": "法律、法规对单位的下限（万元）",
        "unit_law_max_wan": "法律、法规对单位的上限（万元）",
        "principal_rate_min": "主要负责人：占上一年年收入，下限",
        "principal_rate_max": "主要负责人：占上一年年收入，上限",
        "principal_law_rate_min": "法律、法规对主要负责人的下限",
        "principal_law_rate_max": "法律、法规对主要负责人的上限",
        "principal_min_cny": "主要负责人罚款下限（元）",
        "principal_max_cny": "主要负责人罚款上限（元）",
        "other_rate_min": "其他负责人、安全管理人员（直接责任人员）：下限",
        "other_rate_max": "其他负责人、安全管理人员（直接责任人员）：上限",
        "multiplier_min": "单位罚款可加的倍数，下限",
        "multiplier_max": "单位罚款可加的倍数，上限",
        "decided_by": "由哪一级决定",
        "decided_by_organ": "由哪个系统决定",
        "grade": "事故等级",
        "edition_applied": "所用版本",
    },
    decide=decide,
)
