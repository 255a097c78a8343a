"""Messages that follow an event."""

from collections.abc import Iterable
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.notify import api as notify
from anlan.processes.models import Event


def tell(actor: Actor, event: Event, to: Iterable[UUID | None], title: str, body: str) -> None:
    """Tell these organisations of an event, once each, but not whoever did it."""
    for organisation_id in dict.fromkeys(to):
        if organisation_id is None or organisation_id == event.organisation_id:
            continue
        notify.tell(
            actor=actor,
            organisation_id=organisation_id,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            region_path=event.region_path,
            title=title,
            body=body,
            dedupe_key=f"{event.id}:{organisation_id}",
        )
