"""JSON in and out without losing a digit: numbers come in as decimals and leave as the decimals they are."""

import json
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from json.encoder import encode_basestring
from typing import Any, NoReturn

from anlan.rules.errors import RuleError

QUOTIENT = Context(prec=28)
"""A quotient that has no end is cut after 28 significant digits; decisions are taken before that."""

WIDE = Context(prec=10**6)
"""Loses nothing."""


def loads(text: str | bytes) -> Any:
    """Parse JSON; ``RuleError`` when it is none, holds NaN, or says a key twice."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_once)
    except RuleError:
        raise
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise RuleError("bad_shape", f"不是有效的 JSON：{error}") from None


def dumps(value: Any) -> str:
    """JSON text of ``value`` (str, bool, int, Decimal, Fraction, date, list, dict, None), always encodable."""
    text = _dumped(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair, as a caller may send it: it goes back as the escape it came in.
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def _dumped(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is dict:
        return (
            "{" + ", ".join([f"{encode_basestring(str(name))}: {_dumped(item)}" for name, item in value.items()]) + "}"
        )
    if kind is list or kind is tuple:
        return "[" + ", ".join([_dumped(item) for item in value]) + "]"
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is Fraction or kind is Decimal or kind is int:
        return number_text(value)
    if kind is float:
        return number_text(Decimal(repr(value)))
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    raise TypeError(f"no JSON for {kind}")


def number_text(number: int | Decimal | Fraction) -> str:
    """The plain decimal digits of ``number``: no exponent, no trailing zeros."""
    if isinstance(number, Fraction):
        number = _decimal(number)
    if isinstance(number, int):
        return str(number)
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _decimal(number: Fraction) -> Decimal:
    if number.denominator == 1:
        return Decimal(number.numerator)
    if number.denominator < 10**12 and 10**12 % number.denominator == 0:
        return Decimal(number.numerator * (10**12 // number.denominator)).scaleb(-12, WIDE)
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return QUOTIENT.divide(Decimal(number.numerator), Decimal(number.denominator))
    places = max(twos, fives)
    return Decimal(number.numerator * 10**places // number.denominator).scaleb(-places, WIDE)


def _refuse_constant(word: str) -> NoReturn:
    raise RuleError("bad_shape", f"{word} 不是数")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RuleError("bad_shape", f"同一项写了两次：{twice}", f"/{twice}")
    return found
