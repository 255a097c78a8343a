"""The register's tables."""

from anlan.register.models.changes import SiteTenancy, SiteTransfer, StatusChange
from anlan.register.models.enterprises import Enterprise, Industry, Site, SitePerson, SiteRegulator
from anlan.register.models.grids import ObjectGrid, ResponsibleOfficial, SiteGrid
from anlan.register.models.licences import Licence
from anlan.register.models.merges import DistinctPair, DistinctSitePair, EnterpriseMerge, SiteMerge
from anlan.register.models.objects import ObjectRegulator, SupervisedObject
from anlan.register.models.tags import SiteTag

__all__ = [
    "DistinctPair",
    "DistinctSitePair",
    "Enterprise",
    "EnterpriseMerge",
    "Industry",
    "Licence",
    "ObjectGrid",
    "ObjectRegulator",
    "ResponsibleOfficial",
    "Site",
    "SiteGrid",
    "SiteMerge",
    "SitePerson",
    "SiteRegulator",
    "SiteTag",
    "SiteTenancy",
    "SiteTransfer",
    "StatusChange",
    "SupervisedObject",
]
