"""Operating statuses are set on evidence (DOMAIN §2); resuming after a stop is accepted by somebody else."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.files import api as files
from anlan.lib import clock
from anlan.lib.refusals import FieldError, Invalid
from anlan.organisations import api as organisations
from anlan.processes import api as processes
from anlan.register.actions.steps import check_version, record
from anlan.register.choices import OperatingStatus
from anlan.register.models import Enterprise, Site, StatusChange
from anlan.register.policies import (
    Holder,
    check_can_accept_resumption,
    check_can_request_resumption,
    check_can_set_status,
)
from anlan.register.selectors.changes import status_changes_of
from anlan.register.workflow import STATUS


@dataclass(frozen=True, kw_only=True)
class Evidenced:
    """Why, since when, and the uploads that prove it."""

    reason: str
    since_on: date
    file_ids: list[UUID] = field(default_factory=list)

    def check(self, *, not_after: date | None) -> None:
        """Raise Invalid (422) naming everything that is missing."""
        errors = []
        if not self.reason.strip():
            errors.append(FieldError("/reason", "请填写事由。"))
        elif len(self.reason) > 500:
            errors.append(FieldError("/reason", "事由不能超过 500 个字。"))
        if not_after is not None and self.since_on > not_after:
            errors.append(FieldError("/since_on", "起始日期不能晚于今天。"))
        if not self.file_ids:
            errors.append(FieldError("/files", "请上传证明材料（照片、通知书、工商登记截图等）。"))
        if errors:
            raise Invalid(errors)


def set_enterprise_status(
    *, actor: Actor, enterprise_id: UUID, to_status: str, on: Evidenced, if_versions: frozenset[int] | None = None
) -> StatusChange:
    """Set the status of the legal person; its sites keep theirs.

    Raises Forbidden (403), NotInScope (404), Refused (409) where 复产验收 is due, Invalid (422), Stale (412).
    """
    require(actor, Permission.ENTERPRISE_EDIT)
    with transaction.atomic():
        enterprise: Enterprise = Enterprise.objects.lock_visible(actor, id=enterprise_id)
        return _set(actor, enterprise, to_status, on, if_versions)


def set_site_status(
    *, actor: Actor, site_id: UUID, to_status: str, on: Evidenced, if_versions: frozenset[int] | None = None
) -> StatusChange:
    """Set the status of one site. Raises as ``set_enterprise_status``."""
    require(actor, Permission.SITE_EDIT)
    with transaction.atomic():
        site: Site = Site.objects.lock_visible(actor, id=site_id)
        return _set(actor, site, to_status, on, if_versions)


def request_resumption(
    *, actor: Actor, on: Evidenced, enterprise_id: UUID | None = None, site_id: UUID | None = None
) -> StatusChange:
    """Ask for 复产验收 of an enterprise, or of one site: give one of the ids."""
    require(actor, Permission.SITE_REQUEST_RESUMPTION)
    with transaction.atomic():
        holder: Holder = (
            Enterprise.objects.lock_visible(actor, id=enterprise_id)
            if site_id is None
            else Site.objects.lock_visible(actor, id=site_id)
        )
        on.check(not_after=None)
        check_can_request_resumption(holder, status_changes_of(holder))
        change = _change(actor, holder, OperatingStatus.OPERATING, on)
        _fire(actor, change, "request_resumption", note=change.reason)
        _attach(actor, change, on.file_ids)
        return change


def accept_resumption(
    *,
    actor: Actor,
    change_id: UUID,
    note: str,
    file_ids: list[UUID],
    if_versions: frozenset[int] | None = None,
) -> StatusChange:
    """Accept that it works again, with the acceptance's paper; the status is 在产 from the day asked for."""
    with transaction.atomic():
        change = _waiting(actor, change_id, "accept_resumption", if_versions)
        _check_acceptance(note, file_ids)
        _answer(actor, change, note)
        _fire(actor, change, "accept_resumption", note=note)
        _attach(actor, change, file_ids)
        _put_in_force(actor, _holder_of(change), change)
        return change


