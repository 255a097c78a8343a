"""Writes to enterprises: each one transaction, locked inside the scope, recorded with its difference."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Organisation, Region
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refused
from anlan.organisations import api as organisations
from anlan.register import credit_code
from anlan.register.actions.steps import check_version, let_see, record, region_for, region_of_move
from anlan.register.facts import EnterpriseFacts, difference
from anlan.register.models import Enterprise, Industry, Licence, Site
from anlan.register.searching import renamed, text_of_enterprise


def register_enterprise(*, actor: Actor, facts: EnterpriseFacts) -> Enterprise:
    """Put an enterprise into the register of its county.

    Raises Forbidden (403), Invalid (422) for a bad field or a code already there, NotInScope (404) for a region
    outside the actor's.
    """
    require(actor, Permission.ENTERPRISE_REGISTER)
    facts = facts.checked()
    with transaction.atomic():
        region = region_for(actor, facts.region_id)
        enterprise = Enterprise(wall_path=region.wall_path, registered_at=clock.now())
        _put(enterprise, facts, region)
        _save(enterprise)
        record(actor, "enterprise", enterprise, "enterprise.registered", difference(None, facts))
        return Enterprise.objects.with_names().get_visible(actor, id=enterprise.id)


def edit_enterprise(
    *, actor: Actor, enterprise_id: UUID, changes: Mapping[str, Any], if_versions: frozenset[int] | None = None
) -> Enterprise:
    """Change some facts, named as in ``EnterpriseFacts``; nothing is written when nothing differs.

    Raises Forbidden, NotInScope, Invalid, and Stale (412) when the present version is not in ``if_versions``.
    """
    require(actor, Permission.ENTERPRISE_EDIT)
    with transaction.atomic():
        enterprise: Enterprise = Enterprise.objects.lock_visible(actor, id=enterprise_id)
        check_version(enterprise, if_versions)
        before = EnterpriseFacts.of(enterprise)
        after = replace(before, **changes).checked()
        if before.status != after.status:
            raise Invalid.at("/status", "经营状态凭证明材料变更，请用“变更状态”办理。")
        if changed := difference(before, after):
            region = enterprise.region
            if after.region_id != before.region_id:
                region = region_of_move(actor, after.region_id, enterprise.wall_path)
            _put(enterprise, after, region)
            enterprise.version += 1
            _save(enterprise)
            Licence.objects.filter(enterprise=enterprise, site=None).update(region_path=enterprise.region_path)
            record(actor, "enterprise", enterprise, "enterprise.edited", changed)
        return Enterprise.objects.with_names().get_visible(actor, id=enterprise.id)


def open_enterprise_organisation(
    *, actor: Actor, enterprise_id: UUID, if_versions: frozenset[int] | None = None
) -> Enterprise:
    """Make the organisation its people will act for, and link it. Raises Refused (409) when it has one."""
    require(actor, Permission.ENTERPRISE_EDIT)
    with transaction.atomic():
        enterprise: Enterprise = Enterprise.objects.lock_visible(actor, id=enterprise_id)
        check_version(enterprise, if_versions)
        _check_without_organisation(enterprise)
        organisation = organisations.create_organisation(
            actor=actor,
            kind=OrganisationKind.ENTERPRISE,
            name=enterprise.name,
            short_name=enterprise.short_name or enterprise.name[:40],
            region=enterprise.region,
        )
        return _link(actor, enterprise, organisation)


def link_enterprise_organisation(
    *, actor: Actor, enterprise_id: UUID, organisation_id: UUID, if_versions: frozenset[int] | None = None
) -> Enterprise:
    """Link an organisation that is there already; from then on it sees the enterprise and its sites.

    Raises Refused (409) when the enterprise has one, Invalid (422) when that is no enterprise's organisation.
    """
    require(actor, Permission.ENTERPRISE_EDIT)
    with transaction.atomic():
        enterprise: Enterprise = Enterprise.objects.lock_visible(actor, id=enterprise_id)
        check_version(enterprise, if_versions)
        _check_without_organisation(enterprise)
        organisation = organisations.organisation(actor, organisation_id)
        if organisation.kind != OrganisationKind.ENTERPRISE:
            raise Invalid.at("/organisation", f"{organisation.short_name}不是企业组织。")
        return _link(actor, enterprise, organisation)


def _check_without_organisation(enterprise: Enterprise) -> None:
    if enterprise.organisation_id is not None:
        raise Refused("already_linked", f"{enterprise}已经开通了企业组织。")


def _put(enterprise: Enterprise, facts: EnterpriseFacts, region: Region) -> None:
    renamed(enterprise, facts.name)
    enterprise.short_name = facts.short_name
    enterprise.unified_social_credit_code = facts.unified_social_credit_code or None
    if enterprise.unified_social_credit_code is None and enterprise.own_no is None:
        enterprise.own_no = credit_code.temporary_number(region.code[:6])
    enterprise.legal_representative = facts.legal_representative
    enterprise.phone = facts.phone
    enterprise.industry = _industry(facts.industry_code)
    enterprise.above_designated_size = facts.above_designated_size
    enterprise.employee_count = facts.employee_count
    enterprise.status = facts.status
    enterprise.registered_address = facts.registered_address
    enterprise.region = region
    enterprise.region_path = region.path
    enterprise.search_text = text_of_enterprise(enterprise)
    enterprise.changed_at = clock.now()


def _industry(code: str) -> Industry | None:
    if not code:
        return None
    industry = Industry.objects.filter(code=code).first()
    if industry is None:
        raise Invalid.at("/industry", f"GB/T 4754-2017 中没有行业代码“{code}”。")
    return industry


def _save(enterprise: Enterprise) -> None:
    """Write the row; the constraints, not a look beforehand, decide whether code and organisation are free."""
    try:
        with transaction.atomic():
            enterprise.save()
    except IntegrityError as clash:
        if "enterprise_credit_code_once" in str(clash):
            message = "本县（市、区）已登记过这个统一社会信用代码，请先搜索；搜不到的请联系安委办认领。"
            raise Invalid.at("/unified_social_credit_code", message) from clash
        if "enterprise_organisation_once" in str(clash):
            raise Refused("organisation_taken", "这个企业组织已经属于另一家企业。") from clash
        raise


def _link(actor: Actor, enterprise: Enterprise, organisation: Organisation) -> Enterprise:
    enterprise.organisation = organisation
    enterprise.version += 1
    enterprise.changed_at = clock.now()
    _save(enterprise)
    let_see(organisation, enterprise.id, enterprise.region_path)
    for site_id, region_path in Site.objects.filter(enterprise=enterprise).values_list("id", "region_path"):
        let_see(organisation, site_id, region_path)
    changed = {"organisation": {"from": None, "to": organisation.id}}
    record(actor, "enterprise", enterprise, "enterprise.organisation_linked", changed)
    return Enterprise.objects.with_names().get_visible(actor, id=enterprise.id)
