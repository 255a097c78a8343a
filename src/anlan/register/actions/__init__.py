"""Writes to the register: the only writers of its tables."""

from anlan.register.actions.enterprises import (
    edit_enterprise,
    link_enterprise_organisation,
    open_enterprise_organisation,
    register_enterprise,
)
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
from anlan.register.actions.tenancies import end_tenancy, register_tenancy
from anlan.register.actions.transfers import (
    confirm_transfer,
    propose_site_transfer,
    refuse_transfer,
    withdraw_transfer,
)

__all__ = [
    "Evidenced",
    "accept_resumption",
    "confirm_transfer",
    "edit_enterprise",
    "edit_object",
    "edit_site",
    "end_tenancy",
    "link_enterprise_organisation",
    "open_enterprise_organisation",
    "propose_site_transfer",
    "refuse_resumption",
    "refuse_transfer",
    "register_enterprise",
    "register_object",
    "register_site",
    "register_tenancy",
    "request_resumption",
    "set_enterprise_status",
    "set_site_status",
    "withdraw_transfer",
]
