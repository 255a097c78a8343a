"""The ledger's door for other slices."""

from anlan.ledger.actions import leaf_of, record
from anlan.ledger.models import LedgerEntry

__all__ = ["LedgerEntry", "leaf_of", "record"]
