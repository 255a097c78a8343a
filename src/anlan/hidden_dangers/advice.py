"""What rules said of a matter, beside what the department decided: the rule advises, the organ decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.authz.choices import Sector
from anlan.hidden_dangers.choices import MajorState
from anlan.hidden_dangers.models import HiddenDanger, RuleFinding
from anlan.processes.api import Event
from anlan.rules import Finding, load, replay

SAME, DIFFERENT = "same", "different"
SAYS_MAJOR: Mapping[str, bool] = {"MAJOR": True, "SERIOUS": True, "NOT_MAJOR": False}
"""Values that can stand against a decision; the others say nothing."""
MOST_NAMED = 4

STANDARDS: Mapping[str, Sequence[str]] = {
    Sector.INDUSTRY: ["INDUSTRY_TRADE"],
    Sector.HAZARDOUS_CHEMICALS: ["HAZARDOUS_CHEMICALS"],
    Sector.MINING: ["COAL_MINE", "NON_COAL_MINE"],
    Sector.FIREWORKS: ["FIREWORKS"],
    Sector.FIRE: ["FIRE"],
    Sector.CONSTRUCTION: ["CONSTRUCTION"],
    Sector.TRANSPORT: ["PORT_DANGEROUS_GOODS", "PASSENGER_SHIPPING"],
    Sector.SPECIAL_EQUIPMENT: ["SPECIAL_EQUIPMENT"],
    Sector.FISHERY: ["FISHING_VESSEL"],
    Sector.AGRICULTURE: ["FARM_MACHINERY"],
    Sector.HEALTH: ["MEDICAL"],
    Sector.CULTURE_TOURISM: ["CULTURE_AND_TOURISM"],
}
"""The standards by which a matter of a sector is judged first; any other may be chosen, for a plant has chemicals too."""


@dataclass(frozen=True)
class Advice:
    """One stored finding as it is shown."""

    id: UUID
    finding: Finding
    asked_at: datetime
    asked_by: str
    asked_for: str

    @property
    def says_major(self) -> bool | None:
        return SAYS_MAJOR.get(self.finding.value or "")

    @property
    def clause(self) -> str:
        """The standard and what is established of it, as a decision would cite it; the standard alone else."""
        cited = dict(self.finding.citation)
        established = "、".join(self.finding.figures.get("established") or [])
        return f"{cited['document']}{established}"

    @property
    def lacking(self) -> list[str]:
        """The questions that are still open, in words; the first of many."""
        facts = load(self.finding.rule)[0].facts
        asked = {**(facts["facts"].fields or {}), **(facts["measured"].fields or {})}
        names = [pointer.rpartition("/")[2] for pointer in self.finding.unknown]
        words = [asked[name].label if name in asked else "判定标准" for name in names]
        return words if len(words) <= MOST_NAMED else [*words[:MOST_NAMED], f"等 {len(words)} 项"]


@dataclass(frozen=True)
class Verdict:
    """What the department decided."""

    is_major: bool
    at: datetime
    who: str
    organisation: str
    clause: str
    note: str
    finding_id: str


@dataclass(frozen=True)
class Beside:
    """The advice and the decision, side by side. ``shown`` is the one that the decision names, or the newest."""

    shown: Advice | None
    others: Sequence[Advice]
    verdict: Verdict | None
    may_ask: bool

    @property
    def differ(self) -> bool:
        said = self.shown.says_major if self.shown else None
        return said is not None and self.verdict is not None and said != self.verdict.is_major


def beside(newest: Sequence[Advice], verdict: Verdict | None, *, may_ask: bool) -> Beside | None:
    """None when there is nothing to show and nothing to ask."""
    named = [one for one in newest if verdict is not None and str(one.id) == verdict.finding_id]
    shown = next(iter([*named, *newest]), None)
    if shown is None and not may_ask:
        return None
    return Beside(shown, [one for one in newest if one is not shown], verdict, may_ask)


def newest_advice(matter: HiddenDanger) -> list[Advice]:
    """What a matter read by ``selectors.hidden_danger_to_show`` brought along, the newest first."""
    rows: Sequence[Mapping[str, Any]] = getattr(matter, "newest_findings", ())
    return [
        Advice(
            id=UUID(row["id"]),
            finding=Finding.stored(row["content"]),
            asked_at=datetime.fromisoformat(row["asked_at"]),
            asked_by=row["asked_by"],
            asked_for=row["asked_for"],
        )
        for row in rows
    ]


def advice_of(kept: RuleFinding) -> Advice:
    return Advice(
        id=kept.id,
        finding=Finding.stored(kept.content),
        asked_at=kept.asked_at,
        asked_by=kept.asked_by.display_name,
        asked_for=kept.asked_for.short_name,
    )


def verdict_of(matter: HiddenDanger, events: Sequence[Event]) -> Verdict | None:
    """The decision that stands, out of the history."""
    verbs = {MajorState.CONFIRMED: "confirm_major", MajorState.REFUSED: "refuse_major"}
    verb = verbs.get(MajorState(matter.major_state))
    event = next((event for event in reversed(events) if verb and event.verb == verb), None)
    if event is None:
        return None
    return Verdict(
        is_major=verb == "confirm_major",
        at=event.at,
        who=event.actor_label,
        organisation=event.organisation_label,
        clause=event.payload.get("clause", ""),
        note=event.note,
        finding_id=event.payload.get("finding", ""),
    )


def replayed(kept: RuleFinding) -> str:
    """``same`` when the rule, under the version of the finding, still says the very same; ``different`` else."""
    again = replay(Finding.stored(kept.content))
    return SAME if again is not None and again.canonical() == kept.content else DIFFERENT


def rule_label(rule_id: str, value: str) -> str:
    """The value in the rule's words."""
    return load(rule_id)[0].values.get(value, value) if value else "还不能判定"
