"""Direct and indirect loss of an accident, by edition of GB 6721."""

from fractions import Fraction

from anlan.rules.errors import RuleError
from anlan.rules.facts import amount, by_code
from anlan.rules.finding import FIGURES
from anlan.rules.registry import Case, Rule

ITEMS = {
    "medical": "医疗费",
    "nursing": "护理费",
    "nutrition": "营养费",
    "funeral_pension": "丧葬及抚恤费用",
    "relief": "补助及救济费用",
    "lost_wages": "歇工工资、误工费",
    "death_disability_compensation": "残疾赔偿金、死亡赔偿金",
    "administrative": "事务性费用（亲属交通、伙食、住宿）",
    "rescue_by_unit": "企业支出的救援费用",
    "rescue_by_public": "政府、公益机构支出的救援费用",
    "site_cleanup": "清理现场及影响区域",
    "fine": "事故罚款",
    "fixed_assets": "固定资产损失或修复",
    "inventory": "存货损失",
    "construction_in_progress": "在建工程及工程物资损失",
    "biological_assets": "生物资产损失",
    "stoppage": "停产、减产、停业、复产损失",
    "work_loss": "工作损失价值",
    "resource_loss": "资源损失价值",
    "pollution": "环境污染损害和治理",
    "new_staff_training": "补充新从业人员的招收和培训",
    "other_indirect": "其他间接损失",
    "civil_compensation": "其他民事赔偿（不能如期履约等）",
    "investigation": "事故调查费",
    "secondary_hazard": "消除次生危害主动支出",
    "rehabilitation": "康复、整容、残疾器具",
    "casualty_total": "人身伤亡后支出合计",
    "property_total": "财产损失合计",
    "aftermath_total": "善后处理合计（旧口径）",
}
PARTS = {
    "casualty_total": (
        *("medical", "nursing", "nutrition", "funeral_pension", "relief", "lost_wages"),
        "death_disability_compensation",
    ),
    "property_total": ("fixed_assets", "inventory", "construction_in_progress", "biological_assets"),
    "aftermath_total": (
        *("administrative", "rescue_by_unit", "rescue_by_public", "site_cleanup", "fine"),
        *("civil_compensation", "investigation"),
    ),
}
SIDES = {"D": "直接", "I": "间接"}


def decide(case: Case) -> str | None:
    """Sums of both sides; an item said with null leaves its side open."""
    edition = case.law["edition"]["name"]
    case.figures["edition"] = edition
    if not case.need("items"):
        return None
    items, sides = case["items"], case.law["sides"]
    _refuse_doubles(items)
    if "aftermath_total" in items and "aftermath_total" not in sides:
        message = "善后处理合计混着罚款和费用，新标准分在两边：请给出各项"
        raise RuleError("contradiction", message, "/items/aftermath_total", PARTS["aftermath_total"])
    case.figures["items"] = [
        {
            "code": code,
            "side": "DIRECT" if sides[code] == "D" else "INDIRECT",
            "clause": case.law["clauses"].get(code),
            "wan": wan,
        }
        for code, wan in items.items()
    ]
    for side, name in (("D", "direct_wan"), ("I", "indirect_wan")):
        amounts = [wan for code, wan in items.items() if sides[code] == side]
        case.figures[name] = None if None in amounts else sum(amounts, Fraction(0))
    case.lacks(*(f"items/{code}" for code, wan in items.items() if wan is None))
    for code in items:
        clause = case.law["clauses"].get(code, "")
        case.say(f"{ITEMS[code]}：{SIDES[sides[code]]}{f'（{clause}）' if clause else ''}", case.law["sides"]["cite"])
    return FIGURES


def _refuse_doubles(items: dict[str, Fraction | None]) -> None:
    for total, parts in PARTS.items():
        both = [part for part in parts if part in items]
        if total in items and both:
            raise RuleError("contradiction", f"{ITEMS[total]}与它的分项不能同时给", f"/items/{total}", both)


RULE = Rule(
    id="economic_loss",
    title="事故经济损失",
    decides="各项损失归直接还是间接，各合计多少",
    facts={"items": by_code("各项损失（万元）", ITEMS, amount("金额"))},
    values={},
    figures={
        "direct_wan": "直接经济损失（万元）",
        "indirect_wan": "间接经济损失（万元）",
        "edition": "所依版本",
        "items": "各项归类",
    },
    decide=decide,
)
