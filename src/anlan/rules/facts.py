"""The facts a rule takes: declared once, then read strictly and published as JSON schema.

Absent and null are the same: not known. A flag is a circumstance that must be established: absent counts
as not established. Numbers become ``Fraction`` so that no threshold is missed by a rounding.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from anlan.rules.errors import RuleError

BIGGEST = 10**15
MOST_PLACES = 30

Reader = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One fact: its Chinese label, how it is read, its JSON schema, what stands for absent."""

    label: str
    read: Reader
    schema: dict[str, Any]
    default: Any = None
    is_flag: bool = False
    codes: Mapping[str, str] | None = None
    of: "Field | None" = None
    fields: "Mapping[str, Field] | None" = None
    """What a choice chooses from, a list lists, an object holds: for those who draw a form."""


def count(label: str) -> Field:
    """A whole number, not negative."""
    return Field(label, _read_count, {"type": "integer", "minimum": 0})


def change(label: str) -> Field:
    """A whole number that may be negative; absent means no change."""
    return Field(label, _read_whole, {"type": "integer"}, default=0)


def amount(label: str, at_most: int | None = None) -> Field:
    """A number, not negative, at most ``at_most``."""
    schema: dict[str, Any] = {"type": "number", "minimum": 0}
    if at_most is not None:
        schema["maximum"] = at_most

    def read(value: Any, pointer: str) -> Fraction:
        number = read_number(value, pointer)
        if number < 0 or (at_most is not None and number > at_most):
            limit = "不能是负数" if number < 0 else f"不能大于 {at_most}"
            raise RuleError("bad_shape", f"{label}{limit}", pointer)
        return number

    return Field(label, read, schema)


def choice(label: str, codes: Mapping[str, str], default: str | None = None) -> Field:
    """One code out of ``codes`` (code → Chinese)."""

    def read(value: Any, pointer: str) -> str:
        if not isinstance(value, str) or value not in codes:
            near = difflib.get_close_matches(str(value), codes, n=3, cutoff=0.4) or list(codes)[:20]
            raise RuleError(
                "bad_shape", f"{label}不能是 {value!s:.60}，只能是 {'、'.join(list(codes)[:20])}", pointer, near
            )
        return value

    described = {"enum": list(codes), "description": "；".join(f"{code} {text}" for code, text in codes.items())}
    return Field(label, read, described, default, codes=codes)


def flag(label: str) -> Field:
    """A circumstance that must be established; absent is not established."""
    return Field(label, _read_yes, {"type": "boolean"}, default=False, is_flag=True)


def yes(label: str) -> Field:
    """True, false, or not known."""
    return Field(label, _read_yes, {"type": "boolean"})


def day(label: str) -> Field:
    """A legal date, YYYY-MM-DD."""
    return Field(label, read_day, {"type": "string", "format": "date"})


def instant(label: str) -> Field:
    """RFC 3339 with an offset."""
    return Field(label, _read_instant, {"type": "string", "format": "date-time"})


def words(label: str) -> Field:
    """Text, not empty."""
    return Field(label, _read_words, {"type": "string", "minLength": 1, "maxLength": 200})


def many(label: str, of: Field) -> Field:
    """A list of ``of``."""

    def read(value: Any, pointer: str) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise RuleError("bad_shape", f"{label}应当是列表", pointer)
        return [None if item is None else of.read(item, f"{pointer}/{place}") for place, item in enumerate(value)]

    return Field(label, read, {"type": "array", "items": of.schema}, of=of)


def group(label: str, fields: Mapping[str, Field]) -> Field:
    """An object with known keys."""

    def read(value: Any, pointer: str) -> dict[str, Any]:
        return read_facts(fields, value, pointer, label)

    return Field(label, read, schema_of(fields), fields=fields)


def by_code(label: str, codes: Mapping[str, str], of: Field) -> Field:
    """An object whose keys are codes out of ``codes``; a code that is said with null stays as not known."""
    fields = {code: Field(text, of.read, of.schema) for code, text in codes.items()}

    def read(value: Any, pointer: str) -> dict[str, Any]:
        found = read_facts(fields, value, pointer, label)
        return {code: found[code] for code in value}

    return Field(label, read, schema_of(fields), fields=fields)


def read_facts(fields: Mapping[str, Field], given: Any, pointer: str = "", label: str = "事实") -> dict[str, Any]:
    """Every declared fact, read; defaults and None for what is absent."""
    if not isinstance(given, Mapping):
        raise RuleError("bad_shape", f"{label}应当是一个对象", pointer)
    for name in given:
        if name not in fields:
            near = difflib.get_close_matches(str(name), fields, n=3, cutoff=0.5)
            raise RuleError(
                "unknown_key", f"{label}里没有“{name!s:.60}”这一项", f"{pointer}/{_escaped(str(name))}", near
            )
    read = {}
    for name, field in fields.items():
        value = given.get(name)
        read[name] = field.default if value is None else field.read(value, f"{pointer}/{name}")
    return read


def schema_of(fields: Mapping[str, Field]) -> dict[str, Any]:
    """JSON schema of an object with these facts."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"title": field.label, **_or_null(field.schema)} for name, field in fields.items()},
    }


def read_number(value: Any, pointer: str) -> Fraction:
    """An exact number of a size that a fact of this world can have."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RuleError("bad_shape", "应当是数", pointer)
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > MOST_PLACES or _places(value) > MOST_PLACES:
            raise RuleError("bad_shape", "这个数太大或小数位太多", pointer)
    elif abs(value) > BIGGEST:
        raise RuleError("bad_shape", "这个数太大", pointer)
    number = Fraction(value)
    if abs(number) > BIGGEST:
        raise RuleError("bad_shape", "这个数太大", pointer)
    return number


def read_day(value: Any, pointer: str) -> date:
    """A date between 1900 and 2999, written YYYY-MM-DD."""
    if type(value) is date:
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ValueError
        found = date.fromisoformat(value)
        if not 1900 <= found.year <= 2999:
            raise ValueError
    except ValueError:
        raise RuleError("bad_shape", "日期应当写成 YYYY-MM-DD", pointer) from None
    return found


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _read_whole(value: Any, pointer: str) -> int:
    number = read_number(value, pointer)
    if number.denominator != 1:
        raise RuleError("bad_shape", "应当是整数", pointer)
    return int(number)


def _read_count(value: Any, pointer: str) -> int:
    number = _read_whole(value, pointer)
    if number < 0:
        raise RuleError("bad_shape", "不能是负数", pointer)
    return number


def _read_yes(value: Any, pointer: str) -> bool:
    if not isinstance(value, bool):
        raise RuleError("bad_shape", "应当是 true 或 false", pointer)
    return value


def _read_words(value: Any, pointer: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise RuleError("bad_shape", "应当是不超过 200 字的文字，不能为空", pointer)
    return value


_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _read_instant(value: Any, pointer: str) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    try:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise ValueError
        found = datetime.fromisoformat(value.upper())
        if not 1900 <= found.year <= 2999:
            raise ValueError
    except ValueError:
        raise RuleError("bad_shape", "时刻应当按 RFC 3339 写，带时区，如 2026-03-01T08:00:00+08:00", pointer) from None
    return found


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:60]


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else schema
