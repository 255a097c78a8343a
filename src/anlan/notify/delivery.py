"""Handing a message to the adapter, at least once."""

from uuid import UUID

from anlan.lib import clock
from anlan.notify.adapters import adapter
from anlan.notify.models import Message
from anlan.notify.querysets import undelivered


def hand_over(message_id: UUID) -> bool:
    """Send the message unless it has gone already, inside the caller's ``acting``. A crash between sending and noting
    it sends it again."""
    message: Message | None = undelivered().filter(id=message_id).first()
    if message is None:
        return False
    adapter()(_content_of(message))
    message.delivered_at = clock.now()
    message.save(update_fields=["delivered_at"])
    return True


def _content_of(message: Message) -> dict[str, object]:
    return {
        "id": message.id,
        "at": message.at,
        "to_organisation": message.to_organisation_id,
        "to_user": message.to_user_id,
        "subject_type": message.subject_type,
        "subject_id": message.subject_id,
        "title": message.title,
        "body": message.body,
    }
