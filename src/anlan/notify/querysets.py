"""Sets of messages."""

from django.db.models import QuerySet

from anlan.notify.models import Message


def undelivered() -> QuerySet[Message]:
    """Messages that have not left the house; whoever reads one holds it."""
    return Message.objects.select_for_update(of=("self",)).filter(delivered_at=None)
