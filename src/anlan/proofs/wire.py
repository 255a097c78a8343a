"""The forms that leave the house (ADR 0006). Fixed like the leaves: canonical JSON (``lib.hashing``), hashes as
lower-case hexadecimal. ``scripts/verify_ledger.py`` reads them without us."""

from collections.abc import Sequence
from typing import Any

from anlan.ledger.api import LedgerEntry, leaf_of
from anlan.lib import hashing
from anlan.proofs.models import TreeHead

VERSION = 1


def message_of(head: TreeHead) -> bytes:
    """What is signed of a head: everything but the signature."""
    return hashing.canonical_bytes(_unsigned(head))


def head_of(head: TreeHead) -> dict[str, Any]:
    return {**_unsigned(head), "signature": bytes(head.signature).hex()}


def _unsigned(head: TreeHead) -> dict[str, Any]:
    return {
        "v": VERSION,
        "type": "anlan-tree-head",
        "size": head.size,
        "root": bytes(head.root).hex(),
        "at": head.at,
        "public_key": bytes(head.public_key).hex(),
    }


def published_head_of(head: TreeHead) -> dict[str, Any]:
    """A head in the types JSON knows."""
    found: dict[str, Any] = hashing.canonical_value(head_of(head))
    return found


def unsealed_receipt_of(entry: LedgerEntry) -> dict[str, Any]:
    """Before it has been sealed: the entry alone, which proves nothing yet."""
    return {
        "v": VERSION,
        "type": "anlan-receipt",
        "entry": hashing.canonical_value(leaf_of(entry)),
        "leaf_hash": bytes(entry.leaf_hash).hex(),
        "leaf_index": None,
        "inclusion": None,
        "tree_head": None,
    }


def receipt_of(entry: LedgerEntry, leaf_index: int, path: Sequence[bytes], head: TreeHead) -> dict[str, Any]:
    """An entry, and the proof that the tree of that head holds it."""
    return {
        **unsealed_receipt_of(entry),
        "leaf_index": leaf_index,
        "inclusion": [part.hex() for part in path],
        "tree_head": published_head_of(head),
    }


def opening_of(head: TreeHead | None, heads: int, empty_root: bytes) -> dict[str, Any]:
    """The first line of an export: what follows."""
    return {
        "v": VERSION,
        "type": "anlan-ledger",
        "size": head.size if head else 0,
        "root": (bytes(head.root) if head else empty_root).hex(),
        "heads": heads,
    }


def line_of(entry: LedgerEntry, leaf_index: int) -> dict[str, Any]:
    """An entry's line in an export."""
    return {"entry": leaf_of(entry), "leaf_hash": bytes(entry.leaf_hash).hex(), "leaf_index": leaf_index}
