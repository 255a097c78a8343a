"""A site moves to another 属地 unit: proposed by the old side, confirmed by the new one (DOMAIN §2)."""

from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation, Region
from anlan.authz.participation import take_part
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.lib import clock
from anlan.lib.refusals import FieldError, Invalid
from anlan.organisations import api as organisations
from anlan.processes import api as processes
from anlan.register.actions.grids import follow_site
from anlan.register.actions.sites import local_unit_for
from anlan.register.actions.steps import check_version, record
from anlan.register.models import Site, SiteTransfer
from anlan.register.open_matters import open_matters, travel
from anlan.register.policies import (
    check_can_propose_transfer,
    check_can_withdraw_transfer,
    check_receives,
)
from anlan.register.workflow import TRANSFER
from anlan.territory import api as territory


def propose_site_transfer(
    *,
    actor: Actor,
    site_id: UUID,
    to_region_id: UUID,
    reason: str,
    to_unit_id: UUID | None = None,
    new_address: str = "",
    if_versions: frozenset[int] | None = None,
) -> SiteTransfer:
    """Offer a site to the township of ``to_region_id`` (or to the park ``to_unit_id``); it answers.

    Raises Forbidden, NotInScope, Refused (409: it is there already), Invalid (422), Stale (412).
    """
    require(actor, Permission.SITE_TRANSFER)
    with transaction.atomic():
        site: Site = Site.objects.lock_visible(actor, id=site_id)
        check_version(site, if_versions)
        _check_words(reason, new_address)
        region = _region_in_county(to_region_id, site)
        unit = local_unit_for(actor, to_unit_id, region)
        processes.check_state(TRANSFER, SiteTransfer(), "propose_transfer")
        check_can_propose_transfer(site, unit)
        if SiteTransfer.objects.filter(site=site, answered_at=None).exists():
            raise Invalid.at("/region", "这处场所已经有一次移交在等对方答复；要改迁入地，请先撤回。")
        transfer = SiteTransfer(
            region_path=site.region_path,
            site=site,
            from_region=site.region,
            from_unit=site.local_unit,
            to_region=region,
            to_unit=unit,
            new_address=new_address.strip(),
            reason=reason.strip(),
            proposed_by_id=actor.person_id,
            proposed_at=clock.now(),
        )
        _fire(actor, transfer, "propose_transfer", reason)
        for organisation in (unit, *organisations.township_offices_of(region)):
            _let_take_part(transfer, organisation)
        return transfer


def confirm_transfer(
    *, actor: Actor, transfer_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> SiteTransfer:
    """The receiver takes the site: from now on it lies there, with its people, regulators and history, and with what is
    open there."""
    with transaction.atomic():
        transfer = _waiting(actor, transfer_id, "confirm_transfer", if_versions)
        check_receives(actor, transfer)
        site = Site.objects.select_for_update().get(id=transfer.site_id)
        _answer(transfer, note)
        _fire(actor, transfer, "confirm_transfer", note, travelled=open_matters(site))
        _move(actor, site, transfer)
        travel(actor, transfer)
        return transfer


def refuse_transfer(
    *, actor: Actor, transfer_id: UUID, note: str, if_versions: frozenset[int] | None = None
) -> SiteTransfer:
    """The receiver says why not; the old unit goes on answering."""
    with transaction.atomic():
        transfer = _waiting(actor, transfer_id, "refuse_transfer", if_versions)
        check_receives(actor, transfer)
        if not note.strip():
            raise Invalid.at("/note", "请填写不接收的理由。")
        _answer(transfer, note)
        _fire(actor, transfer, "refuse_transfer", note)
        return transfer


def withdraw_transfer(
    *, actor: Actor, transfer_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> SiteTransfer:
    """The side that proposed takes it back before there is an answer."""
    with transaction.atomic():
        transfer = _waiting(actor, transfer_id, "withdraw_transfer", if_versions)
        check_can_withdraw_transfer(actor, transfer)
        _answer(transfer, note)
        _fire(actor, transfer, "withdraw_transfer", note)
        return transfer


def _check_words(reason: str, new_address: str) -> None:
    errors = [] if reason.strip() else [FieldError("/reason", "请填写移交的事由。")]
    if len(reason) > 500:
        errors.append(FieldError("/reason", "事由不能超过 500 个字。"))
    if len(new_address) > 200:
        errors.append(FieldError("/new_address", "地址不能超过 200 个字。"))
    if errors:
        raise Invalid(errors)


def _region_in_county(region_id: UUID, site: Site) -> Region:
    """Anywhere in the county of the site: it goes beyond the actor's own region on purpose."""
    region = territory.region(region_id)
    if region.wall_path != site.enterprise.wall_path:
        raise Invalid.at("/region", "迁到外县（市、区）的不在系统内移交：请把状态改为“搬迁”，由迁入地另行登记。")
    return region


def _waiting(actor: Actor, transfer_id: UUID, verb: str, if_versions: frozenset[int] | None) -> SiteTransfer:
    transfer: SiteTransfer = SiteTransfer.objects.select_related("to_unit").lock_visible(actor, id=transfer_id)
    require(actor, Permission.SITE_TRANSFER)
    processes.check_state(TRANSFER, transfer, verb, if_versions)
    return transfer


def _answer(transfer: SiteTransfer, note: str) -> None:
    transfer.answer = note.strip()[:500]
    transfer.answered_at = clock.now()


def _fire(actor: Actor, transfer: SiteTransfer, verb: str, note: str, **more: Any) -> None:
    payload = {
        "site": transfer.site_id,
        "from_unit": transfer.from_unit_id,
        "to_unit": transfer.to_unit_id,
        "to_region": transfer.to_region_id,
        **more,
    }
    processes.fire(actor=actor, process=TRANSFER, subject=transfer, verb=verb, note=note.strip(), payload=payload)


def _let_take_part(transfer: SiteTransfer, organisation: Organisation) -> None:
    take_part(
        matter_id=transfer.id,
        organisation=organisation,
        kind=ParticipationKind.ACCEPTOR,
        region_path=transfer.region_path,
    )


def _move(actor: Actor, site: Site, transfer: SiteTransfer) -> None:
    changes: dict[str, Any] = {
        "region_id": {"from": site.region_id, "to": transfer.to_region_id},
        "local_unit_id": {"from": site.local_unit_id, "to": transfer.to_unit_id},
    }
    site.region = transfer.to_region
    site.region_path = transfer.to_region.path
    site.local_unit = transfer.to_unit
    if transfer.new_address:
        changes["address"] = {"from": site.address, "to": transfer.new_address}
        site.address = transfer.new_address
        site.longitude, site.latitude, site.source_crs = None, None, ""
    site.version += 1
    site.changed_at = clock.now()
    site.save()
    follow_site(actor=actor, site=site)
    record(actor, "site", site, "site.transferred", changes, because=transfer.id)
