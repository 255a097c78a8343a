"""Reads of the tree, and of the entries a person may have a receipt for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from anlan.authz.actors import Actor
from anlan.ledger.api import LedgerEntry
from anlan.lib import merkle
from anlan.lib.merkle import Frontier, Node, Range
from anlan.lib.refusals import Invalid, NotInScope, Refused
from anlan.processes.api import Event, history_of
from anlan.proofs.models import SealedEntry, TreeHead, UnsealedEntry

HASH_BYTES = 32


@dataclass(frozen=True)
class Leaf:
    """A leaf as it is kept: its entry (None when that is gone), its hashes, and the head that was signed when it was
    the last one, if one was."""

    index: int
    entry: LedgerEntry | None
    hashes: bytes
    head: TreeHead | None


@dataclass(frozen=True)
class Receipt:
    """An entry and, once it has been sealed, its proof: ``path`` leads from the leaf to the root of ``head``."""

    entry: LedgerEntry
    leaf_index: int | None = None
    path: Sequence[bytes] = ()
    head: TreeHead | None = None


def heads() -> QuerySet[TreeHead]:
    """The signed heads, the latest first."""
    return TreeHead.objects.all()


def latest_head() -> TreeHead | None:
    return heads().first()


def waiting_count() -> int:
    return UnsealedEntry.objects.count()


def frontier(size: int) -> Frontier:
    """The right edge of the tree of the first ``size`` leaves."""
    names = list(merkle.full_subtrees(0, size))
    node = _nodes(names)
    return Frontier(size, [node(*name) for name in names])


def root_of(size: int) -> bytes | None:
    """The root of the first ``size`` leaves as the nodes kept give it; None if one of them is missing."""
    try:
        return frontier(size).root()
    except KeyError:
        return None


def inclusion_path(leaf_index: int, size: int) -> list[bytes]:
    """The audit path of a leaf in the tree of ``size`` leaves. Invalid (422) where there is none."""
    _check_size("/size", size)
    if not 0 <= leaf_index < size:
        raise Invalid.at("/leaf_index", f"叶子序号应在 0 到 {size - 1} 之间。")
    return _hashes_of(merkle.inclusion_ranges(leaf_index, size))


def consistency_path(first: int, second: int) -> list[bytes]:
    """The proof that the tree of ``second`` leaves begins with that of ``first``. Invalid (422) where there is none."""
    _check_size("/second", second)
    if not 0 < first <= second:
        raise Invalid.at("/first", f"较早的条数应在 1 到 {second} 之间。")
    return _hashes_of(merkle.consistency_ranges(first, second))


def receipt(actor: Actor, entry_id: UUID) -> Receipt:
    """The receipt for an own act, or NotInScope (404)."""
    entry = _own(actor).filter(entry_id=entry_id).first()
    if entry is None:
        raise NotInScope("存证")
    index = SealedEntry.objects.filter(seq=entry.seq).values_list("leaf_index", flat=True).first()
    head = latest_head() if index is not None else None
    if index is None or head is None:
        return Receipt(entry)
    return Receipt(entry, index, _hashes_of(merkle.inclusion_ranges(index, head.size)), head)


def entry_of_event(actor: Actor, subject_id: UUID, event_id: UUID) -> LedgerEntry:
    """The entry of an own step of a subject's history, or NotInScope (404). Refused (409) for a step that was written
    with thousands of others and stands in the entry of them all."""
    own = _own(actor).filter(subject_id=subject_id, payload__event=str(event_id)).first()
    if own is None and any(_acted(actor, one) for one in history_of(subject_id) if one.id == event_id):
        raise Refused("told_in_bulk", "这一步是成批写入的，整批在账本里是一条，没有单独的回执。")
    if own is None:
        raise NotInScope("存证")
    return own


def _acted(actor: Actor, event: Event) -> bool:
    """Whether it was the actor, for the unit they act for now."""
    return (event.user_id, event.organisation_id) == (actor.user_id, actor.organisation_id)


def sealed_leaves(size: int) -> Iterator[Leaf]:
    """The first ``size`` leaves in order, a stream. For the operator, inside ``acting(system_everywhere())``."""
    leaves = SealedEntry.objects.filter(leaf_index__lt=size).order_by("leaf_index")
    signed = heads().filter(size__lte=size).order_by("size").iterator()
    head = next(signed, None)
    for part in _batches(leaves.values_list("leaf_index", "seq", "hashes")):
        entries = LedgerEntry.objects.in_bulk([seq for _, seq, _ in part])
        for index, seq, hashes in part:
            while head is not None and head.size <= index:
                head = next(signed, None)
            is_last = head is not None and head.size == index + 1
            yield Leaf(index, entries.get(seq), bytes(hashes), head if is_last else None)


def strays() -> QuerySet[LedgerEntry]:
    """Entries that are neither sealed nor wait for it: nobody may take them out of the line."""
    return LedgerEntry.objects.exclude(Exists(SealedEntry.objects.filter(seq=OuterRef("seq")))).exclude(
        Exists(UnsealedEntry.objects.filter(seq=OuterRef("seq")))
    )


def _own(actor: Actor) -> QuerySet[LedgerEntry]:
    """What the person did for the organisation they act for now; the system is nobody. What they did elsewhere, under
    a grant that has ended perhaps, is out of this one's scope."""
    own = {"actor_id": actor.user_id, "organisation_id": actor.organisation_id}
    return LedgerEntry.objects.filter(**own, actor_id__isnull=False)


def _check_size(pointer: str, size: int) -> None:
    head = latest_head()
    known = head.size if head else 0
    if not 0 < size <= known:
        raise Invalid.at(pointer, f"已封存 {known} 条，条数应在 1 到 {known} 之间。")


def _hashes_of(ranges: Iterable[Range]) -> list[bytes]:
    """The hash of each range; one query for all of them."""
    wanted = list(ranges)
    node = _nodes([name for part in wanted for name in merkle.full_subtrees(*part)])
    return [merkle.range_hash(*part, node) for part in wanted]


def _nodes(names: Iterable[tuple[int, int]]) -> Node:
    """Full subtrees by level and number: each is kept with its last leaf."""
    lasts = {((number + 1) << level) - 1 for level, number in names}
    kept = dict(SealedEntry.objects.filter(leaf_index__in=lasts).values_list("leaf_index", "hashes"))

    def node(level: int, number: int) -> bytes:
        hashes = bytes(kept[((number + 1) << level) - 1])
        return hashes[HASH_BYTES * level : HASH_BYTES * (level + 1)]

    return node


def _batches(rows: QuerySet, size: int = 2_000) -> Iterator[list[tuple[int, int, bytes]]]:
    part: list[tuple[int, int, bytes]] = []
    for row in rows.iterator(chunk_size=size):
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
