"""Control targets: ceiling, progress, what is allowed to date, year on year, fall against three years."""

import calendar
from fractions import Fraction

from anlan.rules.errors import RuleError
from anlan.rules.facts import amount, count, many
from anlan.rules.finding import FIGURES
from anlan.rules.registry import Case, Rule

YEARS = 3


def decide(case: Case) -> str | None:
    """Each figure needs only its own facts; a denominator of 0 gives none."""
    base, cut, current, elapsed = case["base"], case["cut_rate"], case["current"], case["elapsed_days"]
    ceiling = None if base is None or cut is None else int(base * (1 - cut) // 1)
    days = _days_of(case)
    time_rate = None if elapsed is None or days is None else Fraction(elapsed, days)
    case.figures.update(
        ceiling=ceiling,
        used_rate=None if current is None or not ceiling else Fraction(current, ceiling),
        time_rate=time_rate,
        allowed=None if ceiling is None or time_rate is None else int(ceiling * time_rate // 1),
        yoy_rate=_change(current, case["same_period"]),
        mean_fall_rate=_fall(current, _mean(case)),
    )
    case.say(
        "上限 = 基数 ×（1 − 降幅），舍去小数；进度允许 = 上限 × 已过日数 ÷ 全年日数，舍去小数", case.version.citation
    )
    return FIGURES


def _days_of(case: Case) -> int | None:
    year, elapsed = case["year"], case["elapsed_days"]
    if year is None:
        return None
    if not 1900 <= year <= 2999:
        raise RuleError("bad_shape", "年份应当在 1900 到 2999 之间", "/year")
    days = 366 if calendar.isleap(year) else 365
    if elapsed is not None and elapsed > days:
        raise RuleError("contradiction", f"{year} 年只有 {days} 日", "/elapsed_days")
    return days


def _mean(case: Case) -> Fraction | None:
    years = case["prior_three"]
    if years is None:
        return None
    if len(years) != YEARS:
        raise RuleError("bad_shape", f"应当是 {YEARS} 年的数", "/prior_three")
    return None if None in years else Fraction(sum(years), YEARS)


def _change(now: int | None, before: int | None) -> Fraction | None:
    return None if now is None or not before else Fraction(now - before, before)


def _fall(now: int | None, mean: Fraction | None) -> Fraction | None:
    return None if now is None or not mean else (mean - now) / mean


RULE = Rule(
    id="control_target",
    title="控制指标",
    decides="全年上限、进度、同比、比三年均值的降幅",
    facts={
        "base": count("基数（上年）"),
        "cut_rate": amount("降幅（1 的几分之几）", at_most=1),
        "current": count("本年至今"),
        "elapsed_days": count("已过日数"),
        "year": count("年份"),
        "same_period": count("上年同期"),
        "prior_three": many("前三年同期", count("一年")),
    },
    values={},
    figures={
        "ceiling": "全年上限",
        "used_rate": "已用",
        "time_rate": "时间进度",
        "allowed": "至今允许",
        "yoy_rate": "同比",
        "mean_fall_rate": "比三年均值的降幅",
    },
    decide=decide,
)
