"""A form drawn from the facts of a rule, and the facts read from its query: the address of a trial is the trial."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from anlan.lib import clock
from anlan.rules import RuleError
from anlan.rules.facts import Field, read_day

FIRST_ROWS = 2
"""Empty rows offered for a list; one more when some are filled."""
MOST_ROWS = 40
PREFIX = "f"


@dataclass(slots=True)
class Control:
    """One input: ``kind`` select, number, date, instant or text."""

    name: str
    label: str
    kind: str
    value: str
    options: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """An object of a list: its controls, and a part for each list that it holds in turn."""

    controls: list[Control]
    parts: "list[Part]"


@dataclass(slots=True)
class Part:
    """A fact of the form: one control, or rows for a list, or the fields of an object."""

    label: str
    controls: list[Control]
    rows: list[Row] = field(default_factory=list)

    @property
    def is_deep(self) -> bool:
        """A list whose objects hold lists: shown folded until something is filled in."""
        return any(row.parts for row in self.rows)

    @property
    def is_filled(self) -> bool:
        return any(control.value for row in self.rows for control in row.controls) or any(
            part.is_filled for row in self.rows for part in row.parts
        )


def parts(facts: Mapping[str, Field], sent: Mapping[str, str], only: frozenset[str] | None = None) -> list[Part]:
    """The form of ``facts`` filled with what was ``sent``; ``only`` names the keys of objects worth asking."""
    return [_part(f"{PREFIX}.{name}", one, sent, only) for name, one in facts.items()]


def facts_of(facts: Mapping[str, Field], sent: Mapping[str, str]) -> dict[str, Any]:
    """The facts that were sent; what was left empty is absent."""
    found = {name: _read(f"{PREFIX}.{name}", one, sent) for name, one in facts.items()}
    return {name: value for name, value in found.items() if value is not None}


def day_of(sent: Mapping[str, str]) -> date:
    """The legal date that was sent; today for none that can be read."""
    try:
        return read_day(sent.get("on", ""), "/on")
    except RuleError:
        return clock.today()


def _part(name: str, one: Field, sent: Mapping[str, str], only: frozenset[str] | None) -> Part:
    if one.of and one.of.fields:
        is_in_a_list = name.count(".") > 1
        shown = max(1 if is_in_a_list else FIRST_ROWS, _filled(name, sent) + 1)
        return Part(one.label, [], [_row(f"{name}.{number}", one.of.fields, sent) for number in range(shown)])
    if one.fields:
        wanted = {key: each for key, each in one.fields.items() if only is None or key in only}
        return Part(one.label, [_control(f"{name}.{key}", each, sent) for key, each in wanted.items()])
    return Part(one.label, [_control(name, one, sent)])


def _row(name: str, fields: Mapping[str, Field], sent: Mapping[str, str]) -> Row:
    plain = {key: one for key, one in fields.items() if not (one.of and one.of.fields)}
    return Row(
        [_control(f"{name}.{key}", one, sent) for key, one in plain.items()],
        [_part(f"{name}.{key}", one, sent, None) for key, one in fields.items() if key not in plain],
    )


def _control(name: str, one: Field, sent: Mapping[str, str]) -> Control:
    value = sent.get(name, "")[:200]
    if one.codes:
        return Control(name, one.label, "select", value, [(code, text or code) for code, text in one.codes.items()])
    if one.schema.get("type") == "boolean":
        answers = [("true", "成立" if one.is_flag else "是"), ("false", "不成立" if one.is_flag else "否")]
        return Control(name, one.label, "select", value, answers)
    kinds = {"integer": "number", "number": "number"}
    formats = {"date": "date", "date-time": "instant"}
    kind = formats.get(one.schema.get("format", "")) or kinds.get(one.schema.get("type", ""), "text")
    return Control(name, one.label, kind, value)


def _filled(name: str, sent: Mapping[str, str]) -> int:
    """How many rows were filled, to the last."""
    numbers = [
        key[len(name) + 1 :].split(".")[0] for key, value in sent.items() if key.startswith(f"{name}.") and value
    ]
    rows = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 4]
    return min(max(rows, default=-1) + 1, MOST_ROWS)


def _read(name: str, one: Field, sent: Mapping[str, str]) -> Any:
    if one.of and one.of.fields:
        rows = [_object(f"{name}.{number}", one.of.fields, sent) for number in range(_filled(name, sent))]
        return [row for row in rows if row] or None
    if one.fields:
        return _object(name, one.fields, sent) or None
    text = sent.get(name, "").strip()
    if not text:
        return None
    if one.of:
        return [
            _value(each, one.of) for each in text.replace("，", "、").replace(",", "、").split("、") if each.strip()
        ]
    return _value(text, one)


def _object(name: str, fields: Mapping[str, Field], sent: Mapping[str, str]) -> dict[str, Any]:
    found = {key: _read(f"{name}.{key}", one, sent) for key, one in fields.items()}
    return {key: value for key, value in found.items() if value is not None}


def _value(text: str, one: Field) -> Any:
    """What a rule would have got as JSON; text that is no number stays text, and the rule says so."""
    text = text.strip()
    kind = one.schema.get("type")
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in {"integer", "number"}:
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    if one.schema.get("format") == "date-time" and len(text) == 16:
        return f"{text}:00+08:00"
    return text
