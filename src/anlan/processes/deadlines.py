"""Running periods and their ladders. The sweep makes every effect happen exactly once: the effect's row, its event
and its deferred reactions are one transaction under the deadline's lock, so a worker killed anywhere leaves all or
nothing (DESIGN §7)."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.lib import clock
from anlan.processes.choices import DeadlineState
from anlan.processes.events import write_step_event
from anlan.processes.models import Deadline, DeadlineEffect
from anlan.processes.tables import PROCESSES, DeadlineKind, Process
from anlan.reads.prepared import PreparedSQL
from anlan.reads.writing import insert_all

RUNNING = (DeadlineState.OPEN, DeadlineState.PAUSED)
SWEEPERS_LOCK = 0x7377656570  # "sweep"

_END = PreparedSQL("""
    UPDATE processes_deadline SET state = CASE WHEN kind = ANY(%s) THEN 'MET' ELSE 'CANCELLED' END, ended_at = %s
    WHERE subject_id = %s AND kind = ANY(%s) AND state IN ('OPEN', 'PAUSED')
""")  # written out: most acts send it


def start(process: Process, subject: Any, kinds: Iterable[str], *, at: datetime) -> None:
    """Open the periods of these kinds for the subject; the caller has ended those that give way to them."""
    started_on = clock.legal_date(at)
    begun = (_new(process, subject, kind, started_on, at) for kind in kinds)
    insert_all([one for one in begun if one is not None])


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
    return rung_after_rest(rule, due_on, 0, 0, at)


def end(subject_id: UUID, *, met: Collection[str], cancelled: Collection[str], at: datetime) -> None:
    """End the running periods of these kinds, in one statement; a kind that stands in both is met."""
    kinds = sorted({*met, *cancelled})
    if not kinds:
        return
    with connection.cursor() as cursor:
        cursor.execute(_END, [list(met), at, subject_id, kinds])


def pause(subject_id: UUID, kinds: Iterable[str], at: datetime) -> None:
    """Let the ladder rest; the due date stays as it was and stays visible (requirements, D34)."""
    rows = Deadline.objects.filter(subject_id=subject_id, kind__in=list(kinds), state=DeadlineState.OPEN)
    rows.update(state=DeadlineState.PAUSED, rests_since=clock.legal_date(at))


def resume(subject_id: UUID, kinds: Iterable[str], at: datetime) -> None:
    """Take the ladder up again where it stands at ``at``."""
    rows = Deadline.objects.filter(subject_id=subject_id, kind__in=list(kinds), state=DeadlineState.PAUSED)
    for deadline in rows.select_for_update():
        rule = PROCESSES[deadline.subject_type].deadlines[deadline.kind]
        deadline.rested_days += days_rested(deadline.due_on, deadline.rests_since, at)
        rung = rung_after_rest(rule, deadline.due_on, deadline.next_step, deadline.rested_days, at)
        deadline.next_step, deadline.next_at = rung
        deadline.state, deadline.rests_since = DeadlineState.OPEN, None
        deadline.save(update_fields=["state", "rests_since", "rested_days", "next_step", "next_at"])


def days_rested(due_on: date, since: date | None, at: datetime) -> int:
    """The days after the due date among those from ``since`` until the day of ``at``, on which it goes on."""
    return max(0, (clock.legal_date(at) - max(since or date.max, due_on + timedelta(days=1))).days)


def rung_after_rest(
    rule: DeadlineKind, due_on: date, next_step: int, rested_days: int, at: datetime
) -> tuple[int, datetime | None]:
    """Where the ladder is entered again, and when that rung falls: a reminder that would have come meanwhile is left
    out, what is late is not, but comes as many days later as it rested."""
    ladder = rule.ladder
    entered = range(next_step, len(ladder))
    first = next((n for n in entered if not ladder[n].is_out_of_date(due_on, at)), len(ladder))
    return first, ladder[first].falls_at(due_on, rested_days) if first < len(ladder) else None


def rewind(subject_id: UUID, since: datetime) -> None:
    """Put the subject's periods back to how they ran before ``since``: what started then ends, what ended then runs."""
    rows = Deadline.objects.filter(subject_id=subject_id)
    started = rows.filter(opened_at__gte=since)
    ended = rows.filter(opened_at__lt=since, ended_at__gte=since)
    started.filter(state__in=RUNNING).update(state=DeadlineState.CANCELLED, ended_at=clock.now())
    ended.update(state=DeadlineState.OPEN, ended_at=None)


def follow(subject_ids: Iterable[UUID], region_path: str) -> None:
    """The subjects lie elsewhere now, and their periods with them: what comes of these is told there."""
    Deadline.objects.filter(subject_id__in=list(subject_ids)).update(region_path=region_path)


@contextmanager
def nobody_else_sweeps() -> Iterator[None]:
    """Inside the block the periodic sweep stays away: whoever tells a history day by day sweeps by that clock, and a
    matter whose end is not told yet is not late by today's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [SWEEPERS_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEPERS_LOCK])


def may_sweep() -> bool:
    """Whether nobody tells a history just now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [SWEEPERS_LOCK])
        return bool(cursor.fetchone()[0])


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
    deadline.next_at = rest[0].falls_at(deadline.due_on, deadline.rested_days) if rest else None
    deadline.save(update_fields=["next_step", "next_at"])
