"""Beginning, filling and filing a check. Everything typed is kept as a draft while the person goes on."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.hidden_dangers import api as loop
from anlan.http.api import ActingRequest, requires
from anlan.inspections import actions, selectors
from anlan.inspections.choices import Status
from anlan.inspections.forms.beginning import BeginForm
from anlan.inspections.forms.filling import FillForm, from_draft
from anlan.inspections.models import CheckRecord
from anlan.lib.refusals import NotInScope


@require_http_methods(["GET", "POST"])
@requires(Permission.CHECK_REGISTER)
def begin(request: ActingRequest) -> HttpResponse:
    """What kind of act, where, with which list."""
    return _begin(request)


@require_http_methods(["GET", "POST"])
@requires(Permission.SELF_CHECK_FILE)
def begin_self_check(request: ActingRequest) -> HttpResponse:
    """Which month, which site, with which list."""
    return _begin(request)


def _begin(request: ActingRequest) -> HttpResponse:
    actor = request.actor
    if request.method == "POST":
        form = BeginForm(request.POST, actor=actor)
        check = form.run()
        if check is not None:
            return redirect("inspections:fill", check.id)
    else:
        given = {name: request.GET[name] for name in ("region", "act_class") if name in request.GET}
        given["site"] = loop.starting_place(request.GET)
        form = BeginForm(actor=actor, initial=given)
    context = {
        "form": form,
        "places": loop.places_matching(actor, "", sites_only=actor.is_enterprise),
        "drafts": selectors.drafts(actor).with_names()[:5],
    }
    return render(request, "inspections/begin.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CHECK_VIEW)
def fill(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """The check itself: the list with big buttons. What is refused comes back with everything that was typed."""
    check = selectors.check(request.actor, check_id)
    if request.method == "GET":
        if check.status != Status.DRAFT:
            return redirect("inspections:record", check.id)
        return _answer(request, FillForm(check, request.actor, from_draft(check)))
    form = FillForm(_draft(check), request.actor, request.POST)
    form.store(request.FILES)
    filed = form.run()
    if filed is None:
        actions.keep_draft(actor=request.actor, check_id=check.id, draft=form.as_draft())
        return _answer(request, form)
    found = f"，发现问题 {filed.finding_count} 个" if filed.finding_count else "，未发现问题"
    messages.success(request, f"已提交，编号 {filed.number}{found}。")
    return redirect("inspections:record", filed.id)


@require_POST
@requires(Permission.CHECK_VIEW)
def keep(request: ActingRequest, check_id: UUID) -> HttpResponse:
    """Keep what is typed so far; nothing to show."""
    check = _draft(selectors.check(request.actor, check_id))
    form = FillForm(check, request.actor, request.POST)
    actions.keep_draft(actor=request.actor, check_id=check.id, draft=form.as_draft())
    return HttpResponse(status=204)


@require_POST
@requires(Permission.CHECK_VIEW)
def photos(request: ActingRequest, check_id: UUID, slot: str) -> HttpResponse:
    """Keep the photos of one line, with everything else that is typed."""
    check = _draft(selectors.check(request.actor, check_id))
    form = FillForm(check, request.actor, request.POST)
    line = form.line(slot)
    if line is None:
        raise Http404
    form.store(request.FILES)
    actions.keep_draft(actor=request.actor, check_id=check.id, draft=form.as_draft())
    return render(request, "inspections/_photos.html", {"line": line, "check": check})


def _draft(check: CheckRecord) -> CheckRecord:
    if check.status != Status.DRAFT:
        raise NotInScope("草稿")
    return check


def _answer(request: ActingRequest, form: FillForm) -> HttpResponse:
    context = {"form": form, "check": form.check, "head": form.head}
    return render(request, "inspections/fill.html", context)
