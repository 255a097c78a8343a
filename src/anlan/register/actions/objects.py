"""Writes to supervised objects: each one transaction, locked inside the scope, recorded with its difference."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.models import Region
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope
from anlan.organisations import api as organisations
from anlan.register import positions
from anlan.register.actions.grids import follow_objects
from anlan.register.actions.sites import local_unit_for, responsible_for
from anlan.register.actions.steps import check_version, let_see, record, region_for, region_of_move
from anlan.register.facts import ObjectFacts, difference
from anlan.register.models import Enterprise, ObjectRegulator, SupervisedObject
from anlan.register.searching import renamed, text_of_object
from anlan.register.selectors.objects import supervised_object


def register_object(*, actor: Actor, facts: ObjectFacts) -> SupervisedObject:
    """Put an object into the register of its place.

    Raises Forbidden (403), Invalid (422), NotInScope (404) for a region or a party outside the scope.
    """
    require(actor, Permission.OBJECT_EDIT)
    facts = facts.checked()
    with transaction.atomic():
        region = region_for(actor, facts.region_id)
        found = SupervisedObject(registered_at=clock.now())
        found.local_unit = local_unit_for(actor, None, region)
        _put(actor, found, facts, region)
        _set_regulators(found, facts.sectors)
        record(actor, "object", found, "object.registered", difference(None, facts))
        return supervised_object(actor, found.id)


def edit_object(
    *, actor: Actor, object_id: UUID, changes: Mapping[str, Any], if_versions: frozenset[int] | None = None
) -> SupervisedObject:
    """Change some facts, named as in ``ObjectFacts``; nothing is written when nothing differs.

    Raises Forbidden, NotInScope, Invalid, and Stale (412) when the present version is not in ``if_versions``.
    """
    require(actor, Permission.OBJECT_EDIT)
    with transaction.atomic():
        found: SupervisedObject = SupervisedObject.objects.lock_visible(actor, id=object_id)
        check_version(found, if_versions)
        before = ObjectFacts.of(found)
        after = replace(before, **changes).checked()
        if changed := difference(before, after):
            region = found.region
            if after.region_id != before.region_id:
                region = region_of_move(actor, after.region_id, region.wall_path)
                found.local_unit = local_unit_for(actor, None, region)
            found.version += 1
            _put(actor, found, after, region, before)
            if after.region_id != before.region_id:
                follow_objects([found.id])
            if after.sectors != before.sectors or after.region_id != before.region_id:
                _set_regulators(found, after.sectors)
            record(actor, "object", found, "object.edited", changed)
        return supervised_object(actor, found.id)


def _put(
    actor: Actor, found: SupervisedObject, facts: ObjectFacts, region: Region, before: ObjectFacts | None = None
) -> None:
    renamed(found, facts.name)
    for name in ("kind", "address", "status", "party_kind", "party_name", "party_phone"):
        setattr(found, name, getattr(facts, name))
    found.region = region
    found.region_path = region.path
    if before is None or before.position != facts.position:
        _locate(found, facts)
    _set_party(actor, found, facts)
    found.search_text = text_of_object(found)
    found.changed_at = clock.now()
    found.save()
    if found.party_enterprise is not None and found.party_enterprise.organisation is not None:
        let_see(found.party_enterprise.organisation, found.id, found.region_path)
    if found.party_organisation is not None:
        let_see(found.party_organisation, found.id, found.region_path)


def _locate(found: SupervisedObject, facts: ObjectFacts) -> None:
    found.longitude, found.latitude, found.source_crs = None, None, ""
    if facts.longitude is not None and facts.latitude is not None:
        found.longitude, found.latitude = positions.to_wgs84(facts.longitude, facts.latitude, facts.source_crs)
        found.source_crs = facts.source_crs


def _set_party(actor: Actor, found: SupervisedObject, facts: ObjectFacts) -> None:
    """Raises Invalid (422) for a party that the actor does not see."""
    if facts.party_enterprise_id != found.party_enterprise_id:
        found.party_enterprise = None
        if facts.party_enterprise_id is not None:
            party = Enterprise.objects.select_related("organisation").visible_to(actor)
            found.party_enterprise = party.filter(id=facts.party_enterprise_id).first()
            if found.party_enterprise is None:
                raise Invalid.at("/party_enterprise", "没有找到这家企业，请先登记。")
    if facts.party_organisation_id != found.party_organisation_id:
        found.party_organisation = None
        if facts.party_organisation_id is not None:
            try:
                found.party_organisation = organisations.organisation(actor, facts.party_organisation_id)
            except NotInScope as unknown:
                raise Invalid.at("/party_organisation", "没有找到这个单位。") from unknown


def _set_regulators(found: SupervisedObject, sectors: tuple[str, ...]) -> None:
    ObjectRegulator.objects.filter(supervised_object=found).delete()
    ObjectRegulator.objects.bulk_create(
        ObjectRegulator(supervised_object=found, region_path=found.region_path, sector=sector, organisation=unit)
        for sector, unit in responsible_for(found.region, sectors)
    )
