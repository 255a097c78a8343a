"""The inbox."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.notify import actions, selectors
from anlan.notify.models import Message
from anlan.notify.subjects import address_of

SHOWN = 100


@dataclass(frozen=True)
class Row:
    message: Message
    has_address: bool


@require_GET
@requires(Permission.DESK_VIEW)
def inbox(request: ActingRequest) -> HttpResponse:
    """The latest messages, unread ones marked."""
    found = selectors.messages_to(request.actor)[:SHOWN]
    rows = [Row(message, bool(address_of(message.subject_type, message.subject_id))) for message in found]
    return render(request, "notify/inbox.html", {"rows": rows, "shown": SHOWN})


@require_POST
@requires(Permission.DESK_VIEW)
def read(request: ActingRequest, message_id: UUID) -> HttpResponse:
    """Mark one message read and go to what it is about."""
    message = actions.mark_read(actor=request.actor, message_id=message_id)
    return redirect(address_of(message.subject_type, message.subject_id) or "notify:inbox")


@require_POST
@requires(Permission.DESK_VIEW)
def read_all(request: ActingRequest) -> HttpResponse:
    """Mark everything read."""
    actions.mark_all_read(actor=request.actor)
    return redirect("notify:inbox")
