"""What holds for every matter, however it came to be: by the verbs, or with a ledger. The verbs enforce it act by act;
here it is checked of what stands in the database, for tests and for whoever looks after one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, ParticipationKind
from anlan.authz.participation import kinds_of
from anlan.hidden_dangers.actions.dispatching import MAY_LEAD
from anlan.hidden_dangers.choices import DeadlineName, Level, MajorState, Source, Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import acceptor, party_organisation
from anlan.hidden_dangers.selectors import Filters, hidden_dangers, load_organisations, plan_of
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib import clock
from anlan.processes import api as processes

S, D = Status, DeadlineName
ESTABLISHED = frozenset({S.CONFIRMED, S.DISPATCHED, S.RECTIFYING, S.SUSPENDED, S.SUBMITTED, S.ACCEPTED, S.CLOSED})
UNDER_RECTIFICATION = frozenset({S.DISPATCHED, S.RECTIFYING, S.SUSPENDED})
HANDED_IN = frozenset({S.SUBMITTED, S.ACCEPTED, S.CLOSED})
MAY_BE_PROPOSED = frozenset({S.REGISTERED, S.RETURNED_TO_REPORTER, S.CONFIRMED, S.DISPATCHED, S.RECTIFYING})
RUNNING: dict[str, set[str]] = {
    S.REGISTERED: {D.SCREEN},
    S.CONFIRMED: {D.DISPATCH},
    S.DISPATCHED: {D.ACKNOWLEDGE, D.RECTIFY},
    S.RECTIFYING: {D.RECTIFY},
    S.SUSPENDED: {D.RECTIFY, D.REVIEW_SUSPENSION},
    S.SUBMITTED: {D.ACCEPT},
}


@dataclass(frozen=True)
class Breach:
    """``what`` does not hold for the matter of that number."""

    number: str
    what: str


def check_invariants(actor: Actor, only: Iterable[UUID] | None = None) -> list[Breach]:
    """Every breach among the matters the actor sees (or ``only`` those); empty when all is well."""
    rows = hidden_dangers(actor, Filters(), clock.today()).select_related(
        "region", "party_enterprise", "plan", "imported"
    )
    matters: Sequence[HiddenDanger] = list(rows if only is None else rows.filter(id__in=list(only)))
    ids = [matter.id for matter in matters]
    histories, running, parts = processes.histories_of(ids), processes.running_of(ids), kinds_of(ids)
    breaches: list[Breach] = []
    for matter in matters:
        load_organisations(matter)
        events = [event for event in histories[matter.id] if event.kind == processes.EventKind.TRANSITION]
        found = (
            *_history(matter, events),
            *_facts(matter),
            *_days(matter),
            *_major(matter, events),
            *_people(matter),
            *_deadlines(matter, running[matter.id]),
            *_parts(matter, parts[matter.id]),
            *_import(matter, events),
        )
        breaches += [Breach(matter.number, what) for what in found]
    return breaches


def _history(matter: HiddenDanger, events: Sequence[processes.Event]) -> Iterator[str]:
    if not events:
        yield "has no history"
        return
    if (events[0].verb, events[0].from_status) != ("register", ""):
        yield "does not begin with its registration"
    if events[-1].to_status != matter.status:
        yield f"stands at {matter.status}, its history at {events[-1].to_status}"
    for before, after in pairwise(events):
        if after.from_status != before.to_status:
            yield f"{after.verb} starts from {after.from_status}, not from {before.to_status}"
    for event in events:
        row = PROCESS.row(event.verb, event.from_status)
        if row is None or (event.verb != "withdraw" and row.leads_to(event.from_status) != event.to_status):
            yield f"{event.verb} does not lead from {event.from_status} to {event.to_status}"
    if matter.version < len(events) and not matter.is_imported:
        yield "its version counts less than its history"


def _facts(matter: HiddenDanger) -> Iterator[str]:
    status = matter.status
    if status in ESTABLISHED and matter.confirmed_at is None:
        yield "established without having been confirmed"
    if status in UNDER_RECTIFICATION and matter.dispatched_at is None:
        yield "being put right without having been dispatched"
    if matter.dispatched_at is not None and not matter.modes:
        yield "dispatched without a mode"
    if status in HANDED_IN and matter.submitted_at is None:
        yield "handed in without a day"
    if (status in (S.ACCEPTED, S.CLOSED)) != (matter.accepted_at is not None):
        yield "accepted in one place only"
    if matter.confirmed_at is not None and not matter.level:
        yield "confirmed without a level"
    if not (matter.description.strip() and matter.place.strip()):
        yield "without words or without a place"
    if matter.region.level in ("PROVINCE", "CITY"):
        yield "not inside a county"
    if matter.concealed and (matter.source != Source.UNANNOUNCED_CHECK or status in UNDER_RECTIFICATION | HANDED_IN):
        yield "concealed although it has been dispatched, or was announced"
    expected = _holder(matter)
    if expected is not None and matter.holder_id != expected:
        yield "held by the wrong organisation"
    if matter.holder_path != matter.holder.path or matter.region_path != matter.region.path:
        yield "its paths are not those of its holder and its region"


def _holder(matter: HiddenDanger) -> UUID | None:
    if matter.status in (S.REGISTERED, S.CONFIRMED):
        return matter.screening.id
    if matter.status == S.RETURNED_TO_REPORTER:
        return matter.reporter.id
    if matter.status in UNDER_RECTIFICATION:
        return matter.lead.id if matter.lead else None
    if matter.status in HANDED_IN and matter.dispatched_at is not None and (who := acceptor(matter)):
        return who.id
    return None


def _days(matter: HiddenDanger) -> Iterator[str]:
    for path in (
        ("registered_at", "confirmed_at", "dispatched_at"),
        ("registered_at", "submitted_at", "accepted_at", "ended_at"),
    ):
        moments = [(name, moment) for name in path if (moment := getattr(matter, name)) is not None]
        for (earlier, before), (later, after) in pairwise(moments):
            if after < before:
                yield f"{later} lies before {earlier}"
    if matter.original_due_on and matter.original_due_on < clock.legal_date(matter.registered_at):
        yield "due before it was found"


def _major(matter: HiddenDanger, events: Sequence[processes.Event]) -> Iterator[str]:
    if matter.major_state == MajorState.PROPOSED and matter.status not in MAY_BE_PROPOSED and matter.is_open:
        yield "went on while the department was to decide"
    if matter.major_state in (MajorState.CONFIRMED, MajorState.REFUSED) and not any(
        event.verb in ("confirm_major", "refuse_major") for event in events
    ):
        yield "decided without a decision in its history"
    if matter.level != Level.MAJOR:
        return
    if not matter.clause or matter.major_decider is None:
        yield "重大 without its clause or its department"
    elif matter.major_decider.kind not in (OrganisationKind.DEPARTMENT, OrganisationKind.FIRE_RESCUE):
        yield "重大 decided by somebody who is no department"
    plan = plan_of(matter)
    if matter.status in HANDED_IN and (plan is None or plan.missing()):
        yield "重大 handed in without the five"
    accepted = [event for event in events if event.verb == "accept_rectification"]
    if matter.status in (S.ACCEPTED, S.CLOSED) and accepted and accepted[-1].payload.get("officers", 0) < 2:
        yield "重大 accepted by fewer than two officers"
    if any(event.verb == "fix_on_the_spot" for event in events):
        yield "重大 fixed on the spot"


def _people(matter: HiddenDanger) -> Iterator[str]:
    if matter.accepted_by_id is not None and matter.accepted_by_id == matter.submitted_by_id:
        yield "accepted by whoever handed it in"
    if matter.lead is not None and (
        matter.lead.kind not in MAY_LEAD or matter.lead.region.wall_path != matter.region.wall_path
    ):
        yield "led by an organisation that cannot"
    party = party_organisation(matter)
    who = acceptor(matter)
    if matter.status in HANDED_IN and party is not None and who is not None and who.path.startswith(party.path):
        yield "to be accepted by its own party"
    by_enterprise = matter.reporter.kind == OrganisationKind.ENTERPRISE
    if by_enterprise != (matter.source == Source.SELF_CHECK) and not matter.is_imported:
        yield "its channel is not its reporter's"


def _deadlines(matter: HiddenDanger, running: Sequence[processes.Deadline]) -> Iterator[str]:
    kinds = {deadline.kind for deadline in running}
    if kinds - {D.DECIDE_MAJOR} != RUNNING.get(matter.status, set()):
        yield f"runs {sorted(kinds)} at {matter.status}"
    if D.DECIDE_MAJOR in kinds and matter.major_state != MajorState.PROPOSED:
        yield "waits for a decision nobody asked for"
    if any(deadline.kind == D.RECTIFY and deadline.due_on != matter.due_on for deadline in running):
        yield "its period is not its due date"


def _parts(matter: HiddenDanger, parts: set[tuple[str, UUID]]) -> Iterator[str]:
    kinds = ParticipationKind
    needed: list[tuple[str, UUID | None]] = [
        (kinds.REPORTER, matter.reporter_id),
        (kinds.SCREENING, matter.screening_id),
    ]
    if matter.dispatched_at is not None and matter.status not in (S.CONFIRMED,):
        needed += [(kinds.DISPATCHER, matter.dispatcher_id), (kinds.LEAD, matter.lead_id)]
    if matter.status in UNDER_RECTIFICATION | HANDED_IN and (party := party_organisation(matter)):
        needed.append((kinds.PARTY, party.id))
    if matter.major_state != MajorState.NONE:
        needed.append((kinds.MAJOR_DECIDER, matter.major_decider_id))
    for kind, organisation_id in needed:
        if organisation_id is not None and (kind, organisation_id) not in parts:
            yield f"its {kind} does not take part"


def _import(matter: HiddenDanger, events: Sequence[processes.Event]) -> Iterator[str]:
    brought = [event.imported_at is not None for event in events]
    if matter.is_imported != any(brought) or matter.is_imported != hasattr(matter, "imported"):
        yield "its import and its history do not agree"
    if any(later and not earlier for earlier, later in pairwise(brought)):
        yield "an imported step follows one that was done here"
    if matter.submitted_at and matter.submitted_by_id is None and not matter.is_imported:
        yield "handed in by nobody"
    if any(event.undo for event in events if event.imported_at is not None):
        yield "an imported step can be withdrawn"
