"""What of the register hangs on an enterprise. It was found in the scope; inside the county nothing is left behind."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.register.choices import ChangeState, LicenceState
from anlan.register.models import (
    EnterpriseMerge,
    Licence,
    ResponsibleOfficial,
    Site,
    SiteGrid,
    SitePerson,
    SiteTag,
    SiteTenancy,
    StatusChange,
    SupervisedObject,
)


def sites(enterprise_id: UUID) -> QuerySet[Site]:
    return Site.objects.filter(enterprise_id=enterprise_id)


def status_changes(enterprise_id: UUID) -> QuerySet[StatusChange]:
    return StatusChange.objects.filter(enterprise_id=enterprise_id)


def waiting_changes(enterprise_id: UUID) -> QuerySet[StatusChange]:
    return status_changes(enterprise_id).filter(site=None, status=ChangeState.REQUESTED)


def licences(enterprise_id: UUID) -> QuerySet[Licence]:
    return Licence.objects.filter(enterprise_id=enterprise_id)


def numbers_of(enterprise_id: UUID) -> set[tuple[str, str]]:
    """Kind and number of the licences of the legal person."""
    rows = licences(enterprise_id).filter(site=None, status=LicenceState.IN_FORCE)
    return set(rows.values_list("kind", "number"))


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


def with_the_sites(enterprise_id: UUID) -> list[tuple[str, int]]:
    """What goes along with the sites, in words and numbers."""
    kinds: list[tuple[str, Any]] = [
        ("名安全责任人", SitePerson.objects),
        ("个网格归属", SiteGrid.objects.filter(left_at=None)),
        ("名包保人", ResponsibleOfficial.objects.filter(valid_to=None)),
        ("个标签", SiteTag.objects.filter(removed_at=None)),
    ]
    counted = [(noun, rows.filter(site__enterprise_id=enterprise_id).count()) for noun, rows in kinds]
    return [(noun, count) for noun, count in counted if count]
