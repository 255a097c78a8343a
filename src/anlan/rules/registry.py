"""Which rules there are, and the one door to them. A rule's code and numbers are read when it is asked for."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from anlan.rules import local
from anlan.rules.errors import RuleError
from anlan.rules.facts import Field, read_day, read_facts
from anlan.rules.finding import FIGURES, Finding
from anlan.rules.params import Citation, Parameters, Version, read_parameters

RULE_IDS: tuple[str, ...] = (
    "major_hidden_danger",
    "accident_grade",
    "accident_reporting",
    "accident_investigation",
    "accident_fine",
    "major_hazard_source",
    "lec",
    "risk_matrix",
    "risk_colour",
    "rectification_procedure",
    "penalty_procedure",
    "training_hours",
    "certificate_validity",
    "injury_rates",
    "economic_loss",
    "accident_type_code",
    "control_target",
    "inspection_cap",
    "penalty_discretion",
    "no_penalty",
    "safety_staff",
    "drill_frequency",
    "plan_filing",
    "licence_validity",
    "standard_grade_validity",
    "serious_dishonesty",
    "hot_work_gas",
    "confined_space_entry",
)
"""In the order they are listed; each is a folder of this package."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its folder declares it: ``decide`` fills a Case and returns the value, None when unknown."""

    id: str
    title: str
    decides: str
    facts: Mapping[str, Field]
    values: Mapping[str, str]
    figures: Mapping[str, str]
    decide: "Callable[[Case], str | None]"
    is_open: bool = False
    """The value is a code that no list can hold; the rule names it in ``Case.label``."""
    read_local: Callable[[dict[str, Any]], Any] | None = None
    """Makes the parameters of a place what the rule works with; raises on a table that is written wrongly."""


@dataclass(slots=True)
class Case:
    """One evaluation on its way: facts, the law of the day, and the reasons collected so far."""

    rule: Rule
    facts: dict[str, Any]
    law: dict[str, Any]
    on: date
    version: Version
    versions: Parameters
    figures: dict[str, Any]
    citation: Citation
    label: str = ""
    unknown: list[str] = field(default_factory=list)
    because: list[dict[str, Any]] = field(default_factory=list)
    unverified: list[dict[str, Any]] = field(default_factory=list)
    local_name: str | None = None
    """Of a replay: the version of the place's parameters that the finding was made with, empty when none was used."""
    local_version: str | None = None
    """The version of a place's parameters that was used."""

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]

    def say(self, text: str, cite: Citation | None = None) -> None:
        """Add a reason; what cannot be verified about its source is noted."""
        self.because.append({"text": text, "citation": cite.as_json() if cite else None})
        self.doubt(cite)

    def doubt(self, cite: Citation | None, what: str | None = None) -> None:
        """Note that ``cite`` could not be compared with the text."""
        reason = what or (cite.unverified if cite else None)
        entry = {"text": reason, "citation": cite.as_json() if cite else None}
        if reason and entry not in self.unverified:
            self.unverified.append(entry)

    def lacks(self, *names: str) -> None:
        """These facts are missing and can change the value."""
        self.unknown.extend(name for name in names if name not in self.unknown)

    def local(self, region: str | None) -> Any:
        """What the place that speaks for ``region`` has published for the day, as the rule reads it; None when nothing
        is at hand."""
        place = local.place_of(self.rule.id, region) if region and self.local_name != "" else None
        version = local.version_at(place, self.on, self.local_name) if place else None
        if place is None or version is None or self.rule.read_local is None:
            return None
        try:
            table = self.rule.read_local(version.params)
        except local.MALFORMED:
            self.doubt(version.citation, f"{place.name}的数据写得不对，没有采用；执行 anlan rules 看哪里不对")
            return None
        self.local_version = f"{place.region}@{version.name}"
        for reason in version.unverified:
            self.doubt(version.citation, reason)
        self.doubt(version.citation)
        return table

    def need(self, *names: str) -> bool:
        """True when all are known; else they are noted as lacking."""
        missing = [name for name in names if self.facts[name] is None]
        self.lacks(*missing)
        return not missing


@cache
def load(rule_id: str) -> tuple[Rule, Parameters]:
    """A rule and its parameters; ``KeyError`` for an id that is none."""
    if rule_id not in RULE_IDS:
        raise KeyError(rule_id)
    module = importlib.import_module(f"anlan.rules.{rule_id}.rule")
    return module.RULE, read_parameters(rule_id)


def evaluate(rule_id: str, facts: Any, *, on: date | str, version_name: str | None = None) -> Finding:
    """What rule ``rule_id`` says to ``facts`` under the law of ``on``; ``RuleError`` for facts it cannot read.

    ``version_name`` replays a stored finding under the version it was made with; after a ``+`` it names the place
    whose parameters were used, and their version.
    """
    rule, parameters = load(rule_id)
    day = read_day(on, "/on")
    read = read_facts(rule.facts, facts)
    name, _, local_name = (version_name or "").partition("+")
    version = parameters.version_on(day, name or None)
    case = Case(rule, read, version.params, day, version, parameters, dict.fromkeys(rule.figures), version.citation)
    case.local_name = None if version_name is None else local_name.partition("@")[2]
    for reason in version.unverified:
        case.doubt(version.citation, reason)
    case.doubt(version.citation)
    value = rule.decide(case)
    return _finding(rule, case, value, facts)


def replay(finding: Finding) -> Finding | None:
    """A stored finding reckoned again under its own version; None when the rule no longer has that version, or no
    longer reads its facts."""
    try:
        return evaluate(finding.rule, finding.inputs, on=finding.on, version_name=finding.version)
    except (KeyError, RuleError):
        return None


def _finding(rule: Rule, case: Case, value: str | None, given: Mapping[str, Any]) -> Finding:
    if set(case.figures) != set(rule.figures):
        raise AssertionError(f"{rule.id}: figures not declared: {set(case.figures) ^ set(rule.figures)}")
    if case.unknown:
        value = None
    elif value != FIGURES and value not in rule.values and not (rule.is_open and value):
        raise AssertionError(f"{rule.id}: no such value {value!r}")
    for name, fact in rule.facts.items():
        if fact.is_flag and given.get(name) is None:
            case.say(f"{fact.label}：没有认定，按不成立计")
    return Finding(
        rule=rule.id,
        version="+".join(filter(None, [case.version.name, case.local_version])),
        in_force_from=case.version.in_force_from,
        on=case.on,
        value=value,
        label=_label(rule, value, case.label),
        unknown=case.unknown,
        because=case.because,
        citation=case.citation.as_json(),
        unverified=case.unverified,
        inputs=dict(given),
        figures=case.figures,
    )


def _label(rule: Rule, value: str | None, said: str) -> str:
    if value is None:
        return "还不能判定"
    return said or ("见各项数字" if value == FIGURES else rule.values[value])


__all__ = ["RULE_IDS", "Case", "Rule", "RuleError", "evaluate", "load", "replay"]
