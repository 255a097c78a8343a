"""What a rule says: the value, why, under which version of which text, and what is not verified."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from anlan.rules.wire import dumps, loads

FIGURES = "FIGURES"
"""The value of rules that answer with several figures."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer that can be stored and replayed. ``value`` is None exactly when ``unknown`` names facts."""

    rule: str
    version: str
    in_force_from: date
    on: date
    value: str | None
    label: str
    unknown: list[str]
    because: list[dict[str, Any]]
    citation: dict[str, str]
    unverified: list[dict[str, Any]]
    inputs: dict[str, Any]
    figures: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The published form, still with exact numbers (Decimal, Fraction)."""
        return {name: getattr(self, name) for name in self.__slots__}

    def to_json(self) -> str:
        """The published form as one line of JSON."""
        return dumps(self.as_json())

    def canonical(self) -> str:
        """The same with sorted keys: the same finding is always the same text, which can be hashed."""
        return dumps(_ordered(self.as_json()))

    @classmethod
    def stored(cls, text: str) -> "Finding":
        """A finding out of its canonical text."""
        content = loads(text)
        days = {name: date.fromisoformat(content[name]) for name in ("in_force_from", "on")}
        return cls(**{**content, **days})


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value
