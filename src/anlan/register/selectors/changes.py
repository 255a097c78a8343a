"""Reads of statuses, moves and tenancies."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import in_subtree
from anlan.lib.refusals import NotInScope
from anlan.processes import api as processes
from anlan.register.choices import TransferState
from anlan.register.models import Enterprise, Site, SiteTenancy, SiteTransfer, StatusChange
from anlan.register.open_matters import open_matters
from anlan.territory import api as territory


def status_changes_of(holder: Enterprise | Site) -> QuerySet[StatusChange]:
    """The changes of one enterprise (its sites apart) or one site, the newest first. It was found in the scope."""
    if isinstance(holder, Site):
        return StatusChange.objects.filter(site=holder)
    return StatusChange.objects.filter(enterprise=holder, site=None)


def status_timeline(enterprise: Enterprise, sites: Iterable[Site]) -> Sequence[StatusChange]:
    """The changes of an enterprise and of those of its sites that the actor sees, in one query."""
    shown = Q(site=None) | Q(site__in=[site.id for site in sites])
    rows = StatusChange.objects.filter(shown, enterprise=enterprise)
    return list(rows.select_related("site", "asked_by", "asked_for", "accepted_by", "accepted_for"))


def status_change(actor: Actor, change_id: UUID) -> StatusChange:
    """One change with its names; NotInScope (404) outside the scope."""
    rows = StatusChange.objects.select_related(
        "site", "enterprise__region", "asked_by", "asked_for", "accepted_by", "accepted_for"
    )
    found: StatusChange = rows.get_visible(actor, id=change_id)
    return found


def sees_status_change(actor: Actor, change_id: UUID) -> bool:
    """Whether the actor may see the change: how its files are guarded."""
    return StatusChange.objects.visible_to(actor).filter(id=change_id).exists()


def transfers(actor: Actor, *, status: str = "") -> QuerySet[SiteTransfer]:
    """The moves the actor sees, out of its region or to itself, the newest first."""
    rows = _with_names(SiteTransfer.objects.visible_to(actor))
    return rows.filter(status=status) if status else rows


def transfers_to_receive(actor: Actor) -> QuerySet[SiteTransfer]:
    """Those that wait for the actor's unit to answer: the same as ``policies.is_receiver``."""
    own = actor.organisation_path
    mine = in_subtree("to_unit__path", own) | Q(to_unit__path__in=territory.paths_above(own))
    return transfers(actor, status=TransferState.PROPOSED).filter(mine)


def transfer(actor: Actor, transfer_id: UUID) -> SiteTransfer:
    """One move with its names; NotInScope (404) outside the scope."""
    found = _with_names(SiteTransfer.objects.visible_to(actor)).filter(id=transfer_id).first()
    if found is None:
        raise NotInScope(str(SiteTransfer._meta.verbose_name))
    return found


def waiting_with(actor: Actor, transfer: SiteTransfer) -> Mapping[str, int]:
    """What is open at the site and will come with it when it is received, by noun, for those who move sites."""
    may = actor.can(Permission.SITE_TRANSFER) and transfer.status == TransferState.PROPOSED
    return open_matters(transfer.site) if may else {}


def travelled_with(actor: Actor, transfer: SiteTransfer) -> Mapping[str, int]:
    """What came with it when it was received, as far as it may be told, for the same people."""
    if not actor.can(Permission.SITE_TRANSFER):
        return {}
    confirmed = processes.last_event(transfer.id, "site_transfer.confirmed")
    return confirmed.payload.get("travelled", {}) if confirmed is not None else {}


def waiting_transfers(sites: Iterable[Site]) -> Sequence[SiteTransfer]:
    """The moves of these sites that wait for their receiver."""
    rows = _with_names(SiteTransfer.objects.filter(site__in=[site.id for site in sites], answered_at=None))
    return list(rows)


def _with_names(rows: QuerySet[SiteTransfer]) -> QuerySet[SiteTransfer]:
    return rows.select_related(
        "site__enterprise", "from_region__parent", "from_unit", "to_region__parent", "to_unit", "proposed_by"
    )


def tenancies_around(actor: Actor, enterprise: Enterprise) -> Sequence[SiteTenancy]:
    """Who rents from the enterprise, and from whom its sites rent, as far as the actor sees: one query."""
    rows = SiteTenancy.objects.visible_to(actor).filter(Q(landlord=enterprise) | Q(tenant_site__enterprise=enterprise))
    return list(rows.select_related("landlord", "landlord_site", "tenant_site__enterprise"))


def tenancy(actor: Actor, tenancy_id: UUID) -> SiteTenancy:
    """One tenancy; NotInScope (404) outside the scope."""
    rows = SiteTenancy.objects.select_related("landlord", "landlord_site", "tenant_site__enterprise")
    found: SiteTenancy = rows.get_visible(actor, id=tenancy_id)
    return found
