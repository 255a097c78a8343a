"""Writes to the register: the only writers of its tables."""

from anlan.register.actions.confirming import confirm_objects_unchanged, confirm_unchanged
from anlan.register.actions.enterprises import (
    edit_enterprise,
    link_enterprise_organisation,
    open_enterprise_organisation,
    register_enterprise,
)
from anlan.register.actions.licences import cancel_licence, correct_licence, register_licence, renew_licence
from anlan.register.actions.merging import mark_distinct, mark_sites_distinct, merge_enterprise, merge_site
from anlan.register.actions.objects import edit_object, register_object
from anlan.register.actions.sites import edit_site, register_site
from anlan.register.actions.statuses import (
    Evidenced,
    accept_resumption,
    refuse_resumption,
    request_resumption,
    set_enterprise_status,
    set_site_status,
)
from anlan.register.actions.tags import Tagged, tag_sites, untag_sites
from anlan.register.actions.tenancies import end_tenancy, register_tenancy
from anlan.register.actions.transfers import (
    confirm_transfer,
    propose_site_transfer,
    refuse_transfer,
    withdraw_transfer,
)

__all__ = [
    "Evidenced",
    "Tagged",
    "accept_resumption",
    "cancel_licence",
    "confirm_objects_unchanged",
    "confirm_transfer",
    "confirm_unchanged",
    "correct_licence",
    "edit_enterprise",
    "edit_object",
    "edit_site",
    "end_tenancy",
    "link_enterprise_organisation",
    "mark_distinct",
    "mark_sites_distinct",
    "merge_enterprise",
    "merge_site",
    "open_enterprise_organisation",
    "propose_site_transfer",
    "refuse_resumption",
    "refuse_transfer",
    "register_enterprise",
    "register_licence",
    "register_object",
    "register_site",
    "register_tenancy",
    "renew_licence",
    "request_resumption",
    "set_enterprise_status",
    "set_site_status",
    "tag_sites",
    "untag_sites",
    "withdraw_transfer",
]
