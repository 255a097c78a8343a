"""What of the register hangs on an enterprise or a site. It was found in the scope; inside the county nothing is left
behind."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anlan.register.choices import ChangeState, LicenceState
from anlan.register.models import (
    Enterprise,
    EnterpriseMerge,
    Licence,
    ResponsibleOfficial,
    Site,
    SiteGrid,
    SiteMerge,
    SitePerson,
    SiteRegulator,
    SiteTag,
    SiteTenancy,
    SiteTransfer,
    StatusChange,
    SupervisedObject,
)
from anlan.register.selectors.changes import status_changes_of

Holder = Enterprise | Site

# ── of an enterprise ─────────────────────────────────────────────────────────────────────────────────────────────────


def sites(enterprise_id: UUID) -> QuerySet[Site]:
    return Site.objects.filter(enterprise_id=enterprise_id)


def standing_sites(enterprise_id: UUID) -> QuerySet[Site]:
    return sites(enterprise_id).filter(merged_into=None)


def status_changes(enterprise_id: UUID) -> QuerySet[StatusChange]:
    return StatusChange.objects.filter(enterprise_id=enterprise_id)


def licences(enterprise_id: UUID) -> QuerySet[Licence]:
    return Licence.objects.filter(enterprise_id=enterprise_id)


def tenancies(enterprise_id: UUID) -> QuerySet[SiteTenancy]:
    return SiteTenancy.objects.filter(landlord_id=enterprise_id)


def rents_between(one: UUID, other: UUID) -> bool:
    between = Q(landlord_id=one, tenant_site__enterprise_id=other) | Q(
        landlord_id=other, tenant_site__enterprise_id=one
    )
    return SiteTenancy.objects.filter(between, valid_to=None).exists()


def same_tenants(one: UUID, other: UUID) -> bool:
    running = SiteTenancy.objects.filter(valid_to=None, landlord_site=None)
    tenants = running.filter(landlord_id=other).values("tenant_site_id")
    return running.filter(landlord_id=one, tenant_site_id__in=tenants).exists()


def objects(enterprise_id: UUID) -> QuerySet[SupervisedObject]:
    return SupervisedObject.objects.filter(party_enterprise_id=enterprise_id)


def merges(enterprise_id: UUID) -> QuerySet[EnterpriseMerge]:
    return EnterpriseMerge.objects.filter(survivor_id=enterprise_id)


def with_the_sites(enterprise_id: UUID) -> list[tuple[str, QuerySet[Any]]]:
    """What goes along with the sites, in words."""
    kinds: list[tuple[str, Any]] = [
        ("名安全责任人", SitePerson.objects),
        ("个网格归属", SiteGrid.objects.filter(left_at=None)),
        ("名包保人", ResponsibleOfficial.objects.filter(valid_to=None)),
        ("个标签", SiteTag.objects.filter(removed_at=None)),
    ]
    return [(noun, rows.filter(site__enterprise_id=enterprise_id)) for noun, rows in kinds]


# ── of either ────────────────────────────────────────────────────────────────────────────────────────────────────────


def how_many_wait(one: Holder, other: Holder) -> int:
    """Changes of the status of either that wait to be accepted; there is one of each at most."""
    both = (status_changes_of(holder).order_by() for holder in (one, other))
    return reduce(or_, both).filter(status=ChangeState.REQUESTED).count()


def changes_in_force(holder: Holder) -> QuerySet[StatusChange]:
    """The changes of its status, the newest first."""
    return status_changes_of(holder).filter(status=ChangeState.IN_FORCE)


def held_by_both(one: Holder, other: Holder) -> list[str]:
    """Numbers of licences of one kind that are in force for both legal persons, or for both sites."""
    site = isinstance(one, Site)
    own = Q(site__in=[one, other]) if site else Q(enterprise__in=[one, other], site=None)
    rows = Licence.objects.filter(own, status=LicenceState.IN_FORCE).order_by("number")
    several = rows.values("kind", "number").annotate(holders=Count("site" if site else "enterprise", distinct=True))
    return list(several.filter(holders=2).values_list("number", flat=True))


# ── of a site ────────────────────────────────────────────────────────────────────────────────────────────────────────


def at_site(model: Any, column: str = "site_id", **more: Any) -> Callable[[UUID], QuerySet[Any]]:
    """The rows of the model whose column names a site."""
    return lambda site_id: model.objects.filter(**{column: site_id}, **more)


def earlier_merges(site_id: UUID) -> QuerySet[SiteMerge]:
    return SiteMerge.objects.filter(survivor_id=site_id)


def waits_for_a_receiver(*sites: Site) -> bool:
    return SiteTransfer.objects.filter(site__in=sites, answered_at=None).exists()


def leases_once_one(merged: Site, survivor: Site) -> list[tuple[UUID, UUID | None, UUID]]:
    """The running tenancies around the two as they would stand: landlord, site of it, tenant's site."""
    either = Q(landlord_site__in=[merged, survivor]) | Q(tenant_site__in=[merged, survivor])
    rows = SiteTenancy.objects.filter(either, valid_to=None).values_list("landlord_id", "landlord_site", "tenant_site")
    now = {merged.id: survivor.id}
    return [(landlord, now.get(of, of), now.get(tenant, tenant)) for landlord, of, tenant in rows]


def same_people(merged: Site, survivor: Site) -> QuerySet[SitePerson]:
    """Of the one, who stands at the other with the same post, under no other phone."""
    there = SitePerson.objects.filter(site=survivor, post=OuterRef("post"), name=OuterRef("name"))
    phone = Q(phone="") | Exists(there.filter(phone=OuterRef("phone")))
    return SitePerson.objects.filter(phone, Exists(there), site=merged)


def same_sectors(merged: Site, survivor: Site) -> QuerySet[SiteRegulator]:
    return SiteRegulator.objects.filter(site=merged, sector__in=survivor.regulators.values("sector"))


def same_kinds_of_grid(merged: Site, survivor: Site) -> QuerySet[SiteGrid]:
    there = SiteGrid.objects.filter(site=survivor, left_at=None, kind=OuterRef("kind"), sector=OuterRef("sector"))
    return SiteGrid.objects.filter(Exists(there), site=merged, left_at=None)


def second_officials(merged: Site, survivor: Site) -> QuerySet[ResponsibleOfficial]:
    there = ResponsibleOfficial.objects.filter(site=survivor, valid_to=None)
    return ResponsibleOfficial.objects.filter(Exists(there), site=merged, valid_to=None)


def same_tags(merged: Site, survivor: Site) -> QuerySet[SiteTag]:
    there = SiteTag.objects.filter(site=survivor, removed_at=None).values("kind")
    return SiteTag.objects.filter(site=merged, removed_at=None, kind__in=there)
