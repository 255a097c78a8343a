"""Writes to the register: the only writers of its tables."""

from anlan.register.actions.enterprises import (
    edit_enterprise,
    link_enterprise_organisation,
    open_enterprise_organisation,
    register_enterprise,
)
from anlan.register.actions.sites import edit_site, register_site

__all__ = [
    "edit_enterprise",
    "edit_site",
    "link_enterprise_organisation",
    "open_enterprise_organisation",
    "register_enterprise",
    "register_site",
]
