"""Histories told in memory, thousands at once: the rows that `fire` and the sweep would have left, act by act. They
follow the same transition table; whoever tells them writes the rows in bulk and puts one ledger entry down for all."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, ids, merkle
from anlan.processes.choices import DeadlineState, EventKind
from anlan.processes.deadlines import first_rung
from anlan.processes.models import Deadline, DeadlineEffect, Event
from anlan.processes.stepping_back import UNTOUCHED
from anlan.processes.tables import DeadlineKind, Process, Transition

Table = tuple[type[Any], tuple[str, ...], list[Sequence[Any]]]
"""A model, its columns, and rows of them."""

EVENT_COLUMNS = (
    "id", "subject_type", "subject_id", "region_path", "kind", "event", "verb", "from_status", "to_status", "at",
    "user_id", "grant_id", "organisation_id", "actor_label", "organisation_label", "note", "salt", "payload", "undo",
    "is_automatic", "imported_at",
)  # fmt: skip
DEADLINE_COLUMNS = (
    "id", "subject_type", "subject_id", "region_path", "kind", "due_on", "article", "state", "opened_at", "ended_at",
    "next_step", "next_at",
)  # fmt: skip
EFFECT_COLUMNS = ("id", "deadline_id", "step", "region_path", "at", "event_id")

LEAF_COLUMNS = ("id", "subject_id", "subject_type", "region_path", "event", "from_status", "to_status", "at", "user_id",
                "organisation_id")  # fmt: skip

SUBJECT_TYPE = "chronicle"
WRITTEN = "chronicle.written"
SWEPT_AFTER = timedelta(minutes=1)
"""The sweep looks once a minute."""
IDS_AT_ONCE = 1 << 24


@dataclass(slots=True)
class Period:
    """A period that runs; ``rested_until`` is when it was last taken up again."""

    id: UUID
    rule: DeadlineKind
    due_on: Any
    opened_at: datetime
    next_step: int
    next_at: datetime | None
    rested_until: datetime
    is_paused: bool = False


class Told:
    """A subject as it stands at this point of its history; ``set`` changes columns, ``fire`` moves it. ``extra`` is
    what its teller wants to remember of it."""

    __slots__ = ("before", "columns", "extra", "is_new", "periods", "process")

    def __init__(self, process: Process, columns: dict[str, Any]) -> None:
        self.process = process
        self.columns = columns
        self.before: dict[str, Any] = {}
        self.is_new = True
        self.periods: dict[str, Period] = {}
        self.extra: Any = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self.columns[name]
        except KeyError:
            raise AttributeError(name) from None

    def set(self, **columns: Any) -> None:
        """Change columns; what they were is kept for the undo of the next event."""
        for name, value in columns.items():
            self.before.setdefault(name, self.columns[name])
            self.columns[name] = value

    def take_changes(self) -> dict[str, Any]:
        """What the columns were before this act, as far as they differ; nothing for a new record."""
        changed = {
            name: value for name, value in self.before.items() if name not in UNTOUCHED and value != self.columns[name]
        }
        self.before = {}
        was_new, self.is_new = self.is_new, False
        return {} if was_new else changed


@dataclass
class Chronicle:
    """``system`` is who sweeps the county the histories happen in. ``late`` are the events of rungs, for whoever lets
    reactions follow them."""

    system: Actor
    events: list[Sequence[Any]] = field(default_factory=list)
    deadlines: list[Sequence[Any]] = field(default_factory=list)
    effects: list[Sequence[Any]] = field(default_factory=list)
    late: list[UUID] = field(default_factory=list)
    late_names: frozenset[str] = frozenset()
    subjects: int = 0

    def __post_init__(self) -> None:
        self._first = self._next = ids.reserve(IDS_AT_ONCE)
        self._leaves: list[bytes] = []
        self._rows: dict[tuple[str, str, str], tuple[Transition, str]] = {}

    def begin(self, process: Process, columns: dict[str, Any]) -> Told:
        """A new subject, not registered yet."""
        self.subjects += 1
        return Told(process, columns)

    def fire(
        self,
        told: Told,
        by: Actor,
        verb: str,
        at: datetime,
        note: str = "",
        payload: dict[str, Any] | None = None,
        *,
        is_automatic: bool = False,
    ) -> None:
        """See :func:`anlan.processes.actions.fire`. ValueError where the table or the role does not allow it."""
        before = told.columns["status"]
        row, after = self._row(told.process, verb, before)
        if not by.can(row.permission):
            raise ValueError(f"{by.role.code} may not {verb}")
        self.sweep(told, at)
        told.set(status=after)
        told.columns["version"] += 1
        told.columns["changed_at"] = at
        undo = told.take_changes()
        self._event(told, by, EventKind.TRANSITION, row.event, at, (verb, before, after), note, payload or {},
                    undo, is_automatic)  # fmt: skip
        self._move_periods(told, row, before, at)

    def sweep(self, told: Told, until: datetime) -> None:
        """Take every rung that falls before ``until``, in the order of time."""
        if not any(one.next_at is not None and one.next_at < until for one in told.periods.values()):
            return
        while due := [(when, one) for one in told.periods.values() if (when := _falls(one)) and when < until]:
            when, period = min(due, key=lambda pair: pair[0])
            step = period.rule.ladder[period.next_step]
            said = {"deadline": period.id, "kind": period.rule.kind, "due_on": period.due_on, "step": step.label}
            event_id = self._event(told, self.system, EventKind.DEADLINE, step.event, when, ("", "", ""), "", said, {})
            if step.event in self.late_names:
                self.late.append(event_id)
            self.effects.append((self._id(), period.id, period.next_step, told.region_path, when, event_id))
            period.next_step += 1
            rest = period.rule.ladder[period.next_step :]
            period.next_at = rest[0].falls_at(period.due_on) if rest else None

    def rest(self, told: Told, now: datetime) -> None:
        """The end of what is told: rungs up to ``now`` are taken, and what still runs is kept."""
        self.sweep(told, now)
        for period in told.periods.values():
            self._keep(told, period, DeadlineState.PAUSED if period.is_paused else DeadlineState.OPEN, None)
        told.periods = {}

    def tables(self) -> Iterator[Table]:
        """What is to be written, in this order."""
        yield Event, EVENT_COLUMNS, self.events
        yield Deadline, DEADLINE_COLUMNS, self.deadlines
        yield DeadlineEffect, EFFECT_COLUMNS, self.effects

    def seal(self, actor: Actor, **counts: int) -> None:
        """One ledger entry for all the events, with the root of the Merkle tree over them. They are those whose ids lie
        between the first and the last, both included."""
        if not self.events:
            return
        ledger.record(
            actor=actor,
            subject_type=SUBJECT_TYPE,
            subject_id=ids.uuid7(),
            region_path=self.system.region_path,
            event=WRITTEN,
            payload={
                "first": self.events[0][0],
                "last": self.events[-1][0],
                "events": len(self.events),
                "subjects": self.subjects,
                "merkle_root": merkle.tree_hash(self._leaves).hex(),
                **counts,
            },
        )

    def new_id(self) -> UUID:
        """An id for a row that belongs to a subject."""
        return self._id()

    def _id(self) -> UUID:
        self._next += 1
        if self._next - self._first >= IDS_AT_ONCE:
            raise OverflowError("too much for one chronicle")
        return UUID(int=self._next)

    def _row(self, process: Process, verb: str, status: str) -> tuple[Transition, str]:
        """The row that fires, and the status it leads to."""
        key = (process.subject_type, verb, status)
        if key not in self._rows:
            row = process.row(verb, status)
            if row is None:
                raise ValueError(f"{verb} does not go from {status or 'NEW'}")
            self._rows[key] = row, str(row.leads_to(status))
        return self._rows[key]

    def _event(
        self, told: Told, by: Actor, kind: EventKind, name: str, at: datetime, moved: tuple[str, str, str], note: str,
        payload: dict[str, Any], undo: dict[str, Any], is_automatic: bool = False,
    ) -> UUID:  # fmt: skip
        columns, event_id = told.columns, self._id()
        salt = hashing.new_salt() if note else ""
        said, subject_type = as_json(payload), told.process.subject_type
        verb, before, after = moved
        self.events.append(
            (event_id, subject_type, columns["id"], columns["region_path"], kind.value, name, verb, before, after, at,
             by.user_id, by.grant_id, by.organisation_id, by.label, by.organisation_name, note, salt, said,
             as_json(undo) if undo else "{}", is_automatic, None)
        )  # fmt: skip
        leaf = (event_id, columns["id"], subject_type, columns["region_path"], name, before, after, at, by.user_id,
                by.organisation_id)  # fmt: skip
        self._leaves.append(leaf_of(leaf, said, note, salt))
        return event_id

    def _move_periods(self, told: Told, row: Transition, before: str, at: datetime) -> None:
        if before:
            for kind in dict.fromkeys((*row.meets, *row.cancels, *row.opens)):
                if period := told.periods.pop(kind, None):
                    state = DeadlineState.MET if kind in row.meets else DeadlineState.CANCELLED
                    self._keep(told, period, state, at)
        for kind in row.pauses:
            if period := told.periods.get(kind):
                period.is_paused = True
        for kind in row.resumes:
            if period := told.periods.get(kind):
                period.is_paused, period.rested_until = False, at
        started_on = clock.legal_date(at)
        for kind in row.opens:
            rule = told.process.deadlines[kind]
            if (due_on := rule.due_on(told, started_on)) is not None:
                step, falls = first_rung(rule, due_on, at)
                told.periods[kind] = Period(self._id(), rule, due_on, at, step, falls, at)

    def _keep(self, told: Told, period: Period, state: DeadlineState, ended_at: datetime | None) -> None:
        self.deadlines.append(
            (period.id, told.process.subject_type, told.columns["id"], told.columns["region_path"],
             str(period.rule.kind), period.due_on, period.rule.article, state.value, period.opened_at, ended_at,
             period.next_step, period.next_at)
        )  # fmt: skip


def _falls(period: Period) -> datetime | None:
    """When the sweep takes the next rung; None while it rests and when none is left."""
    if period.is_paused or period.next_at is None:
        return None
    return max(period.next_at, period.rested_until) + SWEPT_AFTER


def _in_words(value: Any) -> Any:
    """What JSON does not know, as :func:`hashing.canonical_value` says it."""
    return hashing.canonical_value(value)


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_in_words)


def as_json(value: dict[str, Any]) -> str:
    """The canonical JSON of a payload or an undo, as `hashing.canonical_bytes` makes it; quicker."""
    return _ENCODER.encode(value)


def leaf_of(columns: Sequence[Any], payload: str, note: str, salt: str) -> bytes:
    """The leaf of an event in a chronicle's tree, from its ``LEAF_COLUMNS``: form 1, what its own ledger entry
    would have said. ``payload`` is canonical JSON; the note only enters as its salted hash."""
    event_id, subject_id, subject_type, region_path, name, before, after, at, user_id, organisation_id = columns
    digest = hashing.salted_hash(note, salt) if note else ""
    instant = hashing.canonical_instant(at)
    return merkle.leaf_hash(
        f"1\t{event_id}\t{subject_type}\t{subject_id}\t{region_path}\t{name}\t{before}\t{after}\t{instant}\t{user_id}"
        f"\t{organisation_id}\t{digest}\t{payload}".encode()
    )
