"""The one writer of events: history row, ledger entry and deferred reactions in the caller's transaction."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing
from anlan.processes.choices import EventKind
from anlan.processes.models import Deadline, Event
from anlan.processes.reactions import defer_reactions
from anlan.processes.tables import Step
from anlan.reads.writing import insert


@dataclass(frozen=True)
class About:
    """The soft name of a subject, and where it lies."""

    subject_type: str
    subject_id: UUID
    region_path: str


@dataclass(frozen=True)
class Words:
    """Personal text of an act: kept with the history where it can be erased, in the ledger only as a salted hash."""

    note: str = ""
    salt: str = field(default_factory=hashing.new_salt)

    def digest(self) -> dict[str, str]:
        return {"note_sha256": hashing.salted_hash(self.note, self.salt)} if self.note else {}


def write_event(
    *,
    actor: Actor,
    about: About,
    kind: str,
    name: str,
    words: Words,
    payload: dict[str, Any],
    verb: str = "",
    statuses: tuple[str, str] = ("", ""),
    undo: dict[str, Any] | None = None,
    is_automatic: bool = False,
) -> Event:
    event = Event(
        subject_type=about.subject_type,
        subject_id=about.subject_id,
        region_path=about.region_path,
        kind=kind,
        event=name,
        verb=verb,
        from_status=statuses[0],
        to_status=statuses[1],
        at=clock.now(),
        user_id=actor.user_id,
        grant_id=actor.grant_id,
        organisation_id=actor.organisation_id,
        actor_label=actor.label,
        organisation_label=actor.organisation_name,
        note=words.note,
        salt=words.salt if words.note else "",
        payload=hashing.canonical_value(payload),
        undo=hashing.canonical_value(undo or {}),
        is_automatic=is_automatic,
    )
    insert(event)
    ledger.record(
        actor=actor,
        subject_type=about.subject_type,
        subject_id=about.subject_id,
        region_path=about.region_path,
        event=name,
        payload={"event": event.id, "from": statuses[0], "to": statuses[1], **payload, **words.digest()},
        at=event.at,
    )
    defer_reactions(event)
    return event


def write_step_event(*, actor: Actor, deadline: Deadline, step: Step) -> Event:
    """Write the event of a rung that was reached; its reactions follow."""
    return write_event(
        actor=actor,
        about=About(deadline.subject_type, deadline.subject_id, deadline.region_path),
        kind=EventKind.DEADLINE,
        name=step.event,
        words=Words(),
        payload={"deadline": deadline.id, "kind": deadline.kind, "due_on": deadline.due_on, "step": step.label},
    )
