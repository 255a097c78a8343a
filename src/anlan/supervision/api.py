"""The door of supervision."""

from anlan.supervision.models import SupervisionLetter, SupervisionListing
from anlan.supervision.selectors import letters, letters_about, listings, listings_about

__all__ = ["SupervisionLetter", "SupervisionListing", "letters", "letters_about", "listings", "listings_about"]
