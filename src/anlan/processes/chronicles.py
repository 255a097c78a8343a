"""Histories told in memory, thousands at once: the rows that `fire` and the sweep would have left, act by act. They
follow the same transition table; whoever tells them writes the rows in bulk and puts one ledger entry down for all."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anlan.authz.actors import Actor
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, ids, merkle
from anlan.lib.text_format import NULL, Lines, escaped
from anlan.processes.choices import DeadlineState, EventKind
from anlan.processes.deadlines import days_rested, first_rung, rung_after_rest
from anlan.processes.models import Deadline, DeadlineEffect, Event
from anlan.processes.stepping_back import UNTOUCHED
from anlan.processes.tables import DeadlineKind, Process, Transition

Table = tuple[type[Any], tuple[str, ...], Lines]
"""A model, its columns, and rows of them."""

EVENT_COLUMNS = (
    "id", "subject_type", "subject_id", "region_path", "event", "from_status", "to_status", "at",
    "user_id", "organisation_id", "grant_id", "actor_label", "organisation_label",
    "kind", "verb", "note", "salt", "payload", "undo", "is_automatic",
)  # fmt: skip
"""In the order in which a line is put together: its beginning is that of the leaf too."""
DEADLINE_COLUMNS = (
    "id", "subject_type", "subject_id", "region_path", "kind", "article", "due_on", "state", "opened_at", "ended_at",
    "next_step", "next_at", "rests_since", "rested_days",
)  # fmt: skip
EFFECT_COLUMNS = ("id", "deadline_id", "step", "region_path", "at", "event_id")

LEAF_COLUMNS = EVENT_COLUMNS[: EVENT_COLUMNS.index("organisation_id") + 1]

SUBJECT_TYPE = "chronicle"
WRITTEN = "chronicle.written"
SWEPT_AFTER = timedelta(minutes=1)
"""The sweep looks once a minute."""
TRANSITION, DEADLINE = EventKind.TRANSITION.value, EventKind.DEADLINE.value
OPEN, PAUSED, MET, CANCELLED = (
    state.value for state in (DeadlineState.OPEN, DeadlineState.PAUSED, DeadlineState.MET, DeadlineState.CANCELLED)
)


@dataclass(slots=True)
class Period:
    """A period that runs; ``rested_until`` is when it was last taken up again, ``rests_since`` the day since when it
    rests."""

    id: str
    rule: DeadlineKind
    due_on: Any
    opened_at: str
    next_step: int
    next_at: datetime | None
    rested_until: datetime
    rests_since: date | None = None
    rested_days: int = 0


class Told:
    """A subject as it stands at this point of its history; ``set`` changes columns, ``fire`` moves it. ``extra`` is
    what its teller wants to remember of it. Its id is text."""

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
        """Change columns; what they were is kept for the undo of the next event, unless the record is new."""
        if not self.is_new:
            now, before = self.columns, self.before
            for name in columns:
                if name not in before:
                    before[name] = now[name]
        self.columns.update(columns)

    def take_changes(self) -> dict[str, Any]:
        """What the columns were before this act, as far as they differ; nothing for a new record."""
        if self.is_new:
            self.is_new = False
            return {}
        before, now = self.before, self.columns
        self.before = {}
        return {
            name: value
            for name, value in before.items()
            if (new := now[name]) is not value and new != value and name not in UNTOUCHED
        }


@dataclass(slots=True)
class Move:
    """What a row of the table does, looked up once: the status it leads to, the states in which periods end, those it
    opens."""

    row: Transition
    after: str
    ends: list[tuple[str, str]]
    opens: list[tuple[str, DeadlineKind]]


@dataclass(slots=True)
class Voice:
    """Who acts, in the words of the history: as a leaf has it, and as the columns of an event. ``actor`` is kept so that
    no other comes to lie in its place."""

    actor: Actor
    in_leaf: str
    in_line: str


@dataclass
class Chronicle:
    """``system`` is who sweeps the county the histories happen in. ``new_id`` gives ids for the rows that belong to the
    subjects. The rows are lines as soon as they are told."""

    system: Actor
    events: Lines = field(default_factory=Lines)
    deadlines: Lines = field(default_factory=Lines)
    effects: Lines = field(default_factory=Lines)
    subjects: int = 0

    def __post_init__(self) -> None:
        self.new_id: Callable[[], str] = ids.block().__next__
        self._new_salt: Callable[[], str] = hashing.new_salts().__next__
        self._leaves: list[bytes] = []
        self._instant: datetime | None = None
        self._said = ""
        self._moves: dict[tuple[str, str, str], Move] = {}
        self._voices: dict[int, Voice] = {}

    def begin(self, process: Process, columns: dict[str, Any]) -> Told:
        """A new subject, not registered yet."""
        self.subjects += 1
        return Told(process, columns)

    def said(self, at: datetime) -> str:
        """The instant in words. Whatever happens in one act says it several times."""
        if at is not self._instant:
            self._instant, self._said = at, hashing.canonical_instant(at)
        return self._said

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
        columns = told.columns
        before = columns["status"]
        move = self._move(told.process, verb, before)
        if not by.can(move.row.permission):
            raise ValueError(f"{by.role.code} may not {verb}")
        if told.periods:
            self.sweep(told, at)
        told.set(status=move.after)
        columns["version"] += 1
        columns["changed_at"] = self.said(at)
        undo = told.take_changes()
        self._event(told, by, TRANSITION, move.row.event, at, (verb, before, move.after), note, payload or {}, undo,
                    is_automatic)  # fmt: skip
        self._move_periods(told, move, before, at)

    def sweep(self, told: Told, until: datetime) -> None:
        """Take every rung that falls before ``until``, in the order of time."""
        for one in told.periods.values():
            if one.next_at is not None and one.next_at < until:
                break
        else:
            return
        while due := [(when, one) for one in told.periods.values() if (when := _falls(one)) and when < until]:
            when, period = min(due, key=lambda pair: pair[0])
            step = period.rule.ladder[period.next_step]
            said = {"deadline": period.id, "kind": period.rule.kind, "due_on": period.due_on, "step": step.label}
            event_id = self._event(told, self.system, DEADLINE, step.event, when, ("", "", ""), "", said, {})
            self.effects.append(
                f"{self.new_id()}\t{period.id}\t{period.next_step}\t{told.region_path}\t{self.said(when)}\t{event_id}"
            )
            period.next_step += 1
            rest = period.rule.ladder[period.next_step :]
            period.next_at = rest[0].falls_at(period.due_on, period.rested_days) if rest else None

    def rest(self, told: Told, now: datetime) -> None:
        """The end of what is told: rungs up to ``now`` are taken, and what still runs is kept."""
        self.sweep(told, now)
        for period in told.periods.values():
            self._keep(told, period, PAUSED if period.rests_since else OPEN, NULL)
        told.periods = {}

    def tables(self) -> Iterator[Table]:
        """What is to be written, in this order."""
        yield Event, EVENT_COLUMNS, self.events
        yield Deadline, DEADLINE_COLUMNS, self.deadlines
        yield DeadlineEffect, EFFECT_COLUMNS, self.effects

    def seal(self, actor: Actor, **more: Any) -> None:
        """One ledger entry for all the events, with the root of the Merkle tree over them. They are those whose ids lie
        between the first and the last, both included. ``more`` is what else the entry says."""
        if not self.events:
            return
        ledger.record(
            actor=actor,
            subject_type=SUBJECT_TYPE,
            subject_id=ids.uuid7(),
            region_path=self.system.region_path,
            event=WRITTEN,
            payload={
                "first": self.events[0].partition("\t")[0],
                "last": self.events[-1].partition("\t")[0],
                "events": len(self.events),
                "subjects": self.subjects,
                "merkle_root": merkle.tree_hash(self._leaves).hex(),
                **more,
            },
        )

    def _move(self, process: Process, verb: str, status: str) -> Move:
        """What the verb does from the status."""
        key = (process.subject_type, verb, status)
        found = self._moves.get(key)
        if found is None:
            row = process.row(verb, status)
            if row is None:
                raise ValueError(f"{verb} does not go from {status or 'NEW'}")
            kinds = dict.fromkeys((*row.meets, *row.cancels, *row.opens)) if status else {}
            ends = [(kind, MET if kind in row.meets else CANCELLED) for kind in kinds]
            opens = [(kind, process.deadlines[kind]) for kind in row.opens]
            found = self._moves[key] = Move(row, str(row.leads_to(status)), ends, opens)
        return found

    def _voice(self, by: Actor) -> Voice:
        found = self._voices.get(id(by))
        if found is None:
            ids_of = [NULL if one is None else str(one) for one in (by.user_id, by.organisation_id, by.grant_id)]
            line = "\t".join((*ids_of, escaped(by.label), escaped(by.organisation_name)))
            found = self._voices[id(by)] = Voice(by, f"{by.user_id}\t{by.organisation_id}", line)
        return found

    def _event(
        self, told: Told, by: Actor, kind: str, name: str, at: datetime, moved: tuple[str, str, str], note: str,
        payload: dict[str, Any], undo: dict[str, Any], is_automatic: bool = False,
    ) -> str:  # fmt: skip
        columns, event_id, voice = told.columns, self.new_id(), self._voice(by)
        salt = self._new_salt() if note else ""
        said, before_it = as_json(payload), as_json(undo)
        verb, before, after = moved
        head = (f"{event_id}\t{told.process.subject_type}\t{columns['id']}\t{columns['region_path']}\t{name}\t{before}"
                f"\t{after}\t{self.said(at)}\t")  # fmt: skip
        self.events.append(
            f"{head}{voice.in_line}\t{kind}\t{verb}\t{escaped(note)}\t{salt}\t{escaped(said)}\t{escaped(before_it)}"
            f"\t{'t' if is_automatic else 'f'}"
        )
        self._leaves.append(leaf_of(head + voice.in_leaf, said, note, salt))
        return event_id

    def _move_periods(self, told: Told, move: Move, before: str, at: datetime) -> None:
        periods, row = told.periods, move.row
        if periods:
            for kind, state in move.ends:
                if period := periods.pop(kind, None):
                    self._keep(told, period, state, self.said(at))
        for kind in row.pauses:
            if period := periods.get(kind):
                period.rests_since = clock.legal_date(at)
        for kind in row.resumes:
            if period := periods.get(kind):
                _go_on(period, at)
        if not move.opens:
            return
        started_on = clock.legal_date(at)
        for kind, rule in move.opens:
            if (due_on := rule.due_on(told, started_on)) is not None:
                step, falls = first_rung(rule, due_on, at)
                periods[kind] = Period(self.new_id(), rule, due_on, self.said(at), step, falls, at)

    def _keep(self, told: Told, period: Period, state: str, ended_at: str) -> None:
        columns, rule = told.columns, period.rule
        self.deadlines.append(
            f"{period.id}\t{told.process.subject_type}\t{columns['id']}\t{columns['region_path']}\t{rule.kind}"
            f"\t{rule.article}\t{period.due_on}\t{state}\t{period.opened_at}\t{ended_at}\t{period.next_step}"
            f"\t{period.next_at or NULL}\t{period.rests_since or NULL}\t{period.rested_days}"
        )


def written(actor: Actor) -> list[dict[str, Any]]:
    """What the ledger says of the chronicles the actor sees, the oldest first."""
    return [entry.payload for entry in entries_of(actor)]


def entries_of(actor: Actor) -> QuerySet[ledger.LedgerEntry]:
    """The ledger's entries of the chronicles the actor sees, the oldest first."""
    return ledger.entries(actor, WRITTEN)


