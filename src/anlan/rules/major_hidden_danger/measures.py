"""Conditions with a number in the clause: what was measured against a limit, a share of another measure, or a table.

A measure that is not known leaves a condition open only while it can still change it: every measure is a number from
zero on, and a comparison that comes out the same at both ends of what is possible is decided.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from anlan.rules.wire import number_text

SENSES: Mapping[str, tuple[Callable[[Any, Any], bool], str]] = {
    "over": (operator.gt, "大于"),
    "at_least": (operator.ge, "不小于"),
    "below": (operator.lt, "小于"),
    "at_most": (operator.le, "不大于"),
}
BANDS = {"over_band": "over", "below_band": "below"}
ENDLESS = float("inf")
Measured = Mapping[str, Fraction | None]


def needed(condition: Mapping[str, Any]) -> list[str]:
    """The measures of a condition."""
    return [condition[name] for name in ("measure", "of", "by") if name in condition]


def holds(condition: Mapping[str, Any], measured: Measured) -> bool | None:
    """Whether the condition is met; None while the measures that are not known can still change it."""
    compare, _, _ = _comparison(condition)
    measure = measured.get(condition["measure"])
    possible: Sequence[Any] = [0, ENDLESS] if measure is None else [measure]
    found = {limit is not None and compare(one, limit) for one in possible for limit in _limits(condition, measured)}
    return found.pop() if len(found) == 1 else None


def reckoning(condition: Mapping[str, Any], measured: Measured) -> str:
    """The numbers behind a condition that holds, in words."""
    if holds(condition, measured) is None:
        return "没有给出数，由回答者认定"
    _, word, number = _comparison(condition)
    measure = measured.get(condition["measure"])
    limits = _limits(condition, measured)
    if measure is None or len(limits) != 1:
        return f"{'' if measure is None else number_text(measure)}，另一个数是多少都一样".lstrip("，")
    share = ""
    if "of" in condition and number != 1:
        share = f"（{number_text(measured[condition['of']] or 0)} 的 {number_text(Fraction(number))} 倍）"
    return f"{number_text(measure)} {word} {number_text(Fraction(limits[0]))}{share}"


def _comparison(condition: Mapping[str, Any]) -> tuple[Callable[[Any, Any], bool], str, Any]:
    name = next(name for name in condition if name in SENSES or name in BANDS)
    return *SENSES[BANDS.get(name, name)], condition[name]


def _limits(condition: Mapping[str, Any], measured: Measured) -> list[Any]:
    """The limits that are possible; None where the table asks for nothing."""
    _, _, number = _comparison(condition)
    if "of" in condition:
        other = measured.get(condition["of"])
        return [0, ENDLESS] if other is None else [Fraction(number) * other]
    if "by" not in condition:
        return [Fraction(number)]
    key = measured.get(condition["by"])
    bands = [(Fraction(start), Fraction(limit)) for start, limit in number]
    if key is None:
        return [*(limit for _, limit in bands), *([None] if bands[0][0] else [])]
    starts = operator.ge if condition["edge"] == "INCLUDED" else operator.gt
    reached = [limit for start, limit in bands if starts(key, start) or start == 0]
    return [reached[-1] if reached else None]
