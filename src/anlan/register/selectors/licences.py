"""Reads of licences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.authz.actors import Actor
from anlan.authz.scope import in_subtree
from anlan.register.choices import LicenceExpiry, LicenceState
from anlan.register.models import Enterprise, Licence, Site


@dataclass(frozen=True, kw_only=True)
class LicenceFilters:
    """What a list is narrowed by; every part is optional and stands in the URL under its own name."""

    q: str = ""
    kind: str = ""
    region_path: str = ""
    expiry: str = ""
    enterprise_id: UUID | None = None
    cancelled: bool = False


def licences(actor: Actor, filters: LicenceFilters, on: date) -> QuerySet[Licence]:
    """The licences the actor sees, narrowed; those that run out first come first."""
    rows: QuerySet[Licence] = Licence.objects.visible_to(actor)
    rows = rows.filter(status=LicenceState.CANCELLED if filters.cancelled else LicenceState.IN_FORCE)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.enterprise_id:
        rows = rows.filter(enterprise_id=filters.enterprise_id)
    if filters.region_path:
        rows = rows.filter(in_subtree("region_path", filters.region_path))
    if filters.expiry:
        rows = rows.filter(_expiring(filters.expiry, on))
    if filters.q:
        text = filters.q
        rows = rows.filter(
            Q(enterprise__name__contains=text)
            | Q(enterprise__short_name__contains=text)
            | Q(number__contains=text)
            | Q(title__contains=text)
        )
    return rows


def _expiring(expiry: str, on: date) -> Q:
    if expiry == LicenceExpiry.EXPIRED:
        return Q(valid_to__lt=on)
    return Q(valid_to__gte=on, valid_to__lte=on + timedelta(days=int(expiry)))


def with_names(rows: QuerySet[Licence]) -> QuerySet[Licence]:
    """With everything a row of a list shows, in the same query."""
    return rows.select_related("enterprise__region", "site__region", "site__local_unit")


def licence(actor: Actor, licence_id: UUID) -> Licence:
    """One licence with its names; NotInScope (404) outside the scope."""
    rows = Licence.objects.select_related("enterprise__region", "enterprise__organisation", "site__local_unit")
    found: Licence = rows.get_visible(actor, id=licence_id)
    return found


def sees_licence(actor: Actor, licence_id: UUID) -> bool:
    """Whether the actor may see the licence: how its files are guarded."""
    return Licence.objects.visible_to(actor).filter(id=licence_id).exists()


def licences_of(enterprise: Enterprise, sites: Iterable[Site]) -> Sequence[Licence]:
    """Those in force of an enterprise and of these sites of it, found in the scope: one query."""
    shown = Q(site=None) | Q(site__in=[site.id for site in sites])
    rows = Licence.objects.filter(shown, enterprise=enterprise, status=LicenceState.IN_FORCE)
    return list(rows.select_related("site"))


def sites_of_licensee(enterprise_id: UUID) -> Sequence[Site]:
    """Where the enterprise of a licence works: whose units hear that it runs out."""
    return list(
        Site.objects.filter(enterprise_id=enterprise_id, merged_into=None).select_related("local_unit").order_by("id")
    )
