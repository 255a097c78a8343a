"""Writes to sites: each one transaction, locked inside the scope, recorded with its difference."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, Sector
from anlan.authz.models import Organisation, Region
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.lib import clock
from anlan.lib.refusals import FieldError, Invalid
from anlan.organisations import api as organisations
from anlan.register import positions
from anlan.register.actions.grids import follow_site
from anlan.register.actions.steps import check_version, let_see, record, region_of_move
from anlan.register.facts import PersonFacts, SiteFacts, difference
from anlan.register.models import Enterprise, Site, SitePerson, SiteRegulator
from anlan.register.searching import renamed, text_of_site

_LOCAL_UNITS = (OrganisationKind.TOWNSHIP, OrganisationKind.PARK)


def register_site(*, actor: Actor, enterprise_id: UUID, facts: SiteFacts) -> Site:
    """Add a site to an enterprise the actor sees.

    Raises Forbidden (403), Invalid (422), NotInScope (404) for an enterprise or a region outside the scope.
    """
    require(actor, Permission.SITE_REGISTER)
    facts = facts.checked()
    with transaction.atomic():
        enterprise: Enterprise = Enterprise.objects.lock_visible(actor, id=enterprise_id)
        region = region_of_move(actor, facts.region_id, enterprise.wall_path)
        site = Site(enterprise=enterprise, registered_at=clock.now())
        site.local_unit = local_unit_for(actor, facts.local_unit_id, region)
        facts = replace(facts, local_unit_id=site.local_unit_id)
        _place(site, facts, region)
        _settle(site, facts)
        if enterprise.organisation is not None:
            let_see(enterprise.organisation, site.id, site.region_path)
        record(actor, "site", site, "site.registered", difference(None, facts), enterprise=enterprise.id)
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
        check_version(site, if_versions)
        before = SiteFacts.of(site)
        after, region = _moved(actor, site, before, replace(before, **changes).checked())
        _check_no_act_of_its_own(site, before, after)
        if changed := difference(before, after):
            site.version += 1
            _place(site, after, region, before)
            _settle(site, after, before)
            if before.region_id != after.region_id:
                follow_site(actor=actor, site=site)
            record(actor, "site", site, "site.edited", changed)
        return _site(actor, site.id)


def _check_no_act_of_its_own(site: Site, before: SiteFacts, after: SiteFacts) -> None:
    """Status and 属地 unit are not edited: the one is set on evidence, the other asks the receiver."""
    errors = []
    if before.status != after.status:
        errors.append(FieldError("/status", "经营状态凭证明材料变更，请用“变更状态”办理。"))
    if before.local_unit_id != after.local_unit_id:
        message = f"属地单位会变成{site.local_unit.short_name}：请用“移交”办理，由对方接收。"
        errors.append(FieldError("/region", message))
    if errors:
        raise Invalid(errors)


def _moved(actor: Actor, site: Site, before: SiteFacts, after: SiteFacts) -> tuple[SiteFacts, Region]:
    """``after`` with its 属地 unit, and its region: a site that moves gets the township it moves to, unless another
    unit is named."""
    region = site.region
    moves = after.region_id != before.region_id
    named = after.local_unit_id if after.local_unit_id != before.local_unit_id else None
    if moves:
        region = region_of_move(actor, after.region_id, site.enterprise.wall_path)
    if moves or named is not None or after.local_unit_id is None:
        site.local_unit = local_unit_for(actor, named, region)
    return replace(after, local_unit_id=site.local_unit_id), region


def _place(site: Site, facts: SiteFacts, region: Region, before: SiteFacts | None = None) -> None:
    """Write the site's own row."""
    renamed(site, facts.name)
    site.address = facts.address
    site.region = region
    site.region_path = region.path
    site.status = facts.status
    if before is None or _position_of(before) != _position_of(facts):
        _locate(site, facts)
    site.search_text = text_of_site(site, ((one.name, one.phone) for one in facts.people))
    site.changed_at = clock.now()
    site.save()


def _position_of(facts: SiteFacts) -> tuple[Any, ...]:
    return facts.longitude, facts.latitude, facts.source_crs


def _locate(site: Site, facts: SiteFacts) -> None:
    site.longitude, site.latitude, site.source_crs = None, None, ""
    if facts.longitude is not None and facts.latitude is not None:
        site.longitude, site.latitude = positions.to_wgs84(facts.longitude, facts.latitude, facts.source_crs)
        site.source_crs = facts.source_crs


def local_unit_for(actor: Actor, organisation_id: UUID | None, region: Region) -> Organisation:
    """The township of the region, or the unit that was named. Invalid (422)."""
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
    if before is None:
        _write_people(site, facts.people)
        _write_regulators(site, facts.sectors)
        return
    moved = before.region_id != facts.region_id
    if moved or before.people != facts.people:
        SitePerson.objects.filter(site=site).delete()
        _write_people(site, facts.people)
    if moved or before.sectors != facts.sectors:
        SiteRegulator.objects.filter(site=site).delete()
        _write_regulators(site, facts.sectors)


def _write_people(site: Site, people: tuple[PersonFacts, ...]) -> None:
    SitePerson.objects.bulk_create(
        SitePerson(site=site, region_path=site.region_path, name=one.name, post=one.post, phone=one.phone)
        for one in people
    )


def _write_regulators(site: Site, sectors: tuple[str, ...]) -> None:
    SiteRegulator.objects.bulk_create(
        SiteRegulator(site=site, region_path=site.region_path, sector=sector, organisation=unit)
        for sector, unit in responsible_for(site.region, sectors)
    )


def responsible_for(region: Region, sectors: tuple[str, ...]) -> list[tuple[str, Organisation]]:
    """Each sector with its department in the county. Invalid (422) names the sectors nobody is responsible for."""
    if not sectors:
        return []
    responsible = organisations.regulators_of(region)
    orphans = [
        FieldError("/sectors", f"本县（市、区）还没有明确“{Sector(name).label}”的主管部门。")
        for name in sectors
        if name not in responsible
    ]
    if orphans:
        raise Invalid(orphans)
    return [(sector, responsible[sector]) for sector in sectors]


def _site(actor: Actor, site_id: UUID) -> Site:
    found: Site = Site.objects.with_names().get_visible(actor, id=site_id)
    return found
