"""The pages of the register."""

from anlan.register.views.enterprises import enterprise_context

__all__ = ["enterprise_context"]
