"""The register's tables."""

from anlan.register.models.changes import SiteTenancy, SiteTransfer, StatusChange
from anlan.register.models.enterprises import Enterprise, Industry, Site, SitePerson, SiteRegulator
from anlan.register.models.grids import ResponsibleOfficial, SiteGrid
from anlan.register.models.objects import ObjectRegulator, SupervisedObject

__all__ = [
    "Enterprise",
    "Industry",
    "ObjectRegulator",
    "ResponsibleOfficial",
    "Site",
    "SiteGrid",
    "SitePerson",
    "SiteRegulator",
    "SiteTenancy",
    "SiteTransfer",
    "StatusChange",
    "SupervisedObject",
]
