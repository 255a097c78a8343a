"""Relative figures of accidents, by edition of GB 6441. Each needs only its own facts; nothing is unknown here."""

from fractions import Fraction
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.facts import amount, count, many
from anlan.rules.finding import FIGURES
from anlan.rules.registry import Case, Rule


def decide(case: Case) -> str | None:
    """All rates that the facts allow."""
    factors, figures = case.law["factors"], case.figures
    deaths, serious, minor = case["deaths"], case["serious_injuries"], case["minor_injuries"]
    employees = _employees(case)
    edition = case.law["edition"]["name"]
    figures.update(
        edition=edition,
        employees=employees,
        death_per_1000=rate(deaths, employees, factors["per_1000"]),
        serious_injury_per_1000=rate(serious, employees, factors["per_1000"]),
        death_per_million_t=rate(deaths, case["output_t"], factors["per_million"]),
        death_per_10000_m3=rate(deaths, case["output_m3"], factors["per_10000"]),
        death_per_100m_gdp=rate(deaths, case["gdp_cny"], factors["per_100m"]),
        death_per_million_hours=rate(deaths, case["hours"], factors["per_million"]),
    )
    case.say("百万工时死亡率是单纯的比值，没有标准", None)
    if edition == "2025":
        figures["injury_per_1000"] = rate(_sum(serious, minor), employees, factors["per_1000"])
        case.say("千人事故受伤率按全部受伤人数；千人重伤率已不在标准里，只是比值", case.law["edition"]["cite"])
    else:
        _of_1986(case, _sum(deaths, serious, minor))
    return FIGURES


def rate(part: Any, whole: Any, factor: int) -> Fraction | None:
    """``part`` in ``factor`` of ``whole``; None where something is missing or nothing to divide by."""
    return None if part is None or not whole else Fraction(part) * factor / Fraction(whole)


def _sum(*numbers: Any) -> Any:
    return None if None in numbers else sum(numbers)


def _employees(case: Case) -> Fraction | None:
    given, periods = case["employees"], case["employees_by_period"]
    if not periods or None in periods:
        return None if given is None else Fraction(given)
    mean = Fraction(sum(periods), len(periods))
    if given is not None and given != mean:
        raise RuleError("contradiction", "employees 不等于各期的平均数", "/employees")
    case.say(f"从业人数取 {len(periods)} 期的平均数", case.law["factors"]["cite"])
    return mean


def _of_1986(case: Case, hurt: int | None) -> None:
    """Frequency and severity; the hurt include the dead."""
    table = case.law["lost"]
    parts = (
        None if case["deaths"] is None else case["deaths"] * table["days_per_death"],
        _lost(case, "serious"),
        _lost(case, "minor"),
    )
    lost = _sum(*parts)
    million = case.law["factors"]["per_million"]
    case.figures.update(
        injury_frequency=rate(hurt, case["hours"], million),
        lost_days=lost,
        injury_severity=rate(lost, case["hours"], million),
        average_severity=rate(lost, hurt, 1),
    )
    case.say(f"死亡一人按 {table['days_per_death']} 个损失工作日", table["cite"])


def _lost(case: Case, kind: str) -> Any:
    """Lost days of a kind; nobody hurt means none lost."""
    given = case[f"{kind}_lost_days"]
    return 0 if given is None and case[f"{kind}_injuries"] == 0 else given


RULE = Rule(
    id="injury_rates",
    title="伤亡事故相对指标",
    decides="千人死亡率等各项比率，按版本",
    facts={
        "deaths": count("死亡人数"),
        "serious_injuries": count("重伤人数"),
        "minor_injuries": count("轻伤人数"),
        "employees": amount("平均从业人数"),
        "employees_by_period": many("各期从业人数", amount("一期")),
        "hours": amount("实际总工时"),
        "serious_lost_days": amount("重伤损失工作日"),
        "minor_lost_days": amount("轻伤损失工作日"),
        "output_t": amount("产量（吨）"),
        "output_m3": amount("产量（立方米）"),
        "gdp_cny": amount("国内生产总值（元）"),
    },
    values={},
    figures={
        "edition": "版本",
        "employees": "平均从业人数",
        "death_per_1000": "千人死亡率",
        "serious_injury_per_1000": "千人重伤率",
        "injury_per_1000": "千人事故受伤率（2025）",
        "death_per_million_t": "百万吨死亡率",
        "death_per_10000_m3": "万立方米死亡率",
        "death_per_100m_gdp": "亿元 GDP 死亡率",
        "death_per_million_hours": "百万工时死亡率",
        "injury_frequency": "伤害频率（1986）",
        "lost_days": "损失工作日（1986）",
        "injury_severity": "伤害严重率（1986）",
        "average_severity": "伤害平均严重率（1986）",
    },
    decide=decide,
)
