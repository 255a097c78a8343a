"""Reads of history and deadlines. The caller has found the subject through its scope."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject

from anlan.authz.actors import Actor
from anlan.processes.choices import DeadlineState, EventKind
from anlan.processes.models import Deadline, DeadlineEffect, Event
from anlan.reads.lookups import LookedUp
from anlan.reads.prepared import prepared


def event_by_id(event_id: UUID) -> Event:
    return Event.objects.get(id=event_id)


@prepared
def history_of(subject_id: UUID) -> QuerySet[Event]:
    """The subject's events, the oldest first."""
    return Event.objects.filter(subject_id=subject_id).order_by("at", "id")


def histories_of(subject_ids: Collection[UUID]) -> dict[UUID, list[Event]]:
    """The events of each subject, the oldest first, in one query."""
    found: dict[UUID, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(subject_id__in=list(subject_ids)).order_by("at", "id"):
        found[event.subject_id].append(event)
    return found


def running_of(subject_ids: Collection[UUID]) -> dict[UUID, list[Deadline]]:
    """The running periods of each subject, in one query."""
    found: dict[UUID, list[Deadline]] = defaultdict(list)
    running = [DeadlineState.OPEN, DeadlineState.PAUSED]
    for deadline in Deadline.objects.filter(subject_id__in=list(subject_ids), state__in=running):
        found[deadline.subject_id].append(deadline)
    return found


def nearest_deadlines(subject_ids: Iterable[UUID]) -> dict[UUID, Deadline]:
    """The nearest open deadline of each subject, in one query."""
    found: dict[UUID, list[Deadline]] = defaultdict(list)
    rows = Deadline.objects.filter(subject_id__in=list(subject_ids), state=DeadlineState.OPEN)
    for deadline in rows.order_by("due_on"):
        found[deadline.subject_id].append(deadline)
    return {subject_id: deadlines[0] for subject_id, deadlines in found.items()}


@prepared
def latest_acts(subject_id: UUID, settling: tuple[str, ...], count: int = 4) -> QuerySet[Event]:
    """The subject's last transitions, and the events named ``settling``, the latest first."""
    acts = Q(kind=EventKind.TRANSITION) | Q(event__in=settling)
    rows = Event.objects.filter(acts, subject_id=subject_id)
    return rows.order_by("-at", "-id")[:count]


def last_event(subject_id: UUID, *events: str) -> Event | None:
    """The latest of the named events of the subject."""
    return Event.objects.filter(subject_id=subject_id, event__in=events).order_by("-at", "-id").first()


def subjects_past(kind: str, on: date) -> QuerySet:
    """The ids of subjects whose open deadline of that kind lies before ``on``, as a subquery."""
    late = Deadline.objects.filter(kind=kind, state=DeadlineState.OPEN, due_on__lt=on)
    return late.order_by().values("subject_id")


def steps_taken(actor: Actor, events: Collection[str]) -> list[UUID]:
    """The events of these rungs that were reached in the actor's range, the oldest first."""
    effects = DeadlineEffect.objects.filter(region_path__startswith=actor.region_path, event__event__in=list(events))
    return list(effects.order_by("at", "event_id").values_list("event_id", flat=True))


def status_before(instant: datetime) -> Subquery:
    """The status in which the row it annotates stood just before an instant."""
    moved = Event.objects.filter(subject_id=OuterRef("pk"), kind=EventKind.TRANSITION, at__lt=instant)
    return Subquery(moved.order_by("-at", "-id").values("to_status")[:1])


def next_due_on() -> Subquery:
    """The nearest open due date of the row it annotates."""
    mine = Deadline.objects.filter(subject_id=OuterRef("pk"), state=DeadlineState.OPEN)
    return Subquery(mine.order_by("due_on").values("due_on")[:1])


def running_deadline() -> Subquery:
    """The nearest open or paused deadline of the row it annotates: its ``kind`` and ``due_on``, or null."""
    mine = Deadline.objects.filter(subject_id=OuterRef("pk"), state__in=[DeadlineState.OPEN, DeadlineState.PAUSED])
    return Subquery(mine.order_by("due_on").values(json=JSONObject(kind=F("kind"), due_on=F("due_on")))[:1])


def running_deadlines() -> ArraySubquery:
    """The open and paused deadlines of the row it annotates, the nearest first: ``kind``, ``due_on``, ``state`` and
    ``article`` of each, as JSON."""
    mine = Deadline.objects.filter(subject_id=OuterRef("pk"), state__in=[DeadlineState.OPEN, DeadlineState.PAUSED])
    one = JSONObject(**{name: F(name) for name in ("kind", "due_on", "state", "article")})
    return ArraySubquery(mine.order_by("due_on").values(json=one))


def happened(*events: str, since: datetime | None = None, before: datetime | None = None) -> LookedUp:
    """Whether one of the named events happened to the row it annotates, in [since, before). Ask it of few rows: it is
    looked up for each."""
    mine = Event.objects.filter(subject_id=OuterRef("pk"), event__in=events)
    if since:
        mine = mine.filter(at__gte=since)
    return LookedUp(mine.filter(at__lt=before) if before else mine)


def value_before(column: str, instant: datetime) -> Subquery:
    """What the column held just before ``instant``, as text; null when no transition has changed it since."""
    later = Event.objects.filter(
        subject_id=OuterRef("pk"), kind=EventKind.TRANSITION, at__gte=instant, undo__has_key=column
    )
    return Subquery(later.order_by("at", "id").values(before=KT(f"undo__{column}"))[:1])
