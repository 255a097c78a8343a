"""Writes to the register: each one transaction, locked inside the scope, recorded with its difference."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, ParticipationKind, RegionLevel, Sector
from anlan.authz.models import Organisation, Region
from anlan.authz.participation import take_part
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.lib.refusals import FieldError, Invalid, NotInScope, Refused, Stale
from anlan.organisations import api as organisations
from anlan.register import credit_code, positions
from anlan.register.facts import EnterpriseFacts, PersonFacts, SiteFacts, difference
from anlan.register.models import Enterprise, Industry, Site, SitePerson, SiteRegulator
from anlan.territory import api as territory

_ABOVE_COUNTY = (RegionLevel.PROVINCE, RegionLevel.CITY)
_LOCAL_UNITS = (OrganisationKind.TOWNSHIP, OrganisationKind.PARK)


def register_enterprise(*, actor: Actor, facts: EnterpriseFacts) -> Enterprise:
    """Put an enterprise into the register of its county.

    Raises Forbidden (403), Invalid (422) for a bad field or a code already there, NotInScope (404) for a region
    outside the actor's.
    """
    require(actor, Permission.ENTERPRISE_REGISTER)
    facts = facts.checked()
    with transaction.atomic():
        region = _region(actor, facts.region_id)
        enterprise = Enterprise(wall_path=region.wall_path, registered_at=clock.now())
        _put(enterprise, facts, region)
        _save(enterprise)
        _record(actor, "enterprise", enterprise, "enterprise.registered", difference(None, facts))
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
        _check_version(enterprise, if_versions)
        before = EnterpriseFacts.of(enterprise)
        after = replace(before, **changes).checked()
        if changed := difference(before, after):
            region = enterprise.region
            if after.region_id != before.region_id:
                region = _region_of_move(actor, after.region_id, enterprise.wall_path)
            _put(enterprise, after, region)
            enterprise.version += 1
            _save(enterprise)
            _record(actor, "enterprise", enterprise, "enterprise.edited", changed)
        return Enterprise.objects.with_names().get_visible(actor, id=enterprise.id)


def open_enterprise_organisation(
    *, actor: Actor, enterprise_id: UUID, if_versions: frozenset[int] | None = None
) -> Enterprise:
    """Make the organisation its people will act for, and link it. Raises Refused (409) when it has one."""
    require(actor, Permission.ENTERPRISE_EDIT)
    with transaction.atomic():
        enterprise: Enterprise = Enterprise.objects.lock_visible(actor, id=enterprise_id)
        _check_version(enterprise, if_versions)
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
        _check_version(enterprise, if_versions)
        _check_without_organisation(enterprise)
        organisation = organisations.organisation(actor, organisation_id)
        if organisation.kind != OrganisationKind.ENTERPRISE:
            raise Invalid.at("/organisation", f"{organisation.short_name}不是企业组织。")
        return _link(actor, enterprise, organisation)


def register_site(*, actor: Actor, enterprise_id: UUID, facts: SiteFacts) -> Site:
    """Add a site to an enterprise the actor sees.

    Raises Forbidden (403), Invalid (422), NotInScope (404) for an enterprise or a region outside the scope.
    """
    require(actor, Permission.SITE_REGISTER)
    facts = facts.checked()
    with transaction.atomic():
        enterprise: Enterprise = Enterprise.objects.lock_visible(actor, id=enterprise_id)
        region = _region_of_move(actor, facts.region_id, enterprise.wall_path)
        site = Site(enterprise=enterprise, registered_at=clock.now())
        site.local_unit = _local_unit(actor, facts.local_unit_id, region)
        facts = replace(facts, local_unit_id=site.local_unit_id)
        _place(site, facts, region)
        _settle(site, facts)
        if enterprise.organisation is not None:
            _let_see(enterprise.organisation, site.id, site.region_path)
        _record(actor, "site", site, "site.registered", difference(None, facts), enterprise=enterprise.id)
        return _site(actor, site.id)


def edit_site(
    *, actor: Actor, site_id: UUID, changes: Mapping[str, Any], if_versions: frozenset[int] | None = None
) -> Site:
    """Change some facts, named as in ``SiteFacts``; people and sectors are replaced as a whole.

    Raises Forbidden, NotInScope, Invalid, and Stale (412) when the present version is not in ``if_versions``.
    """
    require(actor, Permission.SITE_EDIT)
    with transaction.atomic():
        site: Site = Site.objects.lock_visible(actor, id=site_id)
        _check_version(site, if_versions)
        before = SiteFacts.of(site)
        after, region = _moved(actor, site, before, replace(before, **changes).checked())
        if changed := difference(before, after):
            site.version += 1
            _place(site, after, region, before)
            _settle(site, after, before)
            _record(actor, "site", site, "site.edited", changed)
        return _site(actor, site.id)


def _region(actor: Actor, region_id: UUID) -> Region:
    region = territory.region(region_id)
    if not region.path.startswith(actor.region_path):
        raise NotInScope("区划")
    if region.level in _ABOVE_COUNTY:
        raise Invalid.at("/region", "请选到县（市、区）、乡镇（街道）或者村（社区）。")
    return region


def _region_of_move(actor: Actor, region_id: UUID, wall_path: str) -> Region:
    region = _region(actor, region_id)
    if region.wall_path != wall_path:
        raise Invalid.at("/region", "不能登记到其他县（市、区）：跨县的须由迁入地另行登记。")
    return region


def _check_version(record: Enterprise | Site, if_versions: frozenset[int] | None) -> None:
    if if_versions is not None and record.version not in if_versions:
        raise Stale(record.version)


def _check_without_organisation(enterprise: Enterprise) -> None:
    if enterprise.organisation_id is not None:
        raise Refused("already_linked", f"{enterprise}已经开通了企业组织。")


def _put(enterprise: Enterprise, facts: EnterpriseFacts, region: Region) -> None:
    enterprise.name = facts.name
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


def _moved(actor: Actor, site: Site, before: SiteFacts, after: SiteFacts) -> tuple[SiteFacts, Region]:
    """``after`` with its 属地 unit, and its region: a site that moves gets the township it moves to, unless another
    unit is named."""
    region = site.region
    moves = after.region_id != before.region_id
    named = after.local_unit_id if after.local_unit_id != before.local_unit_id else None
    if moves:
        region = _region_of_move(actor, after.region_id, site.enterprise.wall_path)
    if moves or named is not None or after.local_unit_id is None:
        site.local_unit = _local_unit(actor, named, region)
    return replace(after, local_unit_id=site.local_unit_id), region


def _place(site: Site, facts: SiteFacts, region: Region, before: SiteFacts | None = None) -> None:
    """Write the site's own row."""
    site.name = facts.name
    site.address = facts.address
    site.region = region
    site.region_path = region.path
    site.status = facts.status
    if before is None or _position_of(before) != _position_of(facts):
        _locate(site, facts)
    site.changed_at = clock.now()
    site.save()


