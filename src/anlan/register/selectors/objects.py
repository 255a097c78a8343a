"""Reads of supervised objects."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from anlan.authz.actors import Actor
from anlan.authz.scope import in_subtree
from anlan.register.freshness import stale_before
from anlan.register.grid_members import OBJECTS
from anlan.register.models import ObjectGrid, ObjectRegulator, SupervisedObject
from anlan.register.querysets import ObjectQuerySet


@dataclass(frozen=True, kw_only=True)
class ObjectFilters:
    """What a list is narrowed by; every part is optional and stands in the URL under its own name.

    ``gap`` is what is missing (``Gap``), ``unheld`` keeps those whose grid has nobody, ``placed`` those that
    lie in one.
    """

    q: str = ""
    kind: str = ""
    region_path: str = ""
    status: str = ""
    sector: str = ""
    unregulated: bool = False
    gap: str = ""
    unheld: bool = False
    placed: bool = False
    stale: bool = False


def supervised_objects(actor: Actor, filters: ObjectFilters) -> ObjectQuerySet:
    """The objects the actor sees, narrowed; the newest first."""
    rows: ObjectQuerySet = SupervisedObject.objects.visible_to(actor)
    equal = {"kind": filters.kind, "status": filters.status, "regulators__sector": filters.sector}
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if filters.region_path:
        rows = rows.filter(in_subtree("region_path", filters.region_path))
    if filters.unregulated:
        rows = rows.filter(regulators=None)
    if filters.gap:
        rows = rows.lacking(filters.gap)
    if filters.unheld:
        rows = rows.in_unheld_grids()
    if filters.placed:
        rows = rows.filter(OBJECTS.lying())
    if filters.stale:
        rows = rows.unconfirmed_since(stale_before())
    return rows.matching(filters.q) if filters.q else rows


def object_in_brief(actor: Actor, object_id: UUID) -> SupervisedObject:
    """One object with nothing but its region and the enterprise that answers for it: what an act needs."""
    rows = SupervisedObject.objects.select_related("region", "party_enterprise__organisation")
    found: SupervisedObject = rows.get_visible(actor, id=object_id)
    return found


def for_a_ledger(rows: ObjectQuerySet) -> ObjectQuerySet:
    """With everything a line of a ledger shows: names, gaps, regulators and grids."""
    regulators = ObjectRegulator.objects.select_related("organisation").order_by("sector")
    places = ObjectGrid.objects.filter(left_at=None).select_related("grid").order_by("kind", "sector")
    return (
        rows.with_names()
        .with_gaps()
        .prefetch_related(Prefetch("regulators", queryset=regulators), Prefetch("grid_places", queryset=places))
    )


def supervised_object(actor: Actor, object_id: UUID) -> SupervisedObject:
    """One object with its names and regulators: two queries; NotInScope (404) outside the scope."""
    regulators = ObjectRegulator.objects.select_related("organisation").order_by("sector")
    rows = SupervisedObject.objects.with_names().prefetch_related(Prefetch("regulators", queryset=regulators))
    found: SupervisedObject = rows.get_visible(actor, id=object_id)
    return found
