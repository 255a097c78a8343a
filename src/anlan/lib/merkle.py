"""The Merkle tree of RFC 6962 §2.1: one hash for a list of entries, and short proofs that one of them is in it.

Entries are given as their leaf hashes (:func:`leaf_hash`, or ``hashing.leaf_hash`` for canonical values).

A tree that grows is kept as the hashes of its full subtrees. Such a node is named by its level (a leaf is 0) and its
number from the left; any other subtree that a root or a proof speaks of is a range of leaves ``[start, end)`` made
of a few of them.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of 0x00 and the entry: a leaf can never be taken for a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in their order; the hash of nothing for none.

    Pairing level by level and carrying an odd last one upwards gives the same tree as splitting at the largest power
    of two.
    """
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)] + odd
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at ``index`` (RFC 6962 §2.1.1), the nearest sibling first."""
    if not 0 <= index < len(leaves):
        raise IndexError("no such leaf")
    path = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        odd = level[-1:] if len(level) % 2 else []
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)] + odd
        index //= 2
    return path


def is_included(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` proves that the leaf stands at ``index`` of the tree of ``size`` leaves with that root
    (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    found, place, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            found = node_hash(sibling, found)
            while place % 2 == 0 and place:
                place //= 2
                last //= 2
        else:
            found = node_hash(found, sibling)
        place //= 2
        last //= 2
    return last == 0 and found == root


Node = Callable[[int, int], bytes]
"""The hash of the full subtree at ``(level, number)``."""

Range = tuple[int, int]


class Frontier:
    """The right edge of a growing tree: all that appending and the root need, log2 of ``size`` hashes."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """``peaks`` are the hashes of ``full_subtrees(0, size)``."""
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf. The hashes of the full subtrees that end with it: its own first, each the next level's."""
        completed, rest = [leaf], self.size
        while rest % 2:
            completed.append(node_hash(self.peaks.pop(), completed[-1]))
            rest //= 2
        self.peaks.append(completed[-1])
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The same as ``tree_hash`` of all the leaves."""
        return _joined(self.peaks) if self.peaks else EMPTY


def full_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The full subtrees that the range consists of, the largest first; ``start`` must be where such a subtree begins."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def range_hash(start: int, end: int, node: Node) -> bytes:
    """The RFC's MTH of the leaves in the range."""
    return _joined([node(level, number) for level, number in full_subtrees(start, end)])


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes are the audit path of the leaf (RFC 6962 §2.1.1), the nearest sibling first."""
    if not 0 <= index < size:
        raise IndexError("no such leaf")
    start, end, siblings = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return siblings[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose hashes prove that the tree of ``new`` leaves begins with that of ``old`` (RFC 6962 §2.1.2)."""
    if not 0 < old <= new:
        raise IndexError("the earlier tree has at least one leaf and no more than the later")
    start, end, parts = 0, new, []
    while old < end:
        middle = start + _split(end - start)
        if old <= middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((start, middle))
            start = middle
    if start:  # else the old tree is itself a subtree, and whoever asks knows its root
        parts.append((start, end))
    return parts[::-1]


def is_consistent(*, old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` proves that the first ``old`` leaves are the same in both trees (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place // 2, last // 2
    if not hashes:
        return False
    first = second = hashes[0]
    for part in hashes[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            second = node_hash(second, part)
        place, last = place // 2, last // 2
    return last == 0 and first == old_root and second == new_root


def _split(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _joined(hashes: Sequence[bytes]) -> bytes:
    """One hash of subtrees that stand side by side, each smaller than the one before."""
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found
