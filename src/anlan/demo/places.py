"""The ground of the demo: 台州 with 临海 (villages and all organs) and 温岭, the county next door."""

import os
from dataclasses import dataclass, field
from uuid import UUID

from django.core.management import call_command

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Organisation, Region
from anlan.organisations import api as organisations
from anlan.register.api import ObjectKind, Site, SupervisedObject
from anlan.territory import api as territory

PROVINCE, CITY, COUNTY, OTHER = "33", "3310", "331082", "331081"

LIVED_IN = (ObjectKind.SMALL_VENUE, ObjectKind.SELF_BUILT_HOUSE, ObjectKind.RENTAL_HOUSE)
"""What a person answers for."""


@dataclass
class World:
    """Who is where. ``actors`` by the id of the organisation they act for."""

    county: Region
    city: Region
    other: Region
    organisations: list[Organisation] = field(default_factory=list)
    actors: dict[UUID, Actor] = field(default_factory=dict)
    colleagues: dict[UUID, Actor] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    objects: list[SupervisedObject] = field(default_factory=list)

    def of_kind(self, *kinds: OrganisationKind, region: Region | None = None) -> list[Organisation]:
        """The organisations of these kinds in our county (or in ``region`` itself)."""
        wall = (region or self.county).wall_path
        return [o for o in self.organisations if o.kind in kinds and o.region.wall_path == wall]

    def actor(self, organisation: Organisation) -> Actor:
        return self.actors[organisation.id]

    def somebody_else(self, organisation: Organisation, user_id: UUID | None) -> Actor:
        """Who acts for the organisation, but not that user: acceptor and rectifier are never one person."""
        actor = self.actors[organisation.id]
        return self.colleagues.get(organisation.id, actor) if actor.user_id == user_id else actor

    def enterprise_of(self, site_id: UUID) -> UUID:
        return next(site.enterprise_id for site in self.sites if site.id == site_id)

    def lived_in(self, unit: Organisation) -> list[SupervisedObject]:
        """The objects in the unit's region in which people live or trade."""
        return [one for one in self.objects if one.kind in LIVED_IN and one.region_path.startswith(unit.region.path)]

    def named(self, short_name: str) -> Organisation:
        return next(o for o in self.organisations if o.short_name == short_name)


def lay_out() -> World:
    """Load regions and organisations (both idempotent) and read them back."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - their counts are of no interest here
        call_command("load_regions", county=[COUNTY], stdout=nowhere)
        call_command("load_organisations", city=[CITY], county=[COUNTY, OTHER], stdout=nowhere)
    world = World(
        county=territory.find_region(COUNTY), city=territory.find_region(CITY), other=territory.find_region(OTHER)
    )
    world.organisations = list(organisations.current().select_related("region").order_by("path"))
    return world
