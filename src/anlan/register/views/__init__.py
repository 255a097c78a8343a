"""The pages of the register."""

from anlan.register.views.enterprises import at_survivor, enterprise_context
from anlan.register.views.objects import object_context

__all__ = ["at_survivor", "enterprise_context", "object_context"]
