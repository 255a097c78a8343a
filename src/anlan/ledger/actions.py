"""The only writer of the ledger."""

from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock, hashing
from anlan.reads.writing import insert


def record(
    *,
    actor: Actor,
    subject_type: str,
    subject_id: UUID,
    region_path: str,
    event: str,
    payload: dict[str, Any],
    at: datetime | None = None,
) -> LedgerEntry:
    """Append one entry in the caller's transaction. ``payload`` must be canonical: no floats, no personal text.
    A stand-in is the actor; ``in_stead_of`` says for whom."""
    if actor.in_stead_of is not None:
        payload = {**payload, "in_stead_of": actor.in_stead_of}
    entry = LedgerEntry(
        at=at or clock.now(),
        actor_id=actor.user_id,
        organisation_id=actor.organisation_id,
        region_path=region_path,
        subject_type=subject_type,
        subject_id=subject_id,
        event=event,
        payload=hashing.canonical_value(payload),
    )
    entry.leaf_hash = hashing.leaf_hash(leaf_of(entry))
    insert(entry)
    return entry


def leaf_of(entry: LedgerEntry) -> dict[str, Any]:
    """What is hashed, in the fixed form: every column but ``seq`` (given by the database) and the hash itself."""
    return {
        "v": 1,
        "id": entry.entry_id,
        "at": entry.at,
        "actor": entry.actor_id,
        "organisation": entry.organisation_id,
        "region_path": entry.region_path,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "event": entry.event,
        "payload": entry.payload,
        "alg": entry.alg,
    }
