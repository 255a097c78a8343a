"""Reads of letters."""

from uuid import UUID

from django.db.models import QuerySet

from anlan.authz.actors import Actor
from anlan.supervision.models import SupervisionLetter


def letters(actor: Actor) -> QuerySet[SupervisionLetter]:
    """The letters the actor sees, the newest first."""
    return SupervisionLetter.objects.visible_to(actor).select_related("issuer", "addressee", "hidden_danger")


def letters_about(actor: Actor, hidden_danger_id: UUID) -> list[SupervisionLetter]:
    return list(letters(actor).filter(hidden_danger_id=hidden_danger_id))
