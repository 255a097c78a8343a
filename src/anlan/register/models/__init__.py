"""The register's tables."""

from anlan.register.models.enterprises import Enterprise, Industry, Site, SitePerson, SiteRegulator

__all__ = ["Enterprise", "Industry", "Site", "SitePerson", "SiteRegulator"]
