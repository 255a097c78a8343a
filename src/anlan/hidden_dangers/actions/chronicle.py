"""What the verbs leave on a matter, told in memory: one method for each, for histories written in bulk. The transition
table moves the matter; a test holds every method to what its action does."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any, Self
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation, Participation, Region
from anlan.files import api as files
from anlan.hidden_dangers.actions.traces import changes
from anlan.hidden_dangers.choices import Decision, HandlingMode, Level, MajorState, PartyKind, Source
from anlan.hidden_dangers.models import Extension, HiddenDanger, RectificationPlan, Suspension
from anlan.hidden_dangers.selectors import numbers_of_county
from anlan.hidden_dangers.terms import TERMS
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib import clock
from anlan.lib.text_format import Lines
from anlan.processes.api import Chronicle, Told
from anlan.sheets.api import bulk


class P:
    """Kinds of taking part, as the table has them."""

    REPORTER, SCREENING, MAJOR_DECIDER, DISPATCHER, LEAD, PARTY, ACCEPTOR = (
        ParticipationKind[name].value
        for name in ("REPORTER", "SCREENING", "MAJOR_DECIDER", "DISPATCHER", "LEAD", "PARTY", "ACCEPTOR")
    )


LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRS = [first + second for first in LETTERS for second in LETTERS]
NUMBERS = len(LETTERS) ** 5
ACKNOWLEDGED = "本单位主办，交办即签收"


def columns_of(model: type[Any]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


BLANK = {
    field.attname: field.get_default() if field.has_default() or field.empty_strings_allowed else None
    for field in HiddenDanger._meta.concrete_fields
} | {"major_state": MajorState.NONE.value}


@dataclass(frozen=True)
class Spot:
    """Where a matter is found and whose it is."""

    region: Region
    place: str
    site_id: UUID | None = None
    enterprise_id: UUID | None = None
    party: Organisation | None = None
    """The organisation the enterprise signs in with, if it has one."""
    object_id: UUID | None = None
    """A supervised object that the enterprise answers for."""


@dataclass
class Evidence:
    """Uploads that stand for all: their bytes lie there once, each matter has rows of its own."""

    before: Sequence[files.StoredFile]
    after: Sequence[files.StoredFile]
    reports: Sequence[files.StoredFile]


class Numbers:
    """New numbers of a county, none twice: county, month, five letters or digits (see ``registration``). ``mark``
    stands before the month, ``given`` reads those that are given. Those who give numbers at the same time each have a
    ``part`` of all ``parts``."""

    mark = ""
    given = staticmethod(numbers_of_county)

    def __init__(self, random: Random, county: Region) -> None:
        self._random = random
        self._given: set[str] = self.given(county.code[:6])
        self._part, self._parts = 0, 1

    def part(self, random: Random, part: int, parts: int) -> Self:
        """Gives the numbers of one part, and never one that is given already."""
        own = copy(self)
        own._random, own._part, own._parts = random, part, parts
        return own

    def new(self, region: Region, on: date) -> str:
        while True:
            place = int(self._random.random() * (NUMBERS // self._parts)) * self._parts + self._part
            letters = f"{PAIRS[place >> 15]}{PAIRS[place >> 5 & 1023]}{LETTERS[place & 31]}"
            number = f"{region.code[:6]}-{self.mark}{_month(on)}-{letters}"
            if number not in self._given:
                self._given.add(number)
                return number


@lru_cache(maxsize=4096)
def _month(day: date) -> str:
    return f"{day:%y%m}"


@dataclass
class MatterChronicle:
    """Tells matters into a chronicle. Who may do it is checked by role; that each is the right one is the teller's."""

    chronicle: Chronicle
    numbers: Numbers
    evidence: Evidence
    random: Random
    matters: list[Sequence[Any]] = field(default_factory=list)
    parts: Lines = field(default_factory=Lines)
    plans: list[Sequence[Any]] = field(default_factory=list)
    extensions: list[Sequence[Any]] = field(default_factory=list)
    suspensions: list[Sequence[Any]] = field(default_factory=list)
    papers: Lines = field(default_factory=Lines)
    _samples: dict[UUID, str] = field(default_factory=dict)
    _organisations: dict[str, str] = field(default_factory=dict)

    # ── the verbs ────────────────────────────────────────────────────────────────────────────────────────────────

    def register(
        self, by: Actor, at: datetime, spot: Spot, reporter: Organisation, screening: Organisation, *,
        description: str, source: str, sector: str, suggested_level: str = "", with_photo: bool = True,
    ) -> Told:  # fmt: skip
        told = self.chronicle.begin(PROCESS, dict(BLANK))
        told.columns["modes"] = []
        told.set(
            id=self.chronicle.new_id(), number=self.numbers.new(spot.region, clock.legal_date(at)), status="",
            source=str(source), concealed=source == Source.UNANNOUNCED_CHECK, region_id=spot.region.id,
            region_path=spot.region.path, registered_at=self._said(at), registered_by_id=by.person_id,
            reporter_id=reporter.id, screening_id=screening.id, description=description, sector=sector,
            suggested_level=suggested_level, site_id=spot.site_id, supervised_object_id=spot.object_id,
            place=spot.place,
        )  # fmt: skip
        told.extra = _Extra(spot, reporter, screening)
        _hold(told, screening)
        photos = self._attach(told, by, at, "BEFORE", self.evidence.before) if with_photo else []
        self._fire(told, by, "register", at, source=told.source, sector=sector, files=photos,
                   suggested_level=suggested_level, object=spot.object_id)  # fmt: skip
        self._join(told, at, (reporter, P.REPORTER), (screening, P.SCREENING))
        return told

    def return_to_reporter(self, told: Told, by: Actor, at: datetime, reason: str) -> None:
        _hold(told, told.extra.reporter)
        self._fire(told, by, "return_to_reporter", at, reason)

    def register_again(self, told: Told, by: Actor, at: datetime, description: str) -> None:
        changed, words = changes({"description": told.description}, {"description": description})
        told.set(description=description)
        _hold(told, told.extra.screening)
        photos = self._attach(told, by, at, "BEFORE", self.evidence.before)
        self._fire(told, by, "register", at, words, source=told.source, sector=told.sector, files=photos,
                   suggested_level=told.suggested_level, object=told.extra.spot.object_id, changed=changed)  # fmt: skip

    def dismiss(self, told: Told, by: Actor, at: datetime, reason: str) -> None:
        told.set(ended_at=self._said(at))
        self._fire(told, by, "dismiss", at, reason)

    def confirm(self, told: Told, by: Actor, at: datetime, *, cause: str, clause: str) -> None:
        self._grade(told, at, cause, clause)
        told.set(level=Level.GENERAL.value)
        self._fire(told, by, "confirm", at, level=told.level, clause=told.clause, cause=told.cause,
                   party_kind=told.party_kind, sector=told.sector)  # fmt: skip

    def propose_major(
        self, told: Told, by: Actor, at: datetime, decider: Organisation, reason: str, clause: str
    ) -> None:
        told.set(
            major_state=MajorState.PROPOSED.value,
            major_decider_id=decider.id,
            major_proposed_at=self._said(at),
        )
        told.extra.decider = decider
        self._fire(told, by, "propose_major", at, reason, clause=clause, sector=told.sector, decider=decider.id)
        self._join(told, at, (decider, P.MAJOR_DECIDER))

    def confirm_major(self, told: Told, by: Actor, at: datetime, *, cause: str, clause: str) -> None:
        told.set(clause=clause)
        if told.status == "REGISTERED":
            self._grade(told, at, cause, clause, told.extra.decider)
        told.set(level=Level.MAJOR.value, major_state=MajorState.CONFIRMED.value)
        self._fire(told, by, "confirm_major", at, level=told.level, clause=told.clause)

    def refuse_major(self, told: Told, by: Actor, at: datetime, reason: str) -> None:
        told.set(major_state=MajorState.REFUSED.value)
        self._fire(told, by, "refuse_major", at, reason)

    def dispatch(
        self, told: Told, by: Actor, at: datetime, lead: Organisation, due_on: date, note: str = "",
        modes: Sequence[HandlingMode] = (HandlingMode.BY_ENTERPRISE,), verb: str = "dispatch",
    ) -> None:  # fmt: skip
        """``redispatch`` after a bounce too. A lead that dispatches to itself has acknowledged by doing so."""
        extra = told.extra
        extra.dispatcher, extra.lead = extra.screening, lead
        named = [mode.value for mode in modes]
        told.set(dispatched_at=self._said(at), dispatcher_id=extra.screening.id, lead_id=lead.id, modes=named,
                 due_on=due_on, original_due_on=due_on, concealed=False)  # fmt: skip
        _hold(told, lead)
        self._fire(told, by, verb, at, note, lead=lead.id, modes=named, due_on=due_on)
        self._join(told, at, (extra.dispatcher, P.DISPATCHER), (lead, P.LEAD), (extra.spot.party, P.PARTY))
        if lead.id == by.organisation_id:
            self._fire(told, by, "acknowledge", at, ACKNOWLEDGED, is_automatic=True)

    def bounce(self, told: Told, by: Actor, at: datetime, reason: str) -> None:
        told.set(bounce_count=told.bounce_count + 1)
        _hold(told, told.extra.screening)
        self._fire(told, by, "bounce", at, reason)

    def acknowledge(self, told: Told, by: Actor, at: datetime, note: str = "") -> None:
        self._fire(told, by, "acknowledge", at, note)

    def fill_five(
        self, told: Told, by: Actor, at: datetime, *, plan: str, person: str, funds: Decimal, measures: str
    ) -> None:
        self.plans.append(
            (self.chronicle.new_id(), told.region_path, told.id, plan, told.due_on, person, funds, measures, at)
        )
        self._fire(told, by, "fill_five", at)

    def extend(self, told: Told, by: Actor, at: datetime, until: date, reason: str, granter: Actor, granted_at: datetime,
               note: str = "") -> None:  # fmt: skip
        """Asked for, and granted by another."""
        self._fire(told, by, "request_extension", at, reason, until=until)
        self.extensions.append(
            (self.chronicle.new_id(), told.region_path, told.id, until, reason, at, by.person_id,
             Decision.APPROVED.value, granted_at, granter.person_id)
        )  # fmt: skip
        told.set(due_on=until, extension_count=told.extension_count + 1)
        self._fire(told, granter, "approve_extension", granted_at, note, due_on=until)

    def suspend(self, told: Told, by: Actor, at: datetime, review_on: date, controls: str, granter: Actor,
                granted_at: datetime, note: str = "") -> None:  # fmt: skip
        """Asked for, and granted by another."""
        self._fire(told, by, "request_suspension", at, controls, review_on=review_on)
        self.suspensions.append(
            (self.chronicle.new_id(), told.region_path, told.id, controls, review_on, at, by.person_id,
             Decision.APPROVED.value, granted_at, granter.person_id)
        )  # fmt: skip
        told.set(review_on=review_on)
        self._fire(told, granter, "approve_suspension", granted_at, note, review_on=review_on)

    def resume(self, told: Told, by: Actor, at: datetime, note: str = "") -> None:
        told.set(review_on=None)
        self._fire(told, by, "resume", at, note)

    def submit_rectification(self, told: Told, by: Actor, at: datetime, note: str) -> None:
        photos = self._attach(told, by, at, "AFTER", self.evidence.after)
        told.set(submitted_at=self._said(at), submitted_by_id=by.person_id)
        acceptor = told.extra.acceptor(told)
        _hold(told, acceptor)
        self._join(told, at, (acceptor, P.ACCEPTOR))
        self._fire(told, by, "submit_rectification", at, note, files=photos)

    def fix_on_the_spot(self, told: Told, by: Actor, at: datetime, note: str, *, cause: str, clause: str) -> None:
        """The reporter or the screening office puts it right during the visit."""
        extra = told.extra
        own = extra.reporter if by.organisation_id == extra.reporter.id else extra.screening
        self._grade(told, at, cause, clause, own)
        told.set(
            level=Level.GENERAL.value,
            concealed=False,
            submitted_at=self._said(at),
            submitted_by_id=by.person_id,
        )
        photos = self._attach(told, by, at, "AFTER", self.evidence.after)
        _hold(told, extra.screening)
        self._fire(told, by, "fix_on_the_spot", at, note, level=told.level, files=photos)
        self._join(told, at, (extra.spot.party, P.PARTY))

    def return_rectification(self, told: Told, by: Actor, at: datetime, reason: str) -> None:
        today = clock.legal_date(at)
        due_on = told.due_on if told.due_on and told.due_on >= today else TERMS["RERECTIFY"].ends_on(today)
        told.set(return_count=told.return_count + 1, due_on=due_on)
        extra, was_never_dispatched = told.extra, told.extra.lead is None
        if was_never_dispatched:
            extra.dispatcher = extra.lead = extra.screening
            told.set(dispatcher_id=extra.lead.id, lead_id=extra.lead.id, dispatched_at=self._said(at),
                     original_due_on=due_on, modes=[HandlingMode.BY_ENTERPRISE.value])  # fmt: skip
        _hold(told, extra.lead)
        self._fire(told, by, "return", at, reason, return_count=told.return_count, due_on=due_on)
        if was_never_dispatched:
            self._join(told, at, (extra.dispatcher, P.DISPATCHER), (extra.lead, P.LEAD))

    def accept_rectification(
        self, told: Told, by: Actor, at: datetime, note: str, officers: Sequence[str] = (), *, is_held: bool = False
    ) -> None:
        """Accepts and, unless a listing holds it, closes."""
        reports = self._attach(told, by, at, "REPORT", self.evidence.reports) if told.level == Level.MAJOR else []
        told.set(accepted_at=self._said(at), accepted_by_id=by.person_id)
        words = f"{note}（到场：{'、'.join(officers)}）" if officers else note
        self._fire(told, by, "accept_rectification", at, words, officers=len(officers), files=reports)
        if not is_held:
            told.set(ended_at=self._said(at))
            self._fire(told, by, "close", at, is_automatic=True)

    def close(self, told: Told, by: Actor, at: datetime) -> None:
        told.set(ended_at=self._said(at))
        self._fire(told, by, "close", at)

    def terminate(self, told: Told, by: Actor, at: datetime, reason: str) -> None:
        told.set(ended_at=self._said(at))
        self._fire(told, by, "terminate", at, reason)

    # ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────────

    def rest(self, told: Told, now: datetime) -> None:
        """Nothing more happens until ``now``."""
        self.chronicle.rest(told, now)
        self.matters.append(tuple(told.columns.values()))

    def write(self) -> None:
        """Write the matters and what hangs on them; the histories are the chronicle's."""
        bulk.append(HiddenDanger, tuple(BLANK), self.matters)
        bulk.append(Participation, PART_COLUMNS, self.parts)
        bulk.append(files.StoredFile, PAPER_COLUMNS, self.papers)
        for model, rows in (
            (RectificationPlan, self.plans),
            (Extension, self.extensions),
            (Suspension, self.suspensions),
        ):
            bulk.append(model, columns_of(model), rows)

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _fire(
        self,
        told: Told,
        by: Actor,
        verb: str,
        at: datetime,
        note: str = "",
        *,
        is_automatic: bool = False,
        **payload: Any,
    ) -> None:
        kept = {name: value for name, value in payload.items() if value or value == 0}
        self.chronicle.fire(told, by, verb, at, note, kept, is_automatic=is_automatic)

    def _said(self, at: datetime) -> str:
        return self.chronicle.said(at)

    def _grade(self, told: Told, at: datetime, cause: str, clause: str, by: Organisation | None = None) -> None:
        extra = told.extra
        told.set(
            cause=cause, clause=clause or told.clause, party_kind=PartyKind.ENTERPRISE.value,
            party_enterprise_id=extra.spot.enterprise_id, confirmed_at=self._said(at),
            confirmed_by_id=(by or extra.screening).id,
        )  # fmt: skip

    def _join(self, told: Told, at: datetime, *parts: tuple[Organisation | None, str]) -> None:
        joined, columns = told.extra.joined, told.columns
        for organisation, kind in parts:
            if organisation is None or (organisation.path, kind) in joined:
                continue
            joined.add((organisation.path, kind))
            who = self._organisations.get(organisation.path)
            if who is None:
                who = self._organisations[organisation.path] = f"{organisation.id}\t{organisation.path}"
            self.parts.append(
                f"{self.chronicle.new_id()}\t{columns['id']}\t{who}\t{kind}\t{columns['region_path']}\t{self._said(at)}"
            )

    def _attach(self, told: Told, by: Actor, at: datetime, kind: str, samples: Sequence[files.StoredFile]) -> list[str]:
        sample, paper = samples[int(self.random.random() * len(samples))], self.chronicle.new_id()
        same = self._samples.get(sample.id)
        if same is None:
            row = [getattr(sample, name) for name in PAPER_COLUMNS[len(PAPER_OWN) : -len(PAPER_SUBJECT)]]
            same = self._samples[sample.id] = bulk.text_lines([row])[0]
        columns = told.columns
        self.papers.append(
            f"{paper}\t{columns['region_path']}\t{by.organisation_id}\t{by.person_id}\t{self._said(at)}"
            f"\t{kind}\t{same}\t{PROCESS.subject_type}\t{columns['id']}"
        )
        return [paper]


