"""Reads of the register. The first argument is always the actor; industries are public."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from anlan.authz.actors import Actor
from anlan.authz.scope import in_subtree
from anlan.lib.refusals import NotInScope
from anlan.register.freshness import stale_before
from anlan.register.grid_members import SITES
from anlan.register.key_sites import SUPERVISED
from anlan.register.models import Enterprise, Industry, Site, SitePerson, SiteRegulator
from anlan.register.querysets import EnterpriseQuerySet, SiteQuerySet
from anlan.register.selectors.grids import with_keepers


@dataclass(frozen=True, kw_only=True)
class EnterpriseFilters:
    """What a list is narrowed by; every part is optional and stands in the URL under its own name."""

    q: str = ""
    region_path: str = ""
    industry: str = ""
    above_designated_size: bool | None = None
    status: str = ""
    sector: str = ""
    tag: str = ""
    stale: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteFilters:
    """The same for sites; ``unregulated`` keeps what nobody regulates, ``gap`` what is missing (``Gap``), ``placed`` what
    lies in a grid."""

    q: str = ""
    region_path: str = ""
    status: str = ""
    sector: str = ""
    enterprise_id: UUID | None = None
    local_unit_id: UUID | None = None
    unregulated: bool = False
    tag: str = ""
    gap: str = ""
    placed: bool = False
    supervised: bool = False


def enterprises(actor: Actor, filters: EnterpriseFilters) -> EnterpriseQuerySet:
    """The enterprises the actor sees, narrowed; the newest first."""
    rows = Enterprise.objects.visible_to(actor)
    if filters.region_path:
        rows = rows.filter(in_subtree("region_path", filters.region_path))
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.above_designated_size is not None:
        rows = rows.filter(above_designated_size=filters.above_designated_size)
    if filters.industry:
        rows = rows.filter(industry__in=industries_in(filters.industry))
    if filters.sector:
        rows = rows.regulated_in(filters.sector)
    if filters.tag:
        rows = rows.tagged(filters.tag)
    if filters.stale:
        rows = rows.unconfirmed_since(stale_before())
    return rows.matching(filters.q) if filters.q else rows


def enterprise(actor: Actor, enterprise_id: UUID) -> Enterprise:
    """One enterprise with its names, in one query; NotInScope (404) outside the scope."""
    found: Enterprise = Enterprise.objects.with_names().get_visible(actor, id=enterprise_id)
    return found


def enterprise_in_brief(actor: Actor, enterprise_id: UUID) -> Enterprise:
    """The same with nothing but its organisation: what an act needs, which shows no names."""
    found: Enterprise = Enterprise.objects.select_related("organisation").get_visible(actor, id=enterprise_id)
    return found


def enterprise_called(actor: Actor, text: str) -> Enterprise | None:
    """The one visible enterprise of that whole name or number, or None."""
    number = text.upper()
    named = Q(name=text) | Q(unified_social_credit_code=number) | Q(own_no=number)
    found: list[Enterprise] = list(Enterprise.objects.visible_to(actor).filter(named)[:2]) if text else []
    return found[0] if len(found) == 1 else None


def sites(actor: Actor, filters: SiteFilters) -> SiteQuerySet:
    """The sites the actor sees, narrowed; the newest first."""
    rows = Site.objects.visible_to(actor)
    equal = {
        "status": filters.status,
        "enterprise_id": filters.enterprise_id,
        "local_unit_id": filters.local_unit_id,
        "regulators__sector": filters.sector,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if filters.region_path:
        rows = rows.filter(in_subtree("region_path", filters.region_path))
    if filters.unregulated:
        rows = rows.without_regulator()
    if filters.tag:
        rows = rows.tagged(filters.tag)
    if filters.supervised:
        rows = rows.filter(status__in=SUPERVISED)
    if filters.gap:
        rows = rows.lacking(filters.gap)
    if filters.placed:
        rows = rows.filter(SITES.lying())
    return rows.matching(filters.q) if filters.q else rows


def site(actor: Actor, site_id: UUID) -> Site:
    """One site with its names, in one query; NotInScope (404) outside the scope."""
    found: Site = Site.objects.with_names().get_visible(actor, id=site_id)
    return found


def site_in_brief(actor: Actor, site_id: UUID) -> Site:
    """The same with nothing but its region and its enterprise: what an act needs, which shows no names."""
    rows = Site.objects.select_related("region", "enterprise__organisation")
    found: Site = rows.get_visible(actor, id=site_id)
    return found


def site_with_people(actor: Actor, site_id: UUID) -> Site:
    """The same with its people and regulators: three queries."""
    found: Site = with_people(Site.objects.with_names()).get_visible(actor, id=site_id)
    return found


def two_sites_with_people(actor: Actor, one_id: UUID, other_id: UUID) -> tuple[Site, Site]:
    """The same of two, in this order, ``with_keepers``: three queries too."""
    rows = with_keepers(actor, with_people(sites(actor, SiteFilters()).with_names()))
    found = {site.id: site for site in rows.filter(id__in=[one_id, other_id])}
    if len(found) != 2:
        raise NotInScope(str(Site._meta.verbose_name))
    return found[one_id], found[other_id]


def sites_with_people(actor: Actor, enterprise_id: UUID) -> SiteQuerySet:
    """The sites of an enterprise the actor sees, with people and regulators: three queries however many there are."""
    return with_people(sites(actor, SiteFilters(enterprise_id=enterprise_id)).with_names())


def with_people(rows: SiteQuerySet) -> SiteQuerySet:
    """With people and regulators; one query for each."""
    return with_regulators(rows).prefetch_related("people")


def with_regulators(rows: SiteQuerySet) -> SiteQuerySet:
    """With the 主管部门; one more query."""
    regulators = SiteRegulator.objects.select_related("organisation").order_by("sector")
    return rows.prefetch_related(Prefetch("regulators", queryset=regulators))


def people_of(actor: Actor, site_id: UUID) -> QuerySet[SitePerson]:
    """Who answers for safety at a site the actor sees."""
    return SitePerson.objects.visible_to(actor).filter(site_id=site_id)


def industries(q: str = "", *, section: str = "") -> QuerySet[Industry]:
    """Headings of GB/T 4754 by code or part of the name."""
    rows = Industry.objects.all()
    if section:
        rows = rows.filter(section=section)
    return rows.filter(Q(code__startswith=q.upper()) | Q(name__contains=q)) if q else rows


def industries_in(code: str) -> QuerySet[Industry]:
    """A section's letter, or a code and everything below it."""
    return Industry.objects.filter(Q(section=code) if code.isalpha() else Q(code__startswith=code))


def industry_sections() -> QuerySet[Industry]:
    """The 20 sections (门类), A to T."""
    return Industry.objects.filter(code__regex="^[A-Z]$").order_by("code")
