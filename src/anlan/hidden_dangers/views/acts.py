"""Registering, moving, commenting. htmx gets the panel, a plain browser a page; both post to the same address."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.hidden_dangers import actions, selectors
from anlan.hidden_dangers.forms.acts import FORMS, form_for, label_of
from anlan.hidden_dangers.forms.base import CommandForm
from anlan.hidden_dangers.forms.places import places_matching, starting_place
from anlan.hidden_dangers.forms.registration import RegisterForm, enterprises_matching
from anlan.http.api import ActingRequest, is_htmx, requires
from anlan.lib.refusals import Invalid

SEARCH_LENGTH = 60


@require_http_methods(["GET", "POST"])
@requires(Permission.HIDDEN_DANGER_REGISTER)
def register(request: ActingRequest) -> HttpResponse:
    """Three taps: photos, place, a sentence."""
    if request.method == "POST":
        form = RegisterForm(request.POST, request.FILES, actor=request.actor)
        matter = form.run()
        if matter is not None:
            messages.success(request, f"已登记，编号 {matter.number}。由{matter.holder.short_name}核定，结果会告诉您。")
            return _go(request, _case_url(matter.id))
    else:
        form = RegisterForm(actor=request.actor, initial={"site": starting_place(request.GET)})
    places = places_matching(request.actor, "")
    return render(request, "hidden_dangers/register.html", {"form": form, "places": places})


@require_http_methods(["GET", "POST"])
@requires(Permission.HIDDEN_DANGER_VIEW)
def act(request: ActingRequest, hidden_danger_id: UUID, verb: str) -> HttpResponse:
    """The form of one verb, and doing it. What is refused comes back with everything that was typed."""
    name = verb.replace("-", "_")
    if name not in FORMS:
        raise Http404
    matter = selectors.hidden_danger(request.actor, hidden_danger_id)
    form_class = form_for(name, matter)
    if request.method == "GET":
        form_class.check(request.actor, matter)
        return _answer(request, form_class(actor=request.actor, matter=matter))
    form = form_class(request.POST, request.FILES, actor=request.actor, matter=matter)
    moved = form.run()
    if moved is None:
        return _answer(request, form)
    messages.success(request, f"已{label_of(name)}：{matter.number}。")
    return _go(request, _case_url(matter.id))


@require_POST
@requires(Permission.HIDDEN_DANGER_COMMENT)
def comment(request: ActingRequest, hidden_danger_id: UUID) -> HttpResponse:
    """A word on the timeline."""
    try:
        actions.comment(actor=request.actor, hidden_danger_id=hidden_danger_id, note=request.POST.get("note", ""))
    except Invalid as refusal:
        messages.error(request, refusal.reason)
    return _go(request, f"{_case_url(hidden_danger_id)}#timeline")


@require_GET
@requires(Permission.HIDDEN_DANGER_REGISTER)
def places(request: ActingRequest) -> HttpResponse:
    """Sites and objects to choose from while typing."""
    text = request.GET.get("q", "").strip()[:SEARCH_LENGTH]
    context = {"places": places_matching(request.actor, text), "text": text}
    return render(request, "hidden_dangers/_places.html", context)


@require_GET
@requires(Permission.HIDDEN_DANGER_CONFIRM)
def parties(request: ActingRequest) -> HttpResponse:
    """Enterprises to choose from while typing."""
    text = request.GET.get("q", "").strip()[:SEARCH_LENGTH]
    context = {"enterprises": enterprises_matching(request.actor, text) if text else [], "text": text}
    return render(request, "hidden_dangers/_parties.html", context)


def _answer(request: ActingRequest, form: CommandForm) -> HttpResponse:
    """200 also when it was refused: what was uploaded is kept, and the transaction with it."""
    context: dict[str, Any] = {
        "form": form,
        "matter": form.matter,
        "label": label_of(form.verb),
        "action": reverse("hidden_dangers:act", args=[form.matter.id, form.verb.replace("_", "-")]),
        "back": _case_url(form.matter.id),
    }
    template = "hidden_dangers/_act_panel.html" if is_htmx(request) else "hidden_dangers/act.html"
    return render(request, template, context)


def _go(request: ActingRequest, url: str) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    response = redirect(url)
    response.status_code = 303
    return response


def _case_url(hidden_danger_id: UUID) -> str:
    return reverse("hidden_dangers:case", args=[hidden_danger_id])