PART_COLUMNS = ("id", "matter_id", "organisation_id", "organisation_path", "kind", "region_path", "since")
PAPER_OWN = ("id", "region_path", "organisation_id", "uploaded_by_id", "uploaded_at", "kind")
PAPER_SUBJECT = ("subject_type", "subject_id")
PAPER_COLUMNS = (
    *PAPER_OWN,
    *(name for name in columns_of(files.StoredFile) if name not in PAPER_OWN + PAPER_SUBJECT),
    *PAPER_SUBJECT,
)


class _Extra:
    """Who is who in a matter, and who takes part already."""

    __slots__ = ("decider", "dispatcher", "joined", "lead", "reporter", "screening", "spot")

    def __init__(self, spot: Spot, reporter: Organisation, screening: Organisation) -> None:
        self.spot, self.reporter, self.screening = spot, reporter, screening
        self.dispatcher: Organisation | None = None
        self.lead: Organisation | None = None
        self.decider: Organisation | None = None
        self.joined: set[tuple[str, str]] = set()

    def acceptor(self, told: Told) -> Organisation:
        """See ``policies.acceptor``; no enterprise stands above an organ."""
        usual = self.decider if told.level == Level.MAJOR else (self.dispatcher or self.screening)
        if usual is None:
            raise ValueError("a major matter needs its department")
        return usual


def _hold(told: Told, organisation: Organisation | None) -> None:
    if organisation is None:
        raise ValueError("somebody has to hold it")
    told.set(holder_id=organisation.id, holder_path=organisation.path)
