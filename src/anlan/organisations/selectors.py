"""Reads of the organisations: who is there, and who answers for what. Each answer is one query."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Organisation, Region
from anlan.authz.permissions import Permission
from anlan.authz.roles import Reach
from anlan.authz.scope import in_subtree, require, the_one
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope
from anlan.reads.prepared import prepared

# Those that can be the regulator of a sector (主管部门).
REGULATORS = (OrganisationKind.DEPARTMENT, OrganisationKind.FIRE_RESCUE)


def current() -> QuerySet[Organisation]:
    """The organisations in force today."""
    return Organisation.objects.filter(Q(valid_to=None) | Q(valid_to__gte=clock.today()))


def visible_organisations(actor: Actor) -> QuerySet[Organisation]:
    """The organisations inside the actor's county (or city, province).

    Enterprises and agencies see the organs of government and themselves, never another enterprise.
    Raises Forbidden (403) without the permission.
    """
    require(actor, Permission.ORGANISATION_VIEW)
    low, high = actor.wall
    inside = current().filter(region__path__gte=low, region__path__lt=high).select_related("region", "parent")
    if actor.reach == Reach.PARTICIPATION:
        private = [OrganisationKind.ENTERPRISE, OrganisationKind.AGENCY]
        inside = inside.filter(~Q(kind__in=private) | in_subtree("path", actor.organisation_path))
    return inside


def organisation(actor: Actor, organisation_id: UUID) -> Organisation:
    """One visible organisation with its region, or NotInScope (404)."""
    found = visible_organisations(actor).filter(id=organisation_id).first()
    if found is None:
        raise NotInScope("组织机构")
    return found


def organisation_of(actor: Actor) -> Organisation:
    """The organisation the actor acts for, with its region. Raises NotInScope for the system, which has none."""
    return the_one(Organisation, _with_region(organisation_id_of(actor)))


def organisation_id_of(actor: Actor) -> UUID:
    """Its id alone, without asking the database."""
    if actor.organisation_id is None:
        raise NotInScope("组织机构")
    return actor.organisation_id


@prepared
def _with_region(organisation_id: UUID) -> QuerySet[Organisation]:
    return Organisation.objects.select_related("region").filter(id=organisation_id).order_by()


def search_organisations(
    actor: Actor, *, q: str = "", kinds: Sequence[str] = (), sector: str = "", region: str = ""
) -> QuerySet[Organisation]:
    """Visible organisations by part of the name, kinds, sector and the region's code; every argument narrows.

    Invalid (422) for a code of no region.
    """
    found = visible_organisations(actor)
    if kinds:
        found = found.filter(kind__in=kinds)
    if sector:
        found = found.filter(sectors__contains=[sector])
    if region:
        if not Region.objects.filter(code=region).exists():
            raise Invalid.at("/region", f"没有代码为“{region}”的区划。")
        found = found.filter(region__code=region)
    if q:
        found = found.filter(Q(name__contains=q) | Q(short_name__contains=q))
    return found.order_by("path")


def regulators_of(region: Region) -> dict[str, Organisation]:
    """Who is responsible for which sector in the county (or city) of ``region``."""
    departments = current().filter(kind__in=REGULATORS, region__path=region.wall_path).order_by("path")
    return {sector: department for department in departments for sector in department.sectors}


def regulator_of(sector: str, region: Region) -> Organisation | None:
    """The department responsible for ``sector`` in the county (or city) of ``region``; None where nobody is."""
    found = current().filter(kind__in=REGULATORS, region__path=region.wall_path, sectors__contains=[sector])
    return found.order_by("path").first()


def local_unit_of(region: Region) -> Organisation | None:
    """The 属地 unit: the township of a township or village; None above."""
    own_or_above = Q(region=region) | Q(region=region.parent_id)
    return current().filter(own_or_above, kind=OrganisationKind.TOWNSHIP).first()


def township_offices_of(region: Region) -> QuerySet[Organisation]:
    """The 应急办 of the township of ``region``."""
    own_or_above = Q(region=region) | Q(region=region.parent_id)
    return current().filter(own_or_above, kind=OrganisationKind.TOWNSHIP_OFFICE)


def committee_office_of(region: Region) -> Organisation | None:
    """The 安委办 of the county (or city) of ``region``."""
    return current().filter(kind=OrganisationKind.COMMITTEE_OFFICE, region__path=region.wall_path).first()


def village_organisation(region: Region) -> Organisation | None:
    """The village's or community's own organisation."""
    return current().filter(kind=OrganisationKind.VILLAGE, region=region).first()


_INSIDE_ANOTHER = {OrganisationKind.VILLAGE, OrganisationKind.TOWNSHIP_OFFICE, OrganisationKind.DIVISION}
_AT_THE_TOP = {OrganisationKind.GOVERNMENT, OrganisationKind.COMMITTEE, OrganisationKind.COMMITTEE_OFFICE}


def superior_of(unit: Organisation) -> Organisation | None:
    """Who urges and decides above it; ``unit.region`` must be loaded.

    A village, a township's office or a division: the organisation it belongs to. The government, 安委会 and 安委办 of
    a region: the same organ one level up, None where that is not in the system. Everybody else: the 安委办 of the
    county (or city).
    """
    kind = OrganisationKind(unit.kind)
    if kind in _INSIDE_ANOTHER:
        return current().filter(children=unit).first()
    if kind in _AT_THE_TOP:
        return current().filter(kind=kind, region=unit.region.parent_id).first()
    return committee_office_of(unit.region)


def deployed_region(code: str, level: RegionLevel) -> Region:
    """The region in force of that code and level, for loading. Raises NotInScope."""
    region = Region.objects.filter(code=code, level=level, valid_to=None).first()
    if region is None:
        raise NotInScope("区划")
    return region


def regions_below(region: Region) -> Sequence[Region]:
    """The townships and villages of a county, each township before its villages."""
    levels = [RegionLevel.TOWNSHIP, RegionLevel.VILLAGE]
    return list(
        Region.objects.filter(in_subtree("path", region.path), level__in=levels, valid_to=None).order_by("path")
    )
