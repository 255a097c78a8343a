"""The Merkle tree over the ledger (ADR 0006): which entry is which leaf, and the signed heads. Hashes only: nobody's
words, nobody's names, so these tables stand before the wall."""

from django.db import models

from anlan.reads.loading import QuicklyLoaded


class UnsealedEntry(QuicklyLoaded):
    """An entry that waits for its leaf. A trigger on the ledger writes it in the entry's own transaction: it can be
    seen exactly when the entry has been committed, however late that is, so the sealer can pass over none."""

    seq = models.BigIntegerField(primary_key=True)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ("seq",)

    def __str__(self) -> str:
        return str(self.seq)


class SealedEntry(QuicklyLoaded):
    """The leaf of an entry. ``leaf_index`` counts from 0 without a gap.

    ``hashes`` are those of the full subtrees that end with this leaf, 32 bytes each, its own first. Each node of the
    tree is thus kept once, and appending reads no more than the log2 of them.
    """

    append_only = True

    leaf_index = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(unique=True)
    hashes = models.BinaryField()

    class Meta:
        ordering = ("leaf_index",)

    def __str__(self) -> str:
        return f"{self.leaf_index} {self.seq}"


class TreeHead(QuicklyLoaded):
    """What was signed of the first ``size`` leaves: their root and the instant. ``signature`` is Ed25519."""

    append_only = True

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    public_key = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)

    class Meta:
        ordering = ("-size",)

    def __str__(self) -> str:
        return f"{self.size} {bytes(self.root).hex()[:16]}"
