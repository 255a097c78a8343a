"""Writes: one keyword-only function per verb, each one transaction, and the only writers of checks."""

from anlan.inspections.actions.afterwards import rate, reveal, void
from anlan.inspections.actions.checklists import NewItem, publish_checklist
from anlan.inspections.actions.filing import begin, file, file_draft, keep_draft
from anlan.inspections.actions.sampling import draw, order_of, verify
from anlan.inspections.actions.self_checks import close_inside, hand_over

__all__ = [
    "NewItem",
    "begin",
    "close_inside",
    "draw",
    "file",
    "file_draft",
    "hand_over",
    "keep_draft",
    "order_of",
    "publish_checklist",
    "rate",
    "reveal",
    "verify",
    "void",
]
