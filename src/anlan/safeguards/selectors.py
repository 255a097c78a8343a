"""Reads. What is counted of an event are the matters the actor sees: each number is the length of its list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from anlan.authz.actors import Actor
from anlan.authz.choices import RegionLevel
from anlan.authz.models import Region
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.safeguards.choices import NOT_COUNTED, EventState, MatterState
from anlan.safeguards.models import GuaranteedEvent, GuardedMatter
from anlan.territory import api as territory

LEVELS = list(RegionLevel)


@dataclass(frozen=True)
class Tally:
    """``in_time``: closed before the day of the opening; ``left_out``: tagged, and not counted."""

    found: int = 0
    closed: int = 0
    in_time: int = 0
    left_out: int = 0

    @property
    def remaining(self) -> int:
        return self.found - self.closed

    @property
    def per_mille(self) -> int | None:
        """Of what was found, how much is closed; cut off, so that 100% means all of it. None when nothing was found."""
        return self.closed * 1000 // self.found if self.found else None


NOTHING = Tally()


def events(actor: Actor, state: str | None = None) -> QuerySet[GuaranteedEvent]:
    """The events the actor sees: those that run, the next opening first; then the concluded, the latest first."""
    rows = GuaranteedEvent.objects.visible_to(actor).select_related("region")
    if state is not None:
        rows = rows.filter(concluded_at__isnull=state != EventState.CONCLUDED)
    return rows.order_by(F("concluded_at").desc(nulls_first=True), "opens_on", "-id")


def event(actor: Actor, event_id: UUID) -> GuaranteedEvent:
    """One event; NotInScope (404) outside the scope."""
    found: GuaranteedEvent = GuaranteedEvent.objects.select_related("region", "created_by").get_visible(
        actor, id=event_id
    )
    return found


def _guarding_for(actor: Actor) -> ArraySubquery:
    mine = {"matters__hidden_danger": OuterRef("pk"), "matters__removed_at": None, "concluded_at": None}
    rows = GuaranteedEvent.objects.visible_to(actor).filter(**mine).order_by("opens_on", "id")
    return ArraySubquery(rows.values(json=JSONObject(id=F("id"), name=F("name"), opens_on=F("opens_on"))))


GUARDING = loop.FromAbove("told_events", _guarding_for)
"""Read along with a matter (``loop.hidden_danger_to_show``)."""


def matters(actor: Actor, found: GuaranteedEvent, state: str = MatterState.ALL) -> Any:
    """The hidden dangers of an event that the actor sees, those still open first."""
    tagged = GuardedMatter.objects.filter(event=found, removed_at=None).order_by().values("hidden_danger_id")
    rows = _seen(actor).filter(id__in=tagged)
    return rows.filter(_of_state(state, found.opens_on)).open_first()


def tallies(actor: Actor, found: Iterable[GuaranteedEvent]) -> dict[UUID, Tally]:
    """The numbers of each of the events, in one query."""
    rows = GuardedMatter.objects.filter(event__in=[one.id for one in found], removed_at=None)
    rows = rows.filter(hidden_danger__in=_seen(actor).order_by().values("pk"))
    left_out = Q(hidden_danger__status__in=NOT_COUNTED)
    closed = Q(hidden_danger__status=loop.Status.CLOSED)
    counted = (
        rows.order_by()
        .values("event_id")
        .annotate(
            found=Count("pk", filter=~left_out),
            closed=Count("pk", filter=closed),
            in_time=Count("pk", filter=closed & Q(hidden_danger__ended_at__date__lt=F("event__opens_on"))),
            left_out=Count("pk", filter=left_out),
        )
    )
    return {row["event_id"]: Tally(row["found"], row["closed"], row["in_time"], row["left_out"]) for row in counted}


def tally(actor: Actor, found: GuaranteedEvent) -> Tally:
    return tallies(actor, [found]).get(found.id, NOTHING)


def candidates(actor: Actor, found: GuaranteedEvent, first: date, last: date) -> Any:
    """The open matters of the event's region registered within the days (both included) that it does not have yet."""
    filters = loop.Filters(state="open", region_path=found.region_path, registered_from=first, registered_to=last)
    tagged = GuardedMatter.objects.filter(event=found, removed_at=None).order_by().values("hidden_danger_id")
    return loop.hidden_dangers(actor, filters, clock.today()).exclude(id__in=tagged)


def with_numbers(actor: Actor, numbers: Iterable[str]) -> dict[str, Any]:
    """The matters of these numbers that the actor sees, by number."""
    return {one.number: one for one in _seen(actor).filter(number__in=list(numbers)).order_by()}


def with_ids(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """The same by id."""
    return {one.id: one for one in _seen(actor).filter(id__in=list(ids)).order_by()}


def tagged_among(found: GuaranteedEvent, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the matters that an event, found in the scope, has already."""
    rows = GuardedMatter.objects.filter(event=found, removed_at=None, hidden_danger_id__in=list(ids))
    return set(rows.order_by().values_list("hidden_danger_id", flat=True))


def regions_for(actor: Actor) -> QuerySet[Region]:
    """Where the actor may put an event: their own region and those directly below."""
    depth = actor.region_path.count("/")
    return territory.regions_of(actor, *LEVELS[depth - 1 : depth + 1])


def _seen(actor: Actor) -> Any:
    return loop.hidden_dangers(actor, loop.Filters(), clock.today())


def _of_state(state: str, opens_on: date) -> Q:
    closed, left_out = Q(status=loop.Status.CLOSED), Q(status__in=NOT_COUNTED)
    return {
        MatterState.ALL: ~left_out,
        MatterState.CLOSED: closed,
        MatterState.OPEN: ~left_out & ~closed,
        MatterState.IN_TIME: closed & Q(ended_at__lt=clock.start_of(opens_on)),
        MatterState.LEFT_OUT: left_out,
    }[MatterState(state)]
