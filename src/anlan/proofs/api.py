"""Proofs of the ledger: the door for other slices."""

from django.urls import reverse

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.processes.api import Event
from anlan.proofs import anchor

__all__ = ["ledger_trouble", "receipt_url"]


def ledger_trouble() -> str:
    """Why the ledger in the database is not the one that was signed on this machine, and nothing more is sealed; empty
    if it is."""
    return anchor.departure()


def receipt_url(actor: Actor, event: Event) -> str:
    """Where the receipt for a step of a history is; empty when the step is not the actor's own, or came in with a
    ledger, which nobody did here."""
    is_own = event.user_id is not None and event.user_id == actor.user_id
    is_here = event.organisation_id == actor.organisation_id and event.imported_at is None
    if not is_own or not is_here or not actor.can(Permission.RECEIPT_VIEW):
        return ""
    return reverse("proofs:receipt_of_event", args=[event.subject_id, event.id])
