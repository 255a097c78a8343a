"""The register's door for other slices."""

from anlan.register.actions import (
    edit_enterprise,
    edit_site,
    link_enterprise_organisation,
    open_enterprise_organisation,
    register_enterprise,
    register_site,
)
from anlan.register.choices import OperatingStatus, PersonPost, SourceCrs
from anlan.register.facts import EnterpriseFacts, PersonFacts, SiteFacts
from anlan.register.models import Enterprise, Site
from anlan.register.selectors import (
    EnterpriseFilters,
    SiteFilters,
    enterprise,
    enterprises,
    industries,
    people_of,
    site,
    site_with_people,
    sites,
    sites_with_people,
)

__all__ = [
    "Enterprise",
    "EnterpriseFacts",
    "EnterpriseFilters",
    "OperatingStatus",
    "PersonFacts",
    "PersonPost",
    "Site",
    "SiteFacts",
    "SiteFilters",
    "SourceCrs",
    "edit_enterprise",
    "edit_site",
    "enterprise",
    "enterprises",
    "industries",
    "link_enterprise_organisation",
    "open_enterprise_organisation",
    "people_of",
    "register_enterprise",
    "register_site",
    "site",
    "site_with_people",
    "sites",
    "sites_with_people",
]
