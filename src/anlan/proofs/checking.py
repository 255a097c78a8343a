"""Whether the ledger in the database is the one that was sealed: every entry, every node, every head, from the start."""

from collections.abc import Iterator

from anlan.ledger.api import leaf_of
from anlan.lib import hashing, merkle
from anlan.proofs import anchor, selectors, signing, wire
from anlan.proofs.models import TreeHead


def faults() -> Iterator[str]:
    """What does not fit, in sentences; nothing when all does. Inside ``acting(system_everywhere())``."""
    if departed := anchor.departure():
        yield departed
    latest = selectors.latest_head()
    size = latest.size if latest else 0
    tree, before = merkle.Frontier(), None
    for leaf in selectors.sealed_leaves(size):
        if leaf.index != tree.size:
            yield f"第 {tree.size} 条的封存记录缺失。"
            return
        yield from _faults_of(leaf)
        if b"".join(tree.append(leaf.hashes[: selectors.HASH_BYTES])) != leaf.hashes:
            yield f"第 {leaf.index} 条的树节点不符。"
        if leaf.head is not None:
            yield from _faults_of_head(leaf.head, tree.root())
            if before is not None and leaf.head.at < before:
                yield f"前 {leaf.head.size} 条的树头比它之前的还早。"
            before = leaf.head.at
    if tree.size != size:
        yield f"已签名到第 {size} 条，封存记录只到第 {tree.size} 条。"
    yield from (f"存证 {entry.seq}（{entry.event}）既没有封存，也不在等待封存。" for entry in selectors.strays()[:20])


def _faults_of(leaf: selectors.Leaf) -> Iterator[str]:
    entry = leaf.entry
    if entry is None:
        yield f"第 {leaf.index} 条已封存，账本中却没有。"
        return
    found = hashing.leaf_hash(leaf_of(entry))
    if found != bytes(entry.leaf_hash) or found != leaf.hashes[: selectors.HASH_BYTES]:
        yield f"第 {leaf.index} 条（存证 {entry.seq}，{entry.event}）的内容与封存时不同。"


def _faults_of_head(head: TreeHead, root: bytes) -> Iterator[str]:
    if bytes(head.root) != root:
        yield f"前 {head.size} 条的根与签名的根不符：其中有条目被改动、缺少或插入。"
    key, signature = bytes(head.public_key), bytes(head.signature)
    if not signing.is_signed(message=wire.message_of(head), signature=signature, key=key):
        yield f"前 {head.size} 条的树头签名不符。"
