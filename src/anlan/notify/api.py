"""Messages: the door for other slices."""

from anlan.notify.actions import mark_all_read, mark_read, tell
from anlan.notify.models import Message
from anlan.notify.selectors import messages_to, unread, unread_count
from anlan.notify.subjects import address_of, register_address

__all__ = [
    "Message",
    "address_of",
    "mark_all_read",
    "mark_read",
    "messages_to",
    "register_address",
    "tell",
    "unread",
    "unread_count",
]
