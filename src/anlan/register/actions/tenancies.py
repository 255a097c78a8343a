"""Landlord and tenants (厂中厂)."""

from datetime import date
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refused
from anlan.register.models import Enterprise, Site, SiteTenancy


def register_tenancy(
    *,
    actor: Actor,
    tenant_site_id: UUID,
    landlord_id: UUID,
    valid_from: date,
    landlord_site_id: UUID | None = None,
) -> SiteTenancy:
    """Note that a site rents from an enterprise, or from one site of it.

    Raises Forbidden (403), NotInScope (404), Invalid (422), Refused (409) when it is noted already.
    """
    require(actor, Permission.SITE_EDIT)
    with transaction.atomic():
        tenant: Site = Site.objects.lock_visible(actor, id=tenant_site_id)
        landlord: Enterprise = Enterprise.objects.get_visible(actor, id=landlord_id)
        if landlord.id == tenant.enterprise_id:
            raise Invalid.at("/landlord", "自己的场所不用登记租赁。")
        if landlord_site_id is not None and not landlord.sites.filter(id=landlord_site_id, merged_into=None).exists():
            raise Invalid.at("/landlord_site", f"{landlord}没有这处场所。")
        open_ones = SiteTenancy.objects.filter(tenant_site=tenant, landlord=landlord, valid_to=None)
        if open_ones.filter(landlord_site_id=landlord_site_id).exists():
            raise Refused("tenancy_noted", f"已经登记过向{landlord}承租。")
        tenancy = SiteTenancy.objects.create(
            region_path=tenant.region_path,
            landlord=landlord,
            landlord_site_id=landlord_site_id,
            tenant_site=tenant,
            valid_from=valid_from,
            registered_at=clock.now(),
        )
        _record(actor, tenancy, "site.tenancy_registered")
        return tenancy


def end_tenancy(*, actor: Actor, tenancy_id: UUID, on: date) -> SiteTenancy:
    """Note the last day of a tenancy."""
    require(actor, Permission.SITE_EDIT)
    with transaction.atomic():
        tenancy: SiteTenancy = SiteTenancy.objects.lock_visible(actor, id=tenancy_id)
        if tenancy.valid_to is not None:
            raise Refused("tenancy_ended", "这项租赁已经登记退租。")
        if on < tenancy.valid_from:
            raise Invalid.at("/valid_to", "退租日期不能早于起租日期。")
        tenancy.valid_to = on
        tenancy.save(update_fields=["valid_to"])
        _record(actor, tenancy, "site.tenancy_ended")
        return tenancy


def _record(actor: Actor, tenancy: SiteTenancy, event: str) -> None:
    ledger.record(
        actor=actor,
        subject_type="site",
        subject_id=tenancy.tenant_site_id,
        region_path=tenancy.region_path,
        event=event,
        payload={
            "tenancy": tenancy.id,
            "landlord": tenancy.landlord_id,
            "landlord_site": tenancy.landlord_site_id,
            "valid_from": tenancy.valid_from,
            "valid_to": tenancy.valid_to,
        },
    )
