"""Readings and measures before hot work and entry: one check after another, each passed, broken or open."""

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction

from anlan.rules.errors import RuleError
from anlan.rules.facts import Field, amount, choice, flag, group, instant, many, words, yes
from anlan.rules.params import Citation
from anlan.rules.registry import Case
from anlan.rules.wire import number_text

VALUES = {"PERMITTED": "可以作业", "FORBIDDEN": "不得作业"}
REGIMES = {"CHEMICAL": "危险化学品企业", "INDUSTRY_TRADE": "工贸企业"}
WORK_LEVELS = {"SPECIAL": "特级", "FIRST": "一级", "SECOND": "二级"}

FACTS: dict[str, Field] = {
    "regime": choice("适用对象", REGIMES),
    "gas_vol_percent": amount("可燃气体浓度（体积分数 %）", at_most=100),
    "lel_vol_percent": amount("该气体的爆炸下限（体积分数 %）", at_most=100),
    "percent_of_lel": amount("可燃气体浓度（爆炸下限的 %）"),
    "o2_vol_percent": amount("氧含量（体积分数 %）", at_most=100),
    "o2_enriched": flag("富氧环境"),
    "sampled_at": instant("取样时刻"),
    "starts_at": instant("作业开始时刻"),
    "interrupted_minutes": amount("中断（分钟，没有中断填 0）"),
    "work_level": choice("动火级别", WORK_LEVELS),
    "toxics": many(
        "有毒物质",
        group(
            "有毒物质",
            {"name": words("名称"), "mg_m3": amount("浓度 mg/m³"), "limit_mg_m3": amount("接触限值 mg/m³")},
        ),
    ),
    "guardian": yes("有专人监护"),
    "ventilated": yes("通风良好"),
    "isolated": yes("已隔离"),
}
FIGURES = {
    "gas_vol_percent": "可燃气体浓度（体积分数 %）",
    "gas_limit_vol_percent": "可燃气体限值（体积分数 %）",
    "sample_gap_minutes": "取样到开始（分钟）",
    "new_analysis_after_minutes": "中断多久要重新分析（分钟）",
    "permit_hours": "作业票有效期（小时）",
    "broken": "不符合的项",
}


def settle(case: Case, broken: Iterable[str]) -> str | None:
    """FORBIDDEN as soon as one check is broken; otherwise nothing may be open."""
    case.figures["broken"] = list(broken)
    if case["regime"] != "CHEMICAL":
        case.doubt(case.law["regime"]["cite"])
    if case.figures["broken"]:
        case.unknown.clear()
        return "FORBIDDEN"
    return "PERMITTED"


def gas(case: Case) -> bool | None:
    """Combustible gas against the limit by its lower explosive limit; True when broken."""
    table, lel = case.law["gas"], case["lel_vol_percent"]
    found = _concentration(case)
    low, high = Fraction(table["limit_below_edge"]), Fraction(table["limit_from_edge"])
    limit = None if lel is None else high if lel >= table["lel_edge"] else low
    case.figures.update(gas_vol_percent=found, gas_limit_vol_percent=limit)
    if found is None:
        case.lacks("lel_vol_percent" if case["percent_of_lel"] is not None else "gas_vol_percent")
        return None
    if limit is None and low < found <= high:
        case.lacks("lel_vol_percent")
        return None
    is_broken = bool(found > (limit if limit is not None else low))
    text = (
        f"限值 {number_text(limit)}%"
        if limit is not None
        else f"任何爆炸下限的限值在 {number_text(low)}%～{number_text(high)}%"
    )
    case.say(f"可燃气体 {number_text(found)}%（体积分数），{text}：{_verdict(is_broken)}", table["cite"])
    return is_broken


def _concentration(case: Case) -> Fraction | None:
    given, share, lel = case["gas_vol_percent"], case["percent_of_lel"], case["lel_vol_percent"]
    converted = Fraction(0) if share == 0 else None if share is None or lel is None else Fraction(share * lel / 100)
    if given is not None and converted is not None and given != converted:
        raise RuleError("contradiction", "gas_vol_percent 与 percent_of_lel 换算的结果不同", "/percent_of_lel")
    return given if given is not None else converted


def sampling(case: Case) -> bool | None:
    """The sample not more than the allowed time before the start, and not after it."""
    if not case.need("sampled_at", "starts_at"):
        return None
    table = case.law["sample"]
    gap = Fraction((case["starts_at"] - case["sampled_at"]) // timedelta(microseconds=1), 60_000_000)
    case.figures["sample_gap_minutes"] = gap
    is_broken = not 0 <= gap <= table["minutes"]
    case.say(
        f"取样到开始 {number_text(gap)[:10]} 分钟，不超过 {table['minutes']} 分钟：{_verdict(is_broken)}", table["cite"]
    )
    return is_broken


def interruption(case: Case, level: str | None) -> bool | None:
    """A longer interruption asks for a new analysis; ``level`` None is open between the ends."""
    table, minutes = case.law["interruption"], case["interrupted_minutes"]
    limits = [table[level]] if level else [number for name, number in table.items() if name != "cite"]
    case.figures["new_analysis_after_minutes"] = limits[0] if len(set(limits)) == 1 else None
    if not case.need("interrupted_minutes"):
        return None
    if min(limits) < minutes <= max(limits):
        case.lacks("work_level")
        return None
    is_broken = bool(minutes > max(limits))
    case.say(f"中断 {number_text(minutes)} 分钟：{'应当重新分析' if is_broken else '不用重新分析'}", table["cite"])
    return is_broken


def measure(case: Case, name: str, *, needed: bool = True) -> bool | None:
    """A measure that must be there; where it is not always asked for, absent is not open."""
    cite: Citation = case.law[name]["cite"]
    if case[name] is None:
        if needed:
            case.lacks(name)
        return None
    case.say(f"{FACTS[name].label}：{'是' if case[name] else '否，不符合'}", cite)
    return not case[name]


def _verdict(is_broken: bool) -> str:
    return "不符合" if is_broken else "符合"