def _position_of(facts: SiteFacts) -> tuple[Any, ...]:
    return facts.longitude, facts.latitude, facts.source_crs


def _locate(site: Site, facts: SiteFacts) -> None:
    site.longitude, site.latitude, site.source_crs = None, None, ""
    if facts.longitude is not None and facts.latitude is not None:
        site.longitude, site.latitude = positions.to_wgs84(facts.longitude, facts.latitude, facts.source_crs)
        site.source_crs = facts.source_crs


def _local_unit(actor: Actor, organisation_id: UUID | None, region: Region) -> Organisation:
    if organisation_id is None:
        unit = organisations.local_unit_of(region)
        if unit is None:
            raise Invalid.at("/region", "请选到乡镇（街道）或者村（社区），以便确定属地单位。")
        return unit
    unit = organisations.organisation(actor, organisation_id)
    if unit.kind not in _LOCAL_UNITS:
        raise Invalid.at("/local_unit", "属地单位应为乡镇（街道）或者园区管委会。")
    return unit


def _settle(site: Site, facts: SiteFacts, before: SiteFacts | None = None) -> None:
    """Write people and regulators where they differ, and let them follow a site that moved."""
    moved = before is not None and before.region_id != facts.region_id
    if before is None or moved or before.people != facts.people:
        _replace_people(site, facts.people)
    if before is None or moved or before.sectors != facts.sectors:
        _replace_regulators(site, facts.sectors)


def _replace_people(site: Site, people: tuple[PersonFacts, ...]) -> None:
    SitePerson.objects.filter(site=site).delete()
    SitePerson.objects.bulk_create(
        SitePerson(site=site, region_path=site.region_path, name=one.name, post=one.post, phone=one.phone)
        for one in people
    )


def _replace_regulators(site: Site, sectors: tuple[str, ...]) -> None:
    SiteRegulator.objects.filter(site=site).delete()
    if not sectors:
        return
    responsible = organisations.regulators_of(site.region)
    orphans = [
        FieldError("/sectors", f"本县（市、区）还没有明确“{Sector(name).label}”的主管部门。")
        for name in sectors
        if name not in responsible
    ]
    if orphans:
        raise Invalid(orphans)
    SiteRegulator.objects.bulk_create(
        SiteRegulator(site=site, region_path=site.region_path, sector=sector, organisation=responsible[sector])
        for sector in sectors
    )


def _link(actor: Actor, enterprise: Enterprise, organisation: Organisation) -> Enterprise:
    enterprise.organisation = organisation
    enterprise.version += 1
    enterprise.changed_at = clock.now()
    _save(enterprise)
    _let_see(organisation, enterprise.id, enterprise.region_path)
    for site_id, region_path in Site.objects.filter(enterprise=enterprise).values_list("id", "region_path"):
        _let_see(organisation, site_id, region_path)
    changed = {"organisation": {"from": None, "to": organisation.id}}
    _record(actor, "enterprise", enterprise, "enterprise.organisation_linked", changed)
    return Enterprise.objects.with_names().get_visible(actor, id=enterprise.id)


def _let_see(organisation: Organisation, matter_id: UUID, region_path: str) -> None:
    take_part(matter_id=matter_id, organisation=organisation, kind=ParticipationKind.PARTY, region_path=region_path)


def _site(actor: Actor, site_id: UUID) -> Site:
    found: Site = Site.objects.with_names().get_visible(actor, id=site_id)
    return found


def _record(actor: Actor, kind: str, record: Enterprise | Site, event: str, changes: Any, **more: Any) -> None:
    ledger.record(
        actor=actor,
        subject_type=kind,
        subject_id=record.id,
        region_path=record.region_path,
        event=event,
        payload={"changes": changes, "version": record.version, **more},
    )
