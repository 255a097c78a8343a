"""Reads of messages: what is addressed to the actor, whatever else the actor may see."""

from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.authz.actors import Actor
from anlan.lib.refusals import NotInScope
from anlan.notify.models import Message


def messages_to(actor: Actor) -> QuerySet[Message]:
    """Messages to the actor's organisation or to the actor in person, newest first."""
    return Message.objects.filter(
        Q(to_user=None) | Q(to_user_id=actor.user_id), to_organisation_id=actor.organisation_id
    ).order_by("-id")


def unread(actor: Actor) -> QuerySet[Message]:
    return messages_to(actor).filter(read_at=None)


def unread_count(actor: Actor, limit: int = 100) -> int:
    """How many are unread; stops at ``limit``, for the bell shows 99+."""
    return unread(actor).order_by()[:limit].count()


def message_to(actor: Actor, message_id: UUID) -> Message:
    """One message to the actor, or NotInScope (404)."""
    message = messages_to(actor).filter(id=message_id).first()
    if message is None:
        raise NotInScope("消息")
    return message
