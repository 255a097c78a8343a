"""Imports: the door for other slices. A slice declares its kinds in ``<slice>/sheets.py`` and registers them."""

from anlan.sheets import bulk, values
from anlan.sheets.actions import run_import, upload
from anlan.sheets.kinds import Batch, Chunk, Column, Draft, Kept, Kind, Look, Outcome, kinds_for, register_kind
from anlan.sheets.ledgers import Ledger, LedgerColumn
from anlan.sheets.undoing import TOUCHED, left_as, undo, why_kept

__all__ = [
    "TOUCHED",
    "Batch",
    "Chunk",
    "Column",
    "Draft",
    "Kept",
    "Kind",
    "Ledger",
    "LedgerColumn",
    "Look",
    "Outcome",
    "bulk",
    "kinds_for",
    "left_as",
    "register_kind",
    "run_import",
    "undo",
    "upload",
    "values",
    "why_kept",
]
