"""The door of enforcement."""

from anlan.enforcement.models import EnforcementLead
from anlan.enforcement.selectors import leads, leads_about

__all__ = ["EnforcementLead", "leads", "leads_about"]