def refuse_resumption(
    *, actor: Actor, change_id: UUID, note: str, if_versions: frozenset[int] | None = None
) -> StatusChange:
    """Say why it may not work yet; the status stays."""
    with transaction.atomic():
        change = _waiting(actor, change_id, "refuse_resumption", if_versions)
        if not note.strip():
            raise Invalid.at("/note", "请填写不同意的理由。")
        _answer(actor, change, note)
        _fire(actor, change, "refuse_resumption", note=note)
        return change


def _set(
    actor: Actor, holder: Holder, to_status: str, on: Evidenced, if_versions: frozenset[int] | None
) -> StatusChange:
    check_version(holder, if_versions)
    if to_status not in OperatingStatus.values:
        raise Invalid.at("/to_status", f"经营状态中没有“{to_status}”。")
    on.check(not_after=clock.today())
    check_can_set_status(holder, to_status, status_changes_of(holder))
    change = _change(actor, holder, to_status, on)
    _fire(actor, change, "set_status", note=change.reason)
    _attach(actor, change, on.file_ids)
    _put_in_force(actor, holder, change)
    return change


def _change(actor: Actor, holder: Holder, to_status: str, on: Evidenced) -> StatusChange:
    site = holder if isinstance(holder, Site) else None
    return StatusChange(
        region_path=holder.region_path,
        enterprise_id=holder.id if site is None else site.enterprise_id,
        site=site,
        from_status=holder.status,
        to_status=to_status,
        since_on=on.since_on,
        reason=on.reason.strip(),
        asked_by_id=actor.person_id,
        asked_for=organisations.organisation_of(actor),
        asked_at=clock.now(),
    )


def _fire(actor: Actor, change: StatusChange, verb: str, note: str) -> None:
    about = {"site": change.site_id} if change.site_id else {"enterprise": change.enterprise_id}
    facts = {"from": change.from_status, "to": change.to_status, "since_on": change.since_on}
    payload = {**about, "status": facts}
    processes.fire(actor=actor, process=STATUS, subject=change, verb=verb, note=note.strip(), payload=payload)


def _attach(actor: Actor, change: StatusChange, file_ids: list[UUID]) -> None:
    files.attach(
        actor=actor,
        file_ids=file_ids,
        subject_type=STATUS.subject_type,
        subject_id=change.id,
        region_path=change.region_path,
        kind=files.Kind.REPORT,
    )


def _put_in_force(actor: Actor, holder: Holder, change: StatusChange) -> None:
    holder.status = change.to_status
    holder.version += 1
    holder.changed_at = clock.now()
    holder.save(update_fields=["status", "version", "changed_at"])
    kind = "site" if isinstance(holder, Site) else "enterprise"
    changed = {"status": {"from": change.from_status, "to": change.to_status}}
    record(actor, kind, holder, f"{kind}.status_set", changed, because=change.id)


def _waiting(actor: Actor, change_id: UUID, verb: str, if_versions: frozenset[int] | None) -> StatusChange:
    change: StatusChange = StatusChange.objects.lock_visible(actor, id=change_id)
    require(actor, Permission.SITE_ACCEPT_RESUMPTION)
    processes.check_state(STATUS, change, verb, if_versions)
    check_can_accept_resumption(actor, change)
    return change


def _check_acceptance(note: str, file_ids: list[UUID]) -> None:
    errors = [] if note.strip() else [FieldError("/note", "请填写验收意见。")]
    if not file_ids:
        errors.append(FieldError("/files", "请上传验收材料（验收表、现场照片）。"))
    if errors:
        raise Invalid(errors)


def _answer(actor: Actor, change: StatusChange, note: str) -> None:
    change.acceptance = note.strip()[:500]
    change.accepted_by_id = actor.person_id
    change.accepted_for = organisations.organisation_of(actor)
    change.accepted_at = clock.now()


def _holder_of(change: StatusChange) -> Holder:
    """Locked; whoever sees the change sees what it is about."""
    if change.site_id is not None:
        return Site.objects.select_for_update().get(id=change.site_id)
    return Enterprise.objects.select_for_update().get(id=change.enterprise_id)