def _go_on(period: Period, at: datetime) -> None:
    """As `deadlines.resume`."""
    period.rested_days += days_rested(period.due_on, period.rests_since, at)
    rung = rung_after_rest(period.rule, period.due_on, period.next_step, period.rested_days, at)
    period.next_step, period.next_at = rung
    period.rested_until, period.rests_since = at, None


def _falls(period: Period) -> datetime | None:
    """When the sweep takes the next rung; None while it rests and when none is left."""
    if period.rests_since or period.next_at is None:
        return None
    return max(period.next_at, period.rested_until) + SWEPT_AFTER


def _in_words(value: Any) -> Any:
    """What JSON does not know, as :func:`hashing.canonical_value` says it."""
    return str(value) if type(value) is UUID else hashing.canonical_value(value)


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_in_words)
_MAKE = getattr(json.encoder, "c_make_encoder", None)
_PARTS = _MAKE(None, _in_words, encode_basestring, None, ":", ",", True, False, False) if _MAKE else None


def as_json(value: dict[str, Any]) -> str:
    """The canonical JSON of a payload or an undo, as `hashing.canonical_bytes` makes it; quicker. The standard library
    would set its encoder up anew for each."""
    if not value:
        return "{}"
    return "".join(_PARTS(value, 0)) if _PARTS else _ENCODER.encode(value)


def leaf_of(head: str, payload: str, note: str, salt: str) -> bytes:
    """The leaf of an event in a chronicle's tree: form 1, what its own ledger entry would have said. ``head`` are its
    ``LEAF_COLUMNS`` with tabs between them, instants canonical and nobody as ``None``; ``payload`` is canonical JSON; the
    note only enters as its salted hash."""
    digest = hashing.salted_hash(note, salt) if note else ""
    return merkle.leaf_hash(f"1\t{head}\t{digest}\t{payload}".encode())
