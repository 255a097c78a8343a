"""The organisations' door for other slices."""

from anlan.organisations.actions import create_organisation
from anlan.organisations.fields import OrganisationFilter, offer_organisations
from anlan.organisations.selectors import (
    committee_office_of,
    current,
    local_unit_of,
    organisation,
    organisation_id_of,
    organisation_of,
    regulator_of,
    regulators_of,
    search_organisations,
    superior_of,
    township_offices_of,
    village_organisation,
    visible_organisations,
)

__all__ = [
    "OrganisationFilter",
    "committee_office_of",
    "create_organisation",
    "current",
    "local_unit_of",
    "offer_organisations",
    "organisation",
    "organisation_id_of",
    "organisation_of",
    "regulator_of",
    "regulators_of",
    "search_organisations",
    "superior_of",
    "township_offices_of",
    "village_organisation",
    "visible_organisations",
]
