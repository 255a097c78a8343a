"""The door of supervision."""

from anlan.supervision.models import SupervisionLetter
from anlan.supervision.selectors import letters, letters_about

__all__ = ["SupervisionLetter", "letters", "letters_about"]
