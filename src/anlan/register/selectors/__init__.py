"""Reads of the register. The first argument is always the actor."""

from anlan.register.selectors.enterprises import (
    EnterpriseFilters,
    SiteFilters,
    enterprise,
    enterprise_called,
    enterprises,
    industries,
    industry_sections,
    people_of,
    site,
    site_with_people,
    sites,
    sites_with_people,
    two_sites_with_people,
    with_people,
    with_regulators,
)

__all__ = [
    "EnterpriseFilters",
    "SiteFilters",
    "enterprise",
    "enterprise_called",
    "enterprises",
    "industries",
    "industry_sections",
    "people_of",
    "site",
    "site_with_people",
    "sites",
    "sites_with_people",
    "two_sites_with_people",
    "with_people",
    "with_regulators",
]
