"""Reads of the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.authz.actors import Actor
from anlan.ledger.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class Happening:
    """That something happened to a subject, and where; not what."""

    seq: int
    subject_type: str
    subject_id: UUID
    region_path: str


def committed(actor: Actor, *, after: int, among: Collection[int] = (), limit: int) -> list[Happening]:
    """The entries the actor sees behind ``after``, and those of ``among`` that have appeared since; the oldest first."""
    rows = LedgerEntry.objects.visible_to(actor).filter(Q(seq__gt=after) | Q(seq__in=list(among)))
    columns = ("seq", "subject_type", "subject_id", "region_path")
    return [Happening(*row) for row in rows.order_by("seq").values_list(*columns)[:limit]]


def entries(actor: Actor, event: str) -> QuerySet[LedgerEntry]:
    """The entries of that event the actor sees, the oldest first."""
    return LedgerEntry.objects.visible_to(actor).filter(event=event).order_by("seq")


def newest(actor: Actor, count: int) -> list[int]:
    """The numbers of the newest entries the actor sees, the last first."""
    return list(LedgerEntry.objects.visible_to(actor).order_by("-seq").values_list("seq", flat=True)[:count])
