"""Running periods and their ladders. The sweep makes every effect happen exactly once: the effect's row, its event
and its deferred reactions are one transaction under the deadline's lock, so a worker killed anywhere leaves all or
nothing (DESIGN §7)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Value, When

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.lib import clock
from anlan.processes.choices import DeadlineState
from anlan.processes.events import write_step_event
from anlan.processes.models import Deadline, DeadlineEffect
from anlan.processes.tables import PROCESSES, DeadlineKind, Process

RUNNING = (DeadlineState.OPEN, DeadlineState.PAUSED)


def start(process: Process, subject: Any, kinds: Iterable[str], *, at: datetime) -> None:
    """Open the periods of these kinds for the subject; the caller has ended those that give way to them."""
    started_on = clock.legal_date(at)
    begun = (_new(process, subject, kind, started_on, at) for kind in kinds)
    Deadline.objects.bulk_create(one for one in begun if one is not None)


def _new(process: Process, subject: Any, kind: str, started_on: date, at: datetime) -> Deadline | None:
    """The period, unsaved; None where none begins."""
    rule = process.deadlines[kind]
    due_on = rule.due_on(subject, started_on)
    if due_on is None:
        return None
    step, falls = first_rung(rule, due_on, at)
    return Deadline(
        subject_type=process.subject_type,
        subject_id=subject.id,
        region_path=subject.region_path,
        kind=kind,
        due_on=due_on,
        article=rule.article,
        opened_at=at,
        next_step=step,
        next_at=falls,
    )


def first_rung(rule: DeadlineKind, due_on: date, at: datetime) -> tuple[int, datetime | None]:
    """Where the ladder of a period that begins at ``at`` is entered, and when that rung falls: a reminder that would
    have come before is left out, what is late at once is not."""
    ladder = rule.ladder
    first = next((n for n, step in enumerate(ladder) if step.days >= 0 or step.falls_at(due_on) > at), len(ladder))
    return first, ladder[first].falls_at(due_on) if first < len(ladder) else None


def end(subject_id: UUID, *, met: Collection[str], cancelled: Collection[str], at: datetime) -> None:
    """End the running periods of these kinds, in one statement; a kind that stands in both is met."""
    kinds = sorted({*met, *cancelled})
    if not kinds:
        return
    state: Any = DeadlineState.CANCELLED
    if met:
        state = Case(When(kind__in=list(met), then=Value(DeadlineState.MET)), default=Value(DeadlineState.CANCELLED))
    rows = Deadline.objects.filter(subject_id=subject_id, kind__in=kinds, state__in=RUNNING)
    rows.update(state=state, ended_at=at)


def pause(subject_id: UUID, kinds: Iterable[str]) -> None:
    """Let the ladder rest; the due date stays as it was and stays visible (requirements, D34)."""
    rows = Deadline.objects.filter(subject_id=subject_id, kind__in=list(kinds), state=DeadlineState.OPEN)
    rows.update(state=DeadlineState.PAUSED)


def resume(subject_id: UUID, kinds: Iterable[str]) -> None:
    rows = Deadline.objects.filter(subject_id=subject_id, kind__in=list(kinds), state=DeadlineState.PAUSED)
    rows.update(state=DeadlineState.OPEN)


def rewind(subject_id: UUID, since: datetime) -> None:
    """Put the subject's periods back to how they ran before ``since``: what started then ends, what ended then runs."""
    rows = Deadline.objects.filter(subject_id=subject_id)
    started = rows.filter(opened_at__gte=since)
    ended = rows.filter(opened_at__lt=since, ended_at__gte=since)
    started.filter(state__in=RUNNING).update(state=DeadlineState.CANCELLED, ended_at=clock.now())
    ended.update(state=DeadlineState.OPEN, ended_at=None)


def sweep(actor: Actor, batch: int = 50) -> int:
    """Take every rung that has come due inside the actor's range, ``batch`` deadlines a transaction; their number."""
    taken = 0
    while count := _sweep_batch(actor, batch):
        taken += count
    return taken


def _sweep_batch(actor: Actor, batch: int) -> int:
    with acting(actor):
        due = Deadline.objects.filter(state=DeadlineState.OPEN, next_at__lte=clock.now()).order_by("next_at", "id")
        rows = list(due.select_for_update(skip_locked=True)[:batch])
        for deadline in rows:
            _take_step(actor, deadline)
        return len(rows)


def _take_step(actor: Actor, deadline: Deadline) -> None:
    ladder = PROCESSES[deadline.subject_type].deadlines[deadline.kind].ladder
    step = ladder[deadline.next_step]
    event = write_step_event(actor=actor, deadline=deadline, step=step)
    DeadlineEffect.objects.create(
        deadline=deadline, step=deadline.next_step, region_path=deadline.region_path, at=event.at, event=event
    )
    deadline.next_step += 1
    rest = ladder[deadline.next_step :]
    deadline.next_at = rest[0].falls_at(deadline.due_on) if rest else None
    deadline.save(update_fields=["next_step", "next_at"])
