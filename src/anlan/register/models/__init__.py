"""The register's tables."""

from anlan.register.models.changes import SiteTenancy, SiteTransfer, StatusChange
from anlan.register.models.enterprises import Enterprise, Industry, Site, SitePerson, SiteRegulator
from anlan.register.models.grids import ResponsibleOfficial, SiteGrid

__all__ = [
    "Enterprise",
    "Industry",
    "ResponsibleOfficial",
    "Site",
    "SiteGrid",
    "SitePerson",
    "SiteRegulator",
    "SiteTenancy",
    "SiteTransfer",
    "StatusChange",
]
