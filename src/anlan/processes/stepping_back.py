"""One step back: what a transition changed is kept with its event, so that whoever acted last can withdraw it before
the next one acts (DOMAIN §4)."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Refused
from anlan.processes import deadlines
from anlan.processes.choices import EventKind
from anlan.processes.events import About, Words, write_event
from anlan.processes.models import Event
from anlan.processes.selectors import latest_acts
from anlan.processes.tables import Process

UNTOUCHED = frozenset({"version", "changed_at"})


def remember(subject: Any) -> None:
    """Note the columns as they stand, to be called when the subject has been locked."""
    subject.remembered = {field.attname: getattr(subject, field.attname) for field in subject._meta.concrete_fields}


def changes(subject: Any) -> dict[str, Any]:
    """The columns that differ from what was remembered, with the remembered values; nothing for a new record."""
    remembered: dict[str, Any] = getattr(subject, "remembered", {})
    return {
        name: value for name, value in remembered.items() if name not in UNTOUCHED and value != getattr(subject, name)
    }


def columns_to_save(subject: Any, changed: Collection[str]) -> set[str] | None:
    """What has to be written of a remembered subject: what ``changed``, and lists and the like, in which a change does
    not show; None, which is everything, of a new one."""
    remembered: dict[str, Any] = getattr(subject, "remembered", {})
    if not remembered:
        return None
    mutable = {name for name, value in remembered.items() if isinstance(value, list | dict)}
    return {*UNTOUCHED, *changed, *mutable}


def last_step(process: Process, subject_id: UUID, history: Sequence[Event] | None = None) -> list[Event]:
    """The events that one act made, the latest first: automatic ones and the act itself. Empty when nothing can be
    withdrawn: no act yet, or the last one was itself a withdrawal, came in with a ledger, or something settled it
    since. ``history`` is the whole of it, the oldest first, where it has been read already."""
    step: list[Event] = []
    settling = process.settling
    for event in latest_acts(subject_id, settling) if history is None else _acts_of(history, settling):
        if event.event in settling:
            return []
        step.append(event)
        if not event.is_automatic:
            break
    first = step[-1] if step else None
    if first is None or first.imported_at is not None:
        return []
    row = process.row(first.verb, first.from_status)
    return step if row is not None and row.withdrawable else []


def _acts_of(history: Sequence[Event], settling: Collection[str]) -> Iterator[Event]:
    return (event for event in reversed(history) if event.kind == EventKind.TRANSITION or event.event in settling)


def check_can_withdraw(
    actor: Actor, process: Process, subject_id: UUID, history: Sequence[Event] | None = None
) -> list[Event]:
    """The events to take back. Raises Refused (409) or Forbidden (403)."""
    step = last_step(process, subject_id, history)
    if not step:
        raise Refused("nothing_to_withdraw", "最近一步不能撤回；需要改动的请用“更正”或者相应的办理动作。")
    if step[-1].user_id != actor.user_id:
        raise Forbidden("not_your_step", f"最近一步是{step[-1].actor_label}办理的，只能由本人撤回。")
    return step


def withdraw(*, actor: Actor, process: Process, subject: Any, verb: str, event: str, note: str = "") -> Event:
    """Put the subject and its deadlines back to where they were before the last act. The caller has locked it and
    takes back what stands outside of it."""
    step = check_can_withdraw(actor, process, subject.id)
    before = subject.status
    for past in step:
        _restore(subject, past.undo)
    subject.version += 1
    subject.changed_at = clock.now()
    subject.save()
    deadlines.rewind(subject.id, step[-1].at)
    return write_event(
        actor=actor,
        about=About(process.subject_type, subject.id, subject.region_path),
        kind=EventKind.TRANSITION,
        name=event,
        verb=verb,
        statuses=(before, subject.status),
        words=Words(note),
        payload={"withdraws": [past.id for past in step]},
    )


def _restore(subject: Any, undo: dict[str, Any]) -> None:
    for field in subject._meta.concrete_fields:
        if field.attname in undo:
            column = getattr(field, "target_field", field)
            value = undo[field.attname]
            setattr(subject, field.attname, None if value is None else column.to_python(value))
