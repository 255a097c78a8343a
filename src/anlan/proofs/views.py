"""The published heads for anybody, and the receipt of one's own act."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, actor_or_none, public, requires
from anlan.notify.api import address_of
from anlan.proofs import presenters, selectors, signing
from anlan.proofs.api import ledger_trouble

SHOWN = 20


@require_GET
@public("公布的树头只有条数、根、时间和签名，公布了才能让别人作证")
def published(request: HttpRequest) -> HttpResponse:
    """The latest heads, the key, and how to check."""
    heads = [presenters.head_row(head) for head in selectors.heads()[:SHOWN]]
    key = signing.public_key()
    context = {
        "heads": heads,
        "public_key": key.hex(),
        "key_id": signing.key_id(key),
        "trouble": ledger_trouble(),
        "is_signed_in": actor_or_none(request) is not None,
    }
    return render(request, "proofs/published.html", context)


@require_GET
@requires(Permission.RECEIPT_VIEW)
def receipt(request: ActingRequest, entry_id: UUID) -> HttpResponse:
    """The receipt on a page that prints."""
    found = selectors.receipt(request.actor, entry_id)
    context = {
        "receipt": found,
        "entry": found.entry,
        "head": presenters.head_row(found.head) if found.head else None,
        "path": [part.hex() for part in found.path],
        "leaf_hash": bytes(found.entry.leaf_hash).hex(),
        "text": presenters.text_of(found.entry),
        "person": request.actor.label,
        "unit": request.actor.organisation_name,
        "back": address_of(found.entry.subject_type, found.entry.subject_id),
        "act": presenters.act_label(found.entry),
        "subject": presenters.subject_label(found.entry),
    }
    return render(request, "proofs/receipt.html", context)


@require_GET
@requires(Permission.RECEIPT_VIEW)
def receipt_file(request: ActingRequest, entry_id: UUID) -> HttpResponse:
    """The receipt as a file, for ``scripts/verify_ledger.py``."""
    content = presenters.receipt_file_of(selectors.receipt(request.actor, entry_id))
    text = json.dumps(content, ensure_ascii=False, indent=1)
    name = f"receipt-{entry_id}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type="application/json", headers=headers)


@require_GET
@requires(Permission.RECEIPT_VIEW)
def receipt_of_event(request: ActingRequest, subject_id: UUID, event_id: UUID) -> HttpResponse:
    """From a line of a history to its receipt."""
    return redirect("proofs:receipt", selectors.entry_of_event(request.actor, subject_id, event_id).entry_id)
