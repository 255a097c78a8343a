"""The ledger's door for other slices."""

from anlan.ledger.actions import leaf_of, record
from anlan.ledger.models import LedgerEntry
from anlan.ledger.selectors import Happening, LastEntry, committed, entries, last_act, newest

__all__ = ["Happening", "LastEntry", "LedgerEntry", "committed", "entries", "last_act", "leaf_of", "newest", "record"]
