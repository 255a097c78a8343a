"""The whole ledger as JSON lines, for the operator and whoever checks it elsewhere (ADR 0006): an opening line, the
sealed entries in the order of their leaves, and after the last entry of each signed head the head itself."""

from collections.abc import Iterator
from typing import Any

from anlan.lib import hashing, merkle
from anlan.proofs import selectors, wire


class MissingEntryError(RuntimeError):
    """A leaf whose entry is gone: there is nothing whole to export."""


def lines() -> Iterator[bytes]:
    """Each with its line feed; a stream, whatever the size. Inside ``acting(system_everywhere())``."""
    return (hashing.canonical_bytes(line) + b"\n" for line in _values())


def _values() -> Iterator[dict[str, Any]]:
    latest = selectors.latest_head()
    size = latest.size if latest else 0
    yield wire.opening_of(latest, selectors.heads().filter(size__lte=size).count(), merkle.EMPTY)
    for leaf in selectors.sealed_leaves(size):
        if leaf.entry is None:
            raise MissingEntryError(f"第 {leaf.index} 条已封存，账本中却没有。")
        yield wire.line_of(leaf.entry, leaf.index)
        if leaf.head is not None:
            yield wire.head_of(leaf.head)
