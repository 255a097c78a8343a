"""Reads of supervised objects."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from anlan.authz.actors import Actor
from anlan.authz.scope import in_subtree
from anlan.register.models import ObjectRegulator, SupervisedObject
from anlan.register.querysets import ObjectQuerySet


@dataclass(frozen=True, kw_only=True)
class ObjectFilters:
    """What a list is narrowed by; every part is optional and stands in the URL under its own name."""

    q: str = ""
    kind: str = ""
    region_path: str = ""
    status: str = ""
    sector: str = ""
    unregulated: bool = False


def supervised_objects(actor: Actor, filters: ObjectFilters) -> ObjectQuerySet:
    """The objects the actor sees, narrowed; the newest first."""
    rows: ObjectQuerySet = SupervisedObject.objects.visible_to(actor)
    equal = {"kind": filters.kind, "status": filters.status, "regulators__sector": filters.sector}
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if filters.region_path:
        rows = rows.filter(in_subtree("region_path", filters.region_path))
    if filters.unregulated:
        rows = rows.filter(regulators=None)
    return rows.matching(filters.q) if filters.q else rows


def supervised_object(actor: Actor, object_id: UUID) -> SupervisedObject:
    """One object with its names and regulators: two queries; NotInScope (404) outside the scope."""
    regulators = ObjectRegulator.objects.select_related("organisation").order_by("sector")
    rows = SupervisedObject.objects.with_names().prefetch_related(Prefetch("regulators", queryset=regulators))
    found: SupervisedObject = rows.get_visible(actor, id=object_id)
    return found
