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
    known = selectors.heads().filter(size__lte=size).order_by("size")
    yield wire.opening_of(latest, known.count(), merkle.EMPTY)
    following = known.iterator()
    head = next(following, None)
    for index, entry, _ in selectors.sealed_entries(size):
        if entry is None:
            raise MissingEntryError(f"第 {index} 条已封存，账本中却没有。")
        yield wire.line_of(entry, index)
        if head is not None and head.size == index + 1:
            yield wire.head_of(head)
            head = next(following, None)
