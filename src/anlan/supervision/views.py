"""挂牌台账, one listing, and its verbs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from anlan.authz.permissions import Permission
from anlan.hidden_dangers import api as loop
from anlan.http.api import ActingRequest, is_htmx, requires
from anlan.lib import clock
from anlan.supervision import presenters, selectors
from anlan.supervision.forms import FORMS, ListForm, ListingForm
from anlan.supervision.policies import check_can_list
from anlan.ui.lists import SHORT_PAGE, Column, asked_page

COLUMNS = (
    Column("文号"),
    Column("隐患", width="wide"),
    Column("挂牌单位"),
    Column("状态"),
    Column("包抓领导"),
    Column("督办期限"),
    Column("管控措施"),
    Column("挂牌以来", align="end"),
)

STATES = (("", "全部"), ("open", "未摘牌"), ("recheck", "待本单位复查"), ("controls", "本单位管控未落实"))


@require_GET
@requires(Permission.SUPERVISION_LISTING_VIEW)
def ledger(request: ActingRequest) -> HttpResponse:
    """挂牌台账, the newest first. A state there is none of shows all of them, and says so."""
    state = request.GET.get("state", "")
    state = state if state in selectors.STATES else ""
    rows = selectors.listings_in(request.actor, state, clock.today())
    page = asked_page(request, rows, SHORT_PAGE)
    context = {
        "listings": page.of(rows),
        "page": page,
        "columns": COLUMNS,
        "state": state,
        "states": STATES,
    }
    return render(request, "supervision/ledger.html", context)


@require_GET
@requires(Permission.SUPERVISION_LISTING_VIEW)
def listing(request: ActingRequest, listing_id: UUID) -> HttpResponse:
    """One listing: facts, controls, monthly progress, what happened."""
    found = selectors.listing(request.actor, listing_id)
    context = {
        "listing": found,
        "progress": selectors.progress_of([found])[found.id],
        "controls": selectors.controls_of([found])[found.id],
        "timeline": presenters.timeline(request.actor, found),
        "bar": presenters.action_bar(request.actor, found),
    }
    return render(request, "supervision/listing.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SUPERVISION_LISTING_LIST)
def list_matter(request: ActingRequest, hidden_danger_id: UUID) -> HttpResponse:
    """The form that lists a matter."""
    matter = loop.hidden_danger(request.actor, hidden_danger_id)
    check_can_list(request.actor, matter)
    form = ListForm(request.POST or None)
    if request.method == "POST":
        made = form.run(request.actor, hidden_danger_id=hidden_danger_id)
        if made is not None:
            messages.success(request, f"已挂牌，文号 {made.document_number}。")
            return _go(request, reverse("supervision:listing", args=[made.id]))
    back = reverse("hidden_dangers:case", args=[hidden_danger_id])
    return _answer(request, form, request.path, back, matter)


@require_http_methods(["GET", "POST"])
@requires(Permission.SUPERVISION_LISTING_VIEW)
def act(request: ActingRequest, listing_id: UUID, verb: str) -> HttpResponse:
    """The form of one verb, and doing it."""
    name = verb.replace("-", "_")
    if name not in FORMS:
        raise Http404
    found = selectors.listing(request.actor, listing_id)
    kind = FORMS[name]
    form = kind(request.POST or None, initial=kind.initial_of(found) if request.method == "GET" else None)
    back = reverse("supervision:listing", args=[found.id])
    if request.method == "POST" and form.run(request.actor, listing_id=listing_id) is not None:
        messages.success(request, f"已{form.label}：{found.document_number}。")
        return _go(request, back)
    return _answer(request, form, request.path, back, found.hidden_danger)


def _answer(
    request: ActingRequest, form: ListingForm, action: str, back: str, matter: loop.HiddenDanger
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "action": action, "back": back, "matter": matter}
    template = "supervision/_act_panel.html" if is_htmx(request) else "supervision/act.html"
    return render(request, template, context)


def _go(request: ActingRequest, url: str) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    response = redirect(url)
    response.status_code = 303
    return response
