"""Histories that a ledger brings: what was done elsewhere, on the days it names. They follow the transition table like
every other history, but nobody is told and no reminder that would have fallen by now is sent."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.lib import clock, hashing
from anlan.processes.choices import DeadlineState, EventKind
from anlan.processes.deadlines import RUNNING
from anlan.processes.models import Deadline, DeadlineEffect, Event
from anlan.processes.tables import Process


@dataclass(frozen=True)
class PastStep:
    """A verb that was done on a day. ``note`` holds what the ledger says of it; ``is_implied``: the ledger does not name
    the step, but a later one could not be without it."""

    verb: str
    on: date
    note: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    is_implied: bool = False


def past_events(
    actor: Actor, process: Process, subject: Any, steps: Sequence[PastStep], imported_at: datetime
) -> list[Event]:
    """The events of the steps, unsaved; moves ``subject.status`` along the table. ValueError where the table knows no
    such step. A ledger names days: the order within a day is kept by seconds."""
    events = []
    for place, step in enumerate(steps):
        row = process.row(step.verb, subject.status)
        if row is None:
            raise ValueError(f"{step.verb} does not go from {subject.status or 'NEW'}")
        before, subject.status = subject.status, row.leads_to(subject.status)
        events.append(
            Event(
                subject_type=process.subject_type,
                subject_id=subject.id,
                region_path=subject.region_path,
                kind=EventKind.TRANSITION,
                event=row.event,
                verb=step.verb,
                from_status=before,
                to_status=subject.status,
                at=clock.start_of(step.on) + timedelta(seconds=place),
                user_id=actor.user_id,
                grant_id=actor.grant_id,
                organisation_id=actor.organisation_id,
                actor_label=actor.label,
                organisation_label=actor.organisation_name,
                note=step.note,
                salt=hashing.new_salt() if step.note else "",
                payload=hashing.canonical_value(step.payload),
                is_automatic=step.is_implied,
                imported_at=imported_at,
            )
        )
    return events


def deadlines_from_now(process: Process, subject: Any, kinds: Iterable[str], at: datetime) -> list[Deadline]:
    """The running periods of a subject that came in at ``at``, unsaved. Rungs that fell before are past."""
    found = []
    for kind in kinds:
        rule = process.deadlines[kind]
        due_on = rule.due_on(subject, clock.legal_date(at))
        if due_on is None:
            continue
        falls = [step.falls_at(due_on) for step in rule.ladder]
        first = next((place for place, moment in enumerate(falls) if moment > at), len(falls))
        found.append(
            Deadline(
                subject_type=process.subject_type,
                subject_id=subject.id,
                region_path=subject.region_path,
                kind=kind,
                due_on=due_on,
                article=rule.article,
                opened_at=at,
                next_step=first,
                next_at=falls[first] if first < len(falls) else None,
            )
        )
    return found


def acted_on(subject_ids: Collection[UUID]) -> dict[UUID, Event]:
    """The first thing a person did here to each of the subjects; subjects nobody has touched are not in it."""
    rows = Event.objects.filter(subject_id__in=list(subject_ids), imported_at=None).exclude(kind=EventKind.DEADLINE)
    found: dict[UUID, Event] = {}
    for event in rows.order_by("at", "id"):
        found.setdefault(event.subject_id, event)
    return found


def why_acted(subject_ids: Collection[UUID], instead: str) -> dict[UUID, str]:
    """Who acted on each of the subjects and when, and what can be done ``instead`` of undoing its import."""
    return {
        subject_id: f"{clock.legal_date(event.at)} {event.organisation_label}{event.actor_label}办理过，{instead}"
        for subject_id, event in acted_on(subject_ids).items()
    }


def imported_events(subject_ids: Collection[UUID]) -> list[Event]:
    return list(Event.objects.filter(subject_id__in=list(subject_ids), imported_at__isnull=False).order_by("at", "id"))


def cancel_deadlines(subject_ids: Collection[UUID], at: datetime) -> None:
    """A newer row of the ledger says how it stands now: the periods of the older one end."""
    running = Deadline.objects.filter(subject_id__in=list(subject_ids), state__in=RUNNING)
    running.update(state=DeadlineState.CANCELLED, ended_at=at)


def drop_imported_events(subject_ids: Collection[UUID]) -> None:
    Event.objects.filter(subject_id__in=list(subject_ids), imported_at__isnull=False).delete()


def reopen_deadlines(subject_ids: Collection[UUID], since: datetime) -> None:
    """Periods as they ran before ``since``."""
    rows = Deadline.objects.filter(subject_id__in=list(subject_ids))
    DeadlineEffect.objects.filter(deadline__in=rows.filter(opened_at__gte=since)).delete()
    rows.filter(opened_at__gte=since).delete()
    rows.filter(ended_at__gte=since).update(state=DeadlineState.OPEN, ended_at=None)


def forget(subject_ids: Collection[UUID]) -> None:
    """Everything kept of subjects that are to be gone."""
    ids = list(subject_ids)
    DeadlineEffect.objects.filter(deadline__subject_id__in=ids).delete()
    Deadline.objects.filter(subject_id__in=ids).delete()
    Event.objects.filter(subject_id__in=ids).delete()
