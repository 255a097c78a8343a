"""Everything the page of one matter shows of the loop itself. Letters and leads are added above, by the desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.participation import participants
from anlan.authz.permissions import Permission
from anlan.files import api as files
from anlan.hidden_dangers import selectors
from anlan.hidden_dangers.advice import Beside, beside, newest_advice, verdict_of
from anlan.hidden_dangers.choices import HandlingMode, LookBackResult, MajorState
from anlan.hidden_dangers.ledger_words import in_words
from anlan.hidden_dangers.models import HiddenDanger, RectificationPlan, Suspension
from anlan.hidden_dangers.policies import check_can_ask_rule, may_read_findings
from anlan.hidden_dangers.presenters import (
    action_bar,
    due_mark_of,
    evidence_of,
    hides_reporter,
    party_name,
    photo_of,
    reached,
    timeline,
    visible_events,
)
from anlan.hidden_dangers.sheets import COLUMNS
from anlan.lib import clock
from anlan.lib.refusals import Refusal
from anlan.processes.api import Event
from anlan.ui.case import ActionBar, Photo, TimelineEntry
from anlan.ui.marks import Mark

FIVE = ("方案", "时限", "责任", "资金", "措施")
GOVERNMENT_ONLY = frozenset({ParticipationKind.REPORTER, ParticipationKind.SCREENING, ParticipationKind.MAJOR_DECIDER})
"""Ways of taking part that an enterprise is not told, for they lead to the reporter."""


@dataclass(frozen=True)
class Five:
    """五到位: which of the five are there."""

    plan: RectificationPlan | None
    missing: Sequence[str]

    @property
    def count(self) -> int:
        return len(FIVE) - len(self.missing)

    @property
    def parts(self) -> list[tuple[str, bool]]:
        return [(name, name not in self.missing) for name in FIVE]


@dataclass(frozen=True)
class Participant:
    organisation: str
    kinds: str


@dataclass(frozen=True)
class CasePage:
    matter: HiddenDanger
    party: str
    proposed: bool
    due: Mark | None
    stopped_at: str
    reached: dict[str, datetime]
    modes: str
    hides_reporter: bool
    before: Sequence[Photo]
    after: Sequence[Photo]
    five: Five | None
    suspensions: Sequence[Suspension]
    participants: Sequence[Participant]
    timeline: Sequence[TimelineEntry]
    bar: ActionBar
    may_comment: bool
    stated: Sequence[tuple[str, str]]
    beside: Beside | None
    looked_back: str
    recurrences: Sequence[dict[str, str]]

    @property
    def pair(self) -> bool:
        """Whether one photo stands against one."""
        return len(self.before) <= 1 and len(self.after) <= 1

    @property
    def due_was_moved(self) -> bool:
        return self.matter.due_on != self.matter.original_due_on


def case_page(actor: Actor, matter: HiddenDanger) -> CasePage:
    """The page of a matter that was read by ``selectors.hidden_danger_to_show``."""
    events = visible_events(actor, matter)
    suspensions = selectors.suspensions_of(matter)
    evidence = evidence_of(matter)
    hidden = hides_reporter(actor, matter)
    steps = reached(matter, events)
    return CasePage(
        matter=matter,
        party=party_name(matter),
        proposed=matter.major_state == MajorState.PROPOSED,
        due=due_mark_of(matter),
        stopped_at=_stopped_at(matter),
        reached=steps,
        modes="、".join(HandlingMode(mode).label for mode in matter.modes),
        hides_reporter=hidden,
        before=_photos(evidence, "BEFORE"),
        after=_photos(evidence, "AFTER"),
        five=_five(matter),
        suspensions=suspensions,
        participants=_participants(matter, hidden=hidden),
        timeline=timeline(actor, matter, events, evidence),
        bar=action_bar(actor, matter, events),
        may_comment=actor.can(Permission.HIDDEN_DANGER_COMMENT),
        stated=[] if hidden else _stated(matter),
        beside=_beside(actor, matter, events),
        looked_back=_looked_back(events),
        recurrences=matter.told_recurrences,  # type: ignore[attr-defined]
    )


def _looked_back(events: Sequence[Event]) -> str:
    """What the last look back found, and when; empty before one."""
    last = next((event for event in reversed(events) if event.verb == "look_back"), None)
    if last is None:
        return ""
    return f"{LookBackResult(last.payload['result']).label}　{clock.legal_date(last.at)}"


def _beside(actor: Actor, matter: HiddenDanger, events: Sequence[Event]) -> Beside | None:
    if not may_read_findings(actor, matter):
        return None
    return beside(newest_advice(matter), verdict_of(matter, events), may_ask=_may_ask(actor, matter))


def _may_ask(actor: Actor, matter: HiddenDanger) -> bool:
    try:
        check_can_ask_rule(actor, matter)
    except Refusal:
        return False
    return True


def _stated(matter: HiddenDanger) -> list[tuple[str, str]]:
    """What the ledger's row says besides the find itself, under the names of its columns."""
    if not matter.is_imported:
        return []
    facts = matter.imported.facts
    return [
        (column.label, in_words(column.name, facts[column.name]))
        for column in COLUMNS
        if column.name in {*facts} - {"description"}
    ]


def _photos(evidence: Iterable[files.StoredFile], kind: str) -> list[Photo]:
    return [photo_of(file) for file in evidence if file.is_image and file.kind == kind]


def _five(matter: HiddenDanger) -> Five | None:
    if not matter.is_major:
        return None
    plan = selectors.plan_of(matter)
    return Five(plan, plan.missing() if plan else FIVE)


def _participants(matter: HiddenDanger, *, hidden: bool) -> list[Participant]:
    kinds: dict[str, list[str]] = {}
    for one in participants(matter.id):
        if hidden and one.kind in GOVERNMENT_ONLY:
            continue
        kinds.setdefault(one.organisation.short_name, []).append(ParticipationKind(one.kind).label)
    return [Participant(name, "、".join(labels)) for name, labels in kinds.items()]


def _stopped_at(matter: HiddenDanger) -> str:
    """The step an ended matter stopped at, for the stepper."""
    if matter.submitted_at:
        return "报验"
    if matter.dispatched_at:
        return "整改"
    return "交办" if matter.confirmed_at else "核定"
