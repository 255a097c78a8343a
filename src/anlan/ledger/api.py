"""The ledger's door for other slices."""

from anlan.ledger.actions import leaf_of, record
from anlan.ledger.models import LedgerEntry
from anlan.ledger.selectors import Happening, committed, entries, newest

__all__ = ["Happening", "LedgerEntry", "committed", "entries", "leaf_of", "newest", "record"]
