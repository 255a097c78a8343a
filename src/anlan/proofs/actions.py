"""Sealing: committed entries become leaves, in batches of one transaction each, and each batch ends with a signed head.

A sealer that dies leaves what it found: its transaction never was.
"""

from datetime import timedelta
from functools import partial

from django.db import connection, transaction

from anlan.lib import clock
from anlan.proofs import anchor, selectors, signing, wire
from anlan.proofs.models import SealedEntry, TreeHead, UnsealedEntry

BATCH = 5_000
INSTANT = timedelta(microseconds=1)
SEALERS_LOCK = 0x616E6C616E  # "anlan"

TAKE = f"""
    DELETE FROM {UnsealedEntry._meta.db_table} WHERE seq IN
        (SELECT seq FROM {UnsealedEntry._meta.db_table} ORDER BY seq LIMIT %s)
    RETURNING seq, leaf_hash"""  # noqa: S608 - the name of our own table

# A quarter of the work that as many objects of the model would be.
APPEND = f"""
    INSERT INTO {SealedEntry._meta.db_table} (leaf_index, seq, hashes)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])"""  # noqa: S608 - the name of our own table


class BrokenTreeError(RuntimeError):
    """What is kept of the tree is not what was signed here: nothing more is sealed on top of it."""


def seal(batch: int = BATCH) -> int:
    """Seal the oldest entries that wait, at most ``batch``. How many; 0 when none waits or another sealer is at it.
    Raises BrokenTreeError."""
    with transaction.atomic():
        waiting = _take(batch) if _alone() else []
        if waiting:
            _append(waiting)
    return len(waiting)


def _alone() -> bool:
    """Whether this transaction is the one sealer; the lock ends with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALERS_LOCK])
        return bool(cursor.fetchone()[0])


def _take(batch: int) -> list[tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [batch])
        return sorted((seq, bytes(leaf)) for seq, leaf in cursor.fetchall())


def _append(waiting: list[tuple[int, bytes]]) -> None:
    head = selectors.latest_head()
    size = head.size if head else 0
    if head and selectors.root_of(size) != bytes(head.root):
        raise BrokenTreeError(f"前 {size} 条的节点不是签名时的：不再往上封存。")
    if departed := anchor.departure():
        raise BrokenTreeError(f"{departed}不再往上封存；确是恢复了较早的备份的，核对后移走 {anchor.path()}。")
    tree = selectors.frontier(size)
    indexes = list(range(tree.size, tree.size + len(waiting)))
    with connection.cursor() as cursor:
        hashes = [b"".join(tree.append(leaf)) for _, leaf in waiting]
        cursor.execute(APPEND, [indexes, [seq for seq, _ in waiting], hashes])
    now = max(clock.now(), head.at + INSTANT) if head else clock.now()  # a clock set back must not seem a head put in
    signed = TreeHead(size=tree.size, root=tree.root(), at=now, public_key=signing.public_key())
    signed.signature = signing.sign(wire.message_of(signed))
    signed.save(force_insert=True)
    transaction.on_commit(partial(anchor.keep, tree.size, tree.root()))
