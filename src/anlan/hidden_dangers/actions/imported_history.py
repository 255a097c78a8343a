"""A row of a ledger made into a matter with its history: only steps the ledger states, and those without which they
could not be. Nothing the verbs would have refused gets in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation, Participation
from anlan.hidden_dangers.actions.imported_rows import Stated
from anlan.hidden_dangers.actions.imported_steps import Steps
from anlan.hidden_dangers.choices import DeadlineName, MajorState, PartyKind, Source, Status
from anlan.hidden_dangers.models import HiddenDanger, ImportedMatter, RectificationPlan
from anlan.hidden_dangers.policies import acceptor, party_organisation
from anlan.hidden_dangers.workflow import PROCESS
from anlan.processes.api import Deadline, Event, importing

_D = DeadlineName
RUNNING = {
    Status.REGISTERED: (_D.SCREEN,),
    Status.CONFIRMED: (_D.DISPATCH,),
    Status.DISPATCHED: (_D.ACKNOWLEDGE, _D.RECTIFY),
    Status.RECTIFYING: (_D.RECTIFY,),
    Status.SUBMITTED: (_D.ACCEPT,),
}
"""The periods that run in each status. The platform's own begin with the import, the ledger's date stays its date."""


@dataclass
class Built:
    """Everything one row becomes, unsaved."""

    matter: HiddenDanger
    imported: ImportedMatter
    events: list[Event] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    parts: list[Participation] = field(default_factory=list)
    plan: RectificationPlan | None = None


def build(actor: Actor, office: Organisation, stated: Stated, matter_id: UUID, now: datetime) -> Built:
    """The matter of a row. Raises Unreadable with the column and what to do."""
    matter = _matter(actor, office, stated, matter_id)
    steps = Steps(actor, stated, matter).all()
    events = importing.past_events(actor, PROCESS, matter, steps, now)
    _date(matter, events)
    matter.version, matter.changed_at = len(events), now
    _hold(matter)
    imported = ImportedMatter(
        hidden_danger=matter, region_path=matter.region_path, imported_at=now, imported_by_id=actor.person_id
    )
    built = Built(matter, imported, events, plan=_plan(stated, matter, now))
    kinds = [*RUNNING.get(Status(matter.status), ())]
    if matter.major_state == MajorState.PROPOSED and matter.is_open:
        kinds.append(_D.DECIDE_MAJOR)
    built.deadlines = importing.deadlines_from_now(PROCESS, matter, kinds, now)
    built.parts = _parts(matter, now)
    return built


def _matter(actor: Actor, office: Organisation, stated: Stated, matter_id: UUID) -> HiddenDanger:
    source = Source(stated.facts.get("source", Source.GRASSROOTS_CHECK))
    where = stated.where
    own = where.enterprise.organisation if where.enterprise and source == Source.SELF_CHECK else None
    matter = HiddenDanger(
        id=matter_id,
        status="",
        source=source,
        description=stated.text("description"),
        place=where.place,
        region=where.region,
        region_path=where.region.path,
        site=where.site,
        supervised_object=where.object,
        sector=stated.text("sector"),
        clause=stated.text("clause"),
        suggested_level=stated.text("level"),
        registered_by_id=actor.person_id,
        reporter=own or office,
        screening=office,
        external_system=stated.text("external_system"),
        external_no=stated.text("external_no"),
    )
    if where.enterprise is not None:
        matter.party_kind, matter.party_enterprise = PartyKind.ENTERPRISE, where.enterprise
    elif where.organisation is not None:
        matter.party_kind, matter.party_organisation = PartyKind.ORGANISATION, where.organisation
    elif person := where.person or stated.text("person"):
        matter.party_kind, matter.party_person = PartyKind.PERSON, person
    return matter


_DATED = {
    "register": "registered_at",
    "confirm": "confirmed_at",
    "propose_major": "major_proposed_at",
    "dispatch": "dispatched_at",
    "submit_rectification": "submitted_at",
    "accept_rectification": "accepted_at",
    "close": "ended_at",
    "terminate": "ended_at",
}


def _date(matter: HiddenDanger, events: Sequence[Event]) -> None:
    """The instants of the matter are those of its history."""
    for event in events:
        if event.verb in _DATED:
            setattr(matter, _DATED[event.verb], event.at)
        if event.verb == "fix_on_the_spot":
            matter.confirmed_at = matter.submitted_at = event.at
        if event.verb == "confirm_major":
            matter.confirmed_at = event.at
    not_dispatched = matter.dispatched_at is None and matter.status in (Status.REGISTERED, Status.CONFIRMED)
    matter.concealed = matter.source == Source.UNANNOUNCED_CHECK and not_dispatched


def _hold(matter: HiddenDanger) -> None:
    holder = matter.screening
    if matter.status in (Status.DISPATCHED, Status.RECTIFYING) and matter.lead is not None:
        holder = matter.lead
    elif matter.submitted_at is not None:
        holder = acceptor(matter) or holder
    matter.holder, matter.holder_path = holder, holder.path


def _plan(stated: Stated, matter: HiddenDanger, now: datetime) -> RectificationPlan | None:
    if not matter.is_major:
        return None
    return RectificationPlan(
        hidden_danger=matter,
        region_path=matter.region_path,
        plan=stated.text("plan"),
        due_on=matter.due_on,
        person=stated.text("person"),
        funds_cny=stated.facts.get("funds"),
        measures=stated.text("measures"),
        filled_at=now,
    )


def _parts(matter: HiddenDanger, now: datetime) -> list[Participation]:
    kinds = ParticipationKind
    took_part: list[tuple[Organisation | None, str]] = [
        (matter.reporter, kinds.REPORTER),
        (matter.screening, kinds.SCREENING),
        (matter.major_decider, kinds.MAJOR_DECIDER),
        (matter.dispatcher, kinds.DISPATCHER),
        (matter.lead, kinds.LEAD),
    ]
    if matter.dispatched_at or matter.submitted_at:
        took_part.append((party_organisation(matter), kinds.PARTY))
    if matter.dispatched_at and matter.submitted_at:
        took_part.append((acceptor(matter), kinds.ACCEPTOR))
    return [
        Participation(
            matter_id=matter.id,
            organisation=organisation,
            organisation_path=organisation.path,
            kind=kind,
            region_path=matter.region_path,
            since=now,
        )
        for organisation, kind in took_part
        if organisation is not None
    ]
