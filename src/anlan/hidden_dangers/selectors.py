"""Reads. The first argument of a public one is always the actor."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.scope import in_subtree
from anlan.hidden_dangers.choices import Decision, MajorState
from anlan.hidden_dangers.models import HiddenDanger, RectificationPlan, Suspension
from anlan.hidden_dangers.querysets import HiddenDangerQuerySet
from anlan.lib import clock

CASE_RELATIONS = (
    "region",
    "site",
    "holder",
    "reporter",
    "registered_by",
    "screening",
    "confirmed_by",
    "major_decider",
    "dispatcher",
    "lead",
    "party_enterprise__organisation",
    "party_organisation",
)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; every part is optional and stands in the URL under its own name."""

    q: str = ""
    status: tuple[str, ...] = ()
    level: str = ""
    source: str = ""
    sector: str = ""
    region_path: str = ""
    holder_id: UUID | None = None
    enterprise_id: UUID | None = None
    site_id: UUID | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    state: str = ""


def hidden_dangers(actor: Actor, filters: Filters, on: date) -> HiddenDangerQuerySet:
    """The matters the actor sees, narrowed; ``on`` is the legal date lateness is measured at."""
    rows = HiddenDanger.objects.visible_to(actor)
    equal: dict[str, Any] = {
        "level": filters.level,
        "source": filters.source,
        "sector": filters.sector,
        "holder_id": filters.holder_id,
        "party_enterprise_id": filters.enterprise_id,
        "site_id": filters.site_id,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if filters.status:
        rows = rows.filter(status__in=filters.status)
    if filters.region_path:
        rows = rows.filter(in_subtree("region_path", filters.region_path))
    if filters.q:
        rows = rows.matching(filters.q)
    return _in_state(_registered_between(rows, filters), filters.state, on)


def _registered_between(rows: HiddenDangerQuerySet, filters: Filters) -> HiddenDangerQuerySet:
    if filters.registered_from:
        rows = rows.filter(registered_at__gte=clock.start_of(filters.registered_from))
    if filters.registered_to:
        rows = rows.filter(registered_at__lt=clock.end_of(filters.registered_to))
    return rows


def _in_state(rows: HiddenDangerQuerySet, state: str, on: date) -> HiddenDangerQuerySet:
    if state == "open":
        return rows.open()
    if state == "overdue":
        return rows.overdue(on)
    if state == "due_soon":
        return rows.due_between(on, on + timedelta(days=3))
    if state == "major_pending":
        return rows.open().filter(major_state=MajorState.PROPOSED)
    return rows


def hidden_danger(actor: Actor, hidden_danger_id: UUID) -> HiddenDanger:
    """One matter with all its names, in one query; NotInScope (404) outside the scope."""
    return HiddenDanger.objects.select_related(*CASE_RELATIONS).get_visible(actor, id=hidden_danger_id)


def sees(actor: Actor, hidden_danger_id: UUID) -> bool:
    """Whether the actor may see the matter: how its files are guarded."""
    return HiddenDanger.objects.visible_to(actor).filter(id=hidden_danger_id).exists()


def plan_of(matter: HiddenDanger) -> RectificationPlan | None:
    return RectificationPlan.objects.filter(hidden_danger=matter).first()


def pending_suspension(matter: HiddenDanger) -> Suspension | None:
    return Suspension.objects.filter(hidden_danger=matter, decision=Decision.PENDING).first()


def suspensions_of(matter: HiddenDanger) -> list[Suspension]:
    return list(Suspension.objects.filter(hidden_danger=matter).select_related("requested_by", "decided_by"))
