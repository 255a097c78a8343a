"""What a form lets a person choose from: always what the selectors show this person, grouped to be found."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Organisation
from anlan.authz.scope import in_subtree
from anlan.hidden_dangers.actions.dispatching import MAY_LEAD
from anlan.hidden_dangers.actions.registration import is_above_counties, why_not_by
from anlan.hidden_dangers.choices import Source
from anlan.hidden_dangers.models import HiddenDanger
from anlan.organisations import api as organisations
from anlan.territory import api as territory
from anlan.ui.choices import BLANK

Choices = list[tuple[str, Any]]

GROUPS = (
    ("部门", {OrganisationKind.DEPARTMENT, OrganisationKind.DIVISION, OrganisationKind.FIRE_RESCUE}),
    ("乡镇（街道）、园区", {OrganisationKind.TOWNSHIP, OrganisationKind.TOWNSHIP_OFFICE, OrganisationKind.PARK}),
    ("安委办、专委办", {OrganisationKind.COMMITTEE_OFFICE, OrganisationKind.SPECIAL_COMMITTEE_OFFICE}),
    ("村（社区）", {OrganisationKind.VILLAGE}),
)

SOURCES_OF_KIND: dict[str, tuple[Source, ...]] = {
    OrganisationKind.ENTERPRISE: (Source.SELF_CHECK,),
    OrganisationKind.AGENCY: (Source.AGENCY_CHECK,),
    OrganisationKind.VILLAGE: (Source.GRID_PATROL,),
    OrganisationKind.TOWNSHIP: (Source.GRASSROOTS_CHECK, Source.GRID_PATROL, Source.UNANNOUNCED_CHECK),
    OrganisationKind.TOWNSHIP_OFFICE: (Source.GRASSROOTS_CHECK, Source.GRID_PATROL, Source.UNANNOUNCED_CHECK),
}
OF_DEPARTMENTS = (Source.GRASSROOTS_CHECK, Source.UNANNOUNCED_CHECK, Source.CITY_SUPERVISION, Source.AGENCY_CHECK)


def sources_for(actor: Actor) -> list[Source]:
    """The channels a person may report by, the usual one first."""
    if is_above_counties(actor):
        return [Source.CITY_SUPERVISION]
    usual = SOURCES_OF_KIND.get(actor.organisation_kind, OF_DEPARTMENTS)
    return [source for source in usual if not why_not_by(actor, source)]


def leads_for(actor: Actor, matter: HiddenDanger) -> Choices:
    """Who may be given the matter: the organs of its county, grouped; only the villages of its own township."""
    return [BLANK, *_grouped(_organs(actor, matter))]


def assisting_for(actor: Actor, matter: HiddenDanger) -> Choices:
    return _grouped(_organs(actor, matter))


def _organs(actor: Actor, matter: HiddenDanger) -> list[Organisation]:
    found = organisations.visible_organisations(actor).filter(
        in_subtree("region__path", matter.region.wall_path), kind__in=MAY_LEAD
    )
    township = territory.paths_above(matter.region.path)[-2:][0]
    return [one for one in found if one.kind != OrganisationKind.VILLAGE or one.region.path.startswith(township)]


def _grouped(found: Iterable[Organisation]) -> Choices:
    everyone = list(found)
    groups: Choices = []
    for label, kinds in GROUPS:
        members = [(str(one.id), one.name) for one in everyone if one.kind in kinds]
        if members:
            groups.append((label, members))
    return groups


def regions_for(actor: Actor) -> Choices:
    """Townships with their villages, as groups, by id: where a find may lie. For a city, counties with their townships."""
    upper, lower = RegionLevel.TOWNSHIP, RegionLevel.VILLAGE
    if is_above_counties(actor):
        upper, lower = RegionLevel.COUNTY, RegionLevel.TOWNSHIP
    groups: dict[str, list[tuple[str, str]]] = {}
    for region in territory.regions_of(actor, upper, lower):
        is_upper = region.level == upper
        heading = region.name if is_upper or region.parent is None else region.parent.name
        words = region.name if is_upper else f"{heading} {region.name}"
        groups.setdefault(heading, []).append((str(region.id), words))
    return list(groups.items())


def areas_for(actor: Actor, named: str) -> Choices:
    """The divisions directly below the actor's own, by code, and the one the address names: what a list is narrowed by."""
    below = territory.inside(actor.region_path).filter(Q(parent__path=actor.region_path) | Q(code=named))
    return [(region.code, region.name) for region in below]
