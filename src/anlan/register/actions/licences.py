"""Licences: registered, renewed, corrected, cancelled. The reminders follow from the period (requirements S4-14)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.files import api as files
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refused
from anlan.processes import api as processes
from anlan.register.facts import LicenceFacts, difference
from anlan.register.licence_workflow import LICENCE
from anlan.register.models import Enterprise, Licence, Site


def register_licence(
    *, actor: Actor, enterprise_id: UUID, facts: LicenceFacts, file_ids: list[UUID] | None = None
) -> Licence:
    """Put down a licence of an enterprise, or of the site that ``facts`` names.

    Raises Forbidden (403), NotInScope (404), Refused (409) when that number is there, Invalid (422).
    """
    require(actor, Permission.LICENCE_EDIT)
    facts = facts.checked()
    with transaction.atomic():
        enterprise: Enterprise = Enterprise.objects.lock_visible(actor, id=enterprise_id)
        licence = Licence(enterprise=enterprise, registered_at=clock.now())
        _put(licence, facts, _site_of(actor, enterprise, facts.site_id))
        changed = difference(None, facts)
        return _fire(actor, licence, "register_licence", changed, file_ids, enterprise=enterprise.id)


def renew_licence(
    *,
    actor: Actor,
    licence_id: UUID,
    changes: Mapping[str, Any],
    file_ids: list[UUID] | None = None,
    if_versions: frozenset[int] | None = None,
) -> Licence:
    """Put down the new paper: its number and period. Raises Refused (409) when it ends no later than the old one."""
    return _change(actor, licence_id, "renew_licence", changes, file_ids, if_versions)


def correct_licence(
    *,
    actor: Actor,
    licence_id: UUID,
    changes: Mapping[str, Any],
    file_ids: list[UUID] | None = None,
    if_versions: frozenset[int] | None = None,
) -> Licence:
    """Put right what was written down wrong."""
    return _change(actor, licence_id, "correct_licence", changes, file_ids, if_versions)


def cancel_licence(
    *, actor: Actor, licence_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> Licence:
    """Take it off the list, saying why; the reminders stop."""
    with transaction.atomic():
        licence = _lock(actor, licence_id, "cancel_licence", if_versions)
        if not reason.strip():
            raise Invalid.at("/reason", "请填写注销的原因。")
        if len(reason) > 200:
            raise Invalid.at("/reason", "原因不能超过 200 个字。")
        licence.cancelled_reason = reason.strip()
        return _fire(actor, licence, "cancel_licence", {}, None, note=reason)


def _change(
    actor: Actor,
    licence_id: UUID,
    verb: str,
    changes: Mapping[str, Any],
    file_ids: list[UUID] | None,
    if_versions: frozenset[int] | None,
) -> Licence:
    with transaction.atomic():
        licence = _lock(actor, licence_id, verb, if_versions)
        before = LicenceFacts.of(licence)
        after = replace(before, **changes).checked()
        if verb == "renew_licence" and after.valid_to is not None and (
            before.valid_to is None or after.valid_to <= before.valid_to
        ):  # fmt: skip
            raise Refused("not_renewed", "新的有效期要晚于原来的；登记错了的请用“更正”。")
        changed = difference(before, after)
        if not changed and not file_ids:
            return licence
        site = licence.site if after.site_id == before.site_id else _site_of(actor, licence.enterprise, after.site_id)
        _put(licence, after, site)
        return _fire(actor, licence, verb, changed, file_ids)


def _lock(actor: Actor, licence_id: UUID, verb: str, if_versions: frozenset[int] | None) -> Licence:
    licence: Licence = Licence.objects.select_related("enterprise", "site").lock_visible(actor, id=licence_id)
    require(actor, Permission.LICENCE_EDIT)
    processes.check_state(LICENCE, licence, verb, if_versions)
    return licence


def _site_of(actor: Actor, enterprise: Enterprise, site_id: UUID | None) -> Site | None:
    if site_id is None:
        return None
    site: Site = Site.objects.get_visible(actor, id=site_id)
    if site.enterprise_id != enterprise.id:
        raise Invalid.at("/site", "这处场所不是这家企业的。")
    return site


def _put(licence: Licence, facts: LicenceFacts, site: Site | None) -> None:
    licence.site = site
    licence.region_path = site.region_path if site is not None else licence.enterprise.region_path
    for name in ("kind", "title", "number", "issued_by", "scope", "valid_from", "valid_to"):
        setattr(licence, name, getattr(facts, name))


def _fire(
    actor: Actor,
    licence: Licence,
    verb: str,
    changed: Any,
    file_ids: list[UUID] | None,
    note: str = "",
    **more: Any,
) -> Licence:
    try:
        with transaction.atomic():
            processes.fire(
                actor=actor, process=LICENCE, subject=licence, verb=verb, note=note.strip(),
                payload={"changes": changed, **more},
            )  # fmt: skip
    except IntegrityError as clash:
        if "licence_once" in str(clash):
            raise Refused("licence_there", "这家企业已经登记过同一个证号，请在那一本上换证或者更正。") from clash
        raise
    if file_ids:
        files.attach(
            actor=actor,
            file_ids=file_ids,
            subject_type=LICENCE.subject_type,
            subject_id=licence.id,
            region_path=licence.region_path,
            kind=files.Kind.OTHER,
        )
    return licence
