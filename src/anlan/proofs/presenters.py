"""A receipt as a page and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from anlan.ledger.api import LedgerEntry, leaf_of
from anlan.lib import hashing
from anlan.processes.api import PROCESSES
from anlan.proofs import signing, wire
from anlan.proofs.models import TreeHead
from anlan.proofs.selectors import Receipt


@dataclass(frozen=True)
class HeadRow:
    """A head as it is read out: hexadecimal, and the id of its key."""

    size: int
    root: str
    at: Any
    public_key: str
    key_id: str
    signature: str


def head_row(head: TreeHead) -> HeadRow:
    key = bytes(head.public_key)
    return HeadRow(
        head.size, bytes(head.root).hex(), head.at, key.hex(), signing.key_id(key), bytes(head.signature).hex()
    )


def receipt_file_of(receipt: Receipt) -> dict[str, Any]:
    """What is saved and sent: complete once the entry has been sealed."""
    if receipt.leaf_index is None or receipt.head is None:
        return wire.unsealed_receipt_of(receipt.entry)
    return wire.receipt_of(receipt.entry, receipt.leaf_index, receipt.path, receipt.head)


def act_label(entry: LedgerEntry) -> str:
    """What was done, in the words of the process table; empty where the act belongs to none."""
    process = PROCESSES.get(entry.subject_type)
    return next((label for event, label in _labels(process) if event == entry.event), "") if process else ""


def subject_label(entry: LedgerEntry) -> str:
    process = PROCESSES.get(entry.subject_type)
    return process.label if process else ""


def text_of(entry: LedgerEntry) -> str:
    """The canonical text whose hash is the leaf."""
    return hashing.canonical_bytes(leaf_of(entry)).decode()


def _labels(process: Any) -> Iterator[tuple[str, str]]:
    yield from ((row.event, row.label) for row in process.transitions)
    yield from ((step.event, step.label) for _, step in process.steps())
