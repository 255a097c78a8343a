"""The door of supervision."""

from anlan.supervision.actions import sign_list
from anlan.supervision.actions.chronicle import ListingChronicle
from anlan.supervision.choices import ListLevel
from anlan.supervision.models import SignedList, SupervisionLetter, SupervisionListing
from anlan.supervision.periods import Period
from anlan.supervision.reactions import urge
from anlan.supervision.selectors import (
    events_urged,
    letters,
    letters_about,
    listings,
    listings_about,
    listings_to_recheck,
    listings_without_controls,
    matters_listed_between,
    matters_still_listed,
    matters_without_controls,
)
from anlan.supervision.selectors.signed_lists import signed_lists, unsigned_below

__all__ = [
    "ListLevel",
    "ListingChronicle",
    "Period",
    "SignedList",
    "SupervisionLetter",
    "SupervisionListing",
    "events_urged",
    "letters",
    "letters_about",
    "listings",
    "listings_about",
    "listings_to_recheck",
    "listings_without_controls",
    "matters_listed_between",
    "matters_still_listed",
    "matters_without_controls",
    "sign_list",
    "signed_lists",
    "unsigned_below",
    "urge",
]
