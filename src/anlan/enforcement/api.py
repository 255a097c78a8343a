"""The door of enforcement."""

from anlan.enforcement.models import EnforcementLead
from anlan.enforcement.reactions import propose_case
from anlan.enforcement.selectors import leads, leads_about

__all__ = ["EnforcementLead", "leads", "leads_about", "propose_case"]
