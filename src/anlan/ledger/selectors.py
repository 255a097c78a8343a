"""Reads of the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation, User
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


@dataclass(frozen=True, slots=True)
class LastEntry:
    """The last act on a subject and who did it; ``version``: that it made of the subject, where the entry says it."""

    subject_type: str
    subject_id: UUID
    event: str
    at: datetime
    version: int | None
    actor: str
    organisation: str


def last_act(subject_id: UUID) -> LastEntry | None:
    """Of a subject that the caller has found in its scope; None before the first."""
    names = {
        "actor": _name_of(User, "actor_id", "display_name"),
        "organisation": _name_of(Organisation, "organisation_id", "short_name"),
    }
    columns = ("subject_type", "subject_id", "event", "at", "payload__version", *names)
    rows = LedgerEntry.objects.filter(subject_id=subject_id).order_by("-seq").annotate(**names)
    found = rows.values_list(*columns).first()
    return LastEntry(*found) if found else None


def _name_of(model: Any, column: str, name: str) -> Any:
    return Coalesce(Subquery(model.objects.filter(id=OuterRef(column)).values(name)[:1]), Value(""))


def entries(actor: Actor, event: str) -> QuerySet[LedgerEntry]:
    """The entries of that event the actor sees, the oldest first."""
    return LedgerEntry.objects.visible_to(actor).filter(event=event).order_by("seq")


def newest(actor: Actor, count: int) -> list[int]:
    """The numbers of the newest entries the actor sees, the last first."""
    return list(LedgerEntry.objects.visible_to(actor).order_by("-seq").values_list("seq", flat=True)[:count])
