"""Writes of messages."""

from uuid import UUID

from anlan.authz.actors import Actor
from anlan.jobs.api import defer
from anlan.lib import clock
from anlan.notify import selectors, tasks
from anlan.notify.models import Message
from anlan.notify.querysets import insert_once


def tell(
    *,
    actor: Actor,
    organisation_id: UUID,
    subject_type: str,
    subject_id: UUID,
    region_path: str,
    title: str,
    body: str,
    dedupe_key: str,
    user_id: UUID | None = None,
) -> bool:
    """Tell an organisation (or one person of it) something, once: False when ``dedupe_key`` was told before.

    ``actor`` only sets the county this happens in; the message itself says what was done by whom.
    """
    message = Message(
        region_path=region_path,
        to_organisation_id=organisation_id,
        to_user_id=user_id,
        subject_type=subject_type,
        subject_id=subject_id,
        title=title[:120],
        body=body,
        dedupe_key=dedupe_key,
        at=clock.now(),
    )
    is_new = insert_once(message)
    if is_new:
        defer(tasks.deliver, message_id=message.id, region_path=region_path)
    return is_new


def mark_read(*, actor: Actor, message_id: UUID) -> Message:
    """Note when the first reader saw it. NotInScope (404) for somebody else's message."""
    message = selectors.message_to(actor, message_id)
    if message.read_at is None:
        selectors.unread(actor).filter(id=message_id).update(read_at=clock.now())
        message.refresh_from_db(fields=["read_at"])
    return message


def mark_all_read(*, actor: Actor) -> int:
    """Note that the actor has seen everything. Returns how many were new."""
    return selectors.unread(actor).order_by().update(read_at=clock.now())
