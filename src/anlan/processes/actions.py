"""`fire` is the only code that assigns a status; the history, the ledger, the deadlines and the reactions follow in
the same transaction."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.scope import require
from anlan.lib import clock
from anlan.lib.refusals import Refused, Stale
from anlan.processes import deadlines, stepping_back
from anlan.processes.choices import EventKind
from anlan.processes.events import About, Words, write_event
from anlan.processes.models import Event
from anlan.processes.tables import Process, Transition
from anlan.reads.writing import insert, update


class Subject(Protocol):
    """What `fire` moves: a record with a status, a version and a place."""

    pk: Any
    id: UUID
    status: str
    version: int
    region_path: str


def check_state(
    process: Process, subject: Subject, verb: str, if_versions: Collection[int] | None = None
) -> Transition:
    """The row that would fire. Raises Stale (412) or Refused (409, ``wrong_state``)."""
    if if_versions is not None and subject.version not in if_versions:
        raise Stale(subject.version, subject.id)
    row = process.row(verb, subject.status)
    if row is None:
        label = process.rows_of(verb)[0].label
        now = process.statuses(subject.status).label if subject.status else "未登记"
        raise Refused(
            "wrong_state",
            f"{process.label}现在是“{now}”，不能{label}。",
            extra={"current_status": subject.status, "current_version": subject.version},
            about=subject.id,
        )
    return row


def fire(
    *,
    actor: Actor,
    process: Process,
    subject: Any,
    verb: str,
    note: str = "",
    payload: dict[str, Any] | None = None,
    is_automatic: bool = False,
) -> Event:
    """Move ``subject`` by ``verb``: status, version, history, ledger, deadlines, reactions. The caller saves the rest.

    ``payload`` must be canonical and free of personal text, which belongs into ``note``.
    """
    row = check_state(process, subject, verb)
    require(actor, row.permission)
    before = subject.status
    subject.status = row.leads_to(before)
    subject.version += 1
    subject.changed_at = clock.now()
    undo = stepping_back.changes(subject)
    _save(subject, stepping_back.columns_to_save(subject, undo))
    event = write_event(
        actor=actor,
        about=About(process.subject_type, subject.id, subject.region_path),
        kind=EventKind.TRANSITION,
        name=row.event,
        verb=verb,
        statuses=(before, subject.status),
        words=Words(note),
        payload=payload or {},
        undo=undo,
        is_automatic=is_automatic,
    )
    stepping_back.remember(subject)
    _move_deadlines(process, subject, row, before, event.at)
    return event


def comment(*, actor: Actor, process: Process, subject: Any, note: str) -> Event:
    """Add a comment to the subject's timeline."""
    return write_event(
        actor=actor,
        about=About(process.subject_type, subject.id, subject.region_path),
        kind=EventKind.COMMENT,
        name=f"{process.subject_type}.commented",
        words=Words(note),
        payload={},
    )


def put_down(
    *, actor: Actor, process: Process, subject: Any, name: str, payload: dict[str, Any], note: str = ""
) -> Event:
    """Add to the subject's timeline what was done about it without moving it; ``payload`` as in ``fire``."""
    return write_event(
        actor=actor,
        about=About(process.subject_type, subject.id, subject.region_path),
        kind=EventKind.COMMENT,
        name=name,
        words=Words(note),
        payload=payload,
    )


def _save(subject: Any, columns: Collection[str] | None) -> None:
    """Write a new subject, or these columns of one that is there, all of them if none are named."""
    if subject._state.adding:
        insert(subject)
    else:
        update(subject, columns or [field.attname for field in subject._meta.concrete_fields])


def _move_deadlines(process: Process, subject: Any, row: Transition, before: str, at: datetime) -> None:
    if before:  # nothing runs yet for a new record; what is opened anew gives way
        deadlines.end(subject.id, met=row.meets, cancelled=(*row.cancels, *row.opens), at=at)
    if row.pauses:
        deadlines.pause(subject.id, row.pauses, at)
    if row.resumes:
        deadlines.resume(subject.id, row.resumes, at)
    if row.opens:
        deadlines.start(process, subject, row.opens, at=at)
