"""Dated parameters: ``params.toml`` of a rule, every number under a citation.

A table (or one it stands in) says ``cite = "source article"``; the source is described in ``[sources.*]``.
A source that is not at hand says why in ``unverified``, and so does every finding that rests on it.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from anlan.rules.errors import RuleError

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a number or a reading stands; ``unverified`` says why it could not be compared with the text."""

    document: str
    article: str
    unverified: str | None = None

    def as_json(self) -> dict[str, str]:
        """The form in a finding."""
        return {"document": self.document, "article": self.article}


@dataclass(frozen=True, slots=True)
class Version:
    """The parameters of a rule from ``in_force_from`` on."""

    in_force_from: date
    revision: int
    citation: Citation
    note: str
    unverified: tuple[str, ...]
    params: dict[str, Any]

    @property
    def name(self) -> str:
        """What a finding stores, so that it can be replayed."""
        return f"{self.in_force_from.isoformat()}.{self.revision}"


@dataclass(frozen=True, slots=True)
class Parameters:
    """All versions of a rule, oldest first, and where they come from."""

    sources: dict[str, dict[str, Any]]
    versions: tuple[Version, ...]
    checked_on: date | None

    def version_on(self, on: date, name: str | None = None) -> Version:
        """The version in force on ``on``, or the one named; ``RuleError`` before the first, ``KeyError`` for no name."""
        if name is not None:
            return {version.name: version for version in self.versions}[name]
        for version in reversed(self.versions):
            if version.in_force_from <= on:
                return version
        first = self.versions[0].in_force_from
        raise RuleError("before_first_version", f"本规则自 {first} 起才有版本，{on} 在它之前", "/on", [first])


def read_parameters(rule_id: str) -> Parameters:
    """Read and resolve ``params.toml`` of a rule."""
    return parameters_of(raw_parameters(rule_id))


def parameters_of(raw: dict[str, Any]) -> Parameters:
    """Resolve the content of a file of parameters: versions with their citations, oldest first."""
    sources, common = raw["sources"], raw.get("common", {})
    versions: list[Version] = []
    earlier: dict[str, Any] = {}
    for entry in raw["version"]:
        own = {name: value for name, value in entry.items() if name not in HEAD}
        tables = _merged(earlier, own) if entry.get("inherits") else own
        earlier = tables
        versions.append(
            Version(
                in_force_from=entry["in_force_from"],
                revision=entry.get("revision", 1),
                citation=_citation(entry["cite"], sources),
                note=entry.get("note", ""),
                unverified=tuple(entry.get("unverified", ())),
                params=_resolved(_merged(common, tables), sources),
            )
        )
    versions.sort(key=lambda version: (version.in_force_from, version.revision))
    return Parameters(sources, tuple(versions), raw.get("checked_on"))


HEAD = frozenset({"in_force_from", "revision", "cite", "note", "unverified", "inherits"})
"""Keys of a version that are about it, not parameters."""


@cache
def raw_parameters(rule_id: str) -> dict[str, Any]:
    """``params.toml`` as it is written; not to be changed."""
    return tomllib.loads((FOLDER / rule_id / "params.toml").read_text("utf-8"), parse_float=Decimal)


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for name, value in over.items():
        below = merged.get(name)
        merged[name] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _resolved(table: Any, sources: dict[str, dict[str, Any]]) -> Any:
    if isinstance(table, list):
        return [_resolved(item, sources) for item in table]
    if not isinstance(table, dict):
        return table
    return {
        name: _citation(value, sources) if name == "cite" else _resolved(value, sources)
        for name, value in table.items()
    }


def _citation(text: str, sources: dict[str, dict[str, Any]]) -> Citation:
    key, _, article = text.partition(" ")
    source = sources[key]
    return Citation(source["document"], article, source.get("unverified"))
