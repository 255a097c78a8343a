"""One check: read, printed, rated, voided."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.hidden_dangers import api as loop
from anlan.http.api import ActingRequest, requires
from anlan.inspections import actions, policies, presenters, selectors
from anlan.inspections.choices import Status
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, Refused


@require_GET
@requires(Permission.CHECK_VIEW)
def record(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """Everything about one check."""
    check = selectors.with_parts(request.actor, check_id)
    return render(request, "inspections/record.html", _context(request, check))


@require_GET
@requires(Permission.CHECK_VIEW)
def printed(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """现场检查记录, A4, to be signed by hand."""
    check = selectors.with_parts(request.actor, check_id)
    return render(request, "inspections/print.html", _context(request, check))


@require_POST
@requires(Permission.CHECK_VOID)
def void(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """Void with a reason."""
    try:
        actions.void(actor=request.actor, check_id=check_id, reason=request.POST.get("reason", ""))
        messages.success(request, "已作废。")
    except (Refused, Invalid, Forbidden) as refusal:
        messages.error(request, refusal.reason)
    return redirect("inspections:record", check_id)


@require_POST
@requires(Permission.CHECK_RATE)
def rate(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """The enterprise's word on the visit."""
    text = request.POST.get("rating", "")
    rating = int(text) if text in ("1", "2", "3", "4", "5") else 0
    try:
        actions.rate(actor=request.actor, check_id=check_id, rating=rating, words=request.POST.get("words", ""))
        messages.success(request, "谢谢，评价已记录。")
    except (Refused, Invalid) as refusal:
        messages.error(request, refusal.reason)
    return redirect("inspections:record", check_id)


def _context(request: ActingRequest, check: CheckRecord) -> dict[str, Any]:
    actor = request.actor
    is_filed = check.status == Status.FILED
    is_party = actor.is_enterprise and not check.is_self_check
    return {
        "check": check,
        "title": presenters.title_of(check),
        "paper": presenters.paper_of(check),
        "may_open_enterprise": presenters.may_open_enterprise(actor, check),
        "may_open_object": presenters.may_open_object(actor, check),
        "found": loop.rows_of(presenters.findings_seen(actor, check)),
        "timeline": presenters.timeline(actor, check),
        "photos": presenters.photos_of(check),
        "today": clock.today(),
        "may_void": check.status != Status.VOIDED
        and actor.can(Permission.CHECK_VOID)
        and actor.within(check.organisation_path),
        "may_rate": is_filed and is_party and policies.may_be_rated(check),
        "stated": [] if is_party else presenters.stated(check),
        "is_own_self_check": is_filed and check.is_self_check and actor.within(check.organisation_path),
        "may_sample": actor.can(Permission.SELF_CHECK_SAMPLE),
    }
