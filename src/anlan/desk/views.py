"""Pages made from several slices: 待办, the case, the search."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.authz.permissions import Permission
from anlan.desk import case, dossier, enterprise_page, finding, home_page
from anlan.hidden_dangers import api as loop
from anlan.http.api import ActingRequest, is_htmx, requires
from anlan.lib import clock
from anlan.register import api as register
from anlan.register.views import at_survivor, enterprise_context, object_context
from anlan.safeguards import api as safeguards


@require_GET
@requires(Permission.DESK_VIEW)
def home(request: ActingRequest) -> HttpResponse:
    """待办: what waits for this person, by role."""
    page = home_page.home_page(request.actor, clock.today())
    return render(request, page.template, {"page": page})


@require_GET
@requires(Permission.HIDDEN_DANGER_VIEW)
def hidden_danger(request: ActingRequest, hidden_danger_id: UUID) -> HttpResponse:
    """One matter with everything about it, from every slice."""
    matter = loop.hidden_danger_to_show(request.actor, hidden_danger_id, safeguards.GUARDING)
    page = loop.case_page(request.actor, matter)
    context = {"case": page, "matter": matter, **case.about(request.actor, page)}
    return render(request, "desk/hidden_danger.html", context)


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def enterprise(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """One enterprise with its hidden dangers: the beginning of 一企一档."""

    def show() -> HttpResponse:
        context = enterprise_context(request, enterprise_id)
        matters = enterprise_page.matters_of(request.actor, enterprise_id, clock.today())
        begun = enterprise_page.begun_at_sites(request.actor)
        return render(request, "desk/enterprise.html", {**context, "matters": matters, "begun_at_sites": begun})

    return at_survivor(request, register.Enterprise, enterprise_id, show)


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def enterprise_dossier(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """一企一档: one enterprise on one A4 page, to be printed."""
    page = dossier.dossier(request.actor, enterprise_id, clock.today())
    context = {"page": page, "actor": request.actor, "today": clock.today(), "made_at": clock.now()}
    return render(request, "desk/dossier.html", context)


@require_GET
@requires(Permission.OBJECT_VIEW)
def supervised_object(request: ActingRequest, object_id: UUID) -> HttpResponse:
    """One supervised object with its hidden dangers and its checks."""
    actor = request.actor
    context = {
        **object_context(request, object_id),
        "matters": enterprise_page.matters_at(actor, object_id, clock.today()),
        "checks": enterprise_page.checks_at(actor, object_id),
        "may_report": actor.can(Permission.HIDDEN_DANGER_REGISTER),
        "may_begin": actor.can(Permission.CHECK_REGISTER),
    }
    return render(request, "desk/object.html", context)


@require_GET
@requires(Permission.DESK_VIEW)
def search(request: ActingRequest) -> HttpResponse:
    """What the register and the loop hold, as far as the person sees; htmx gets the first of each, for the box."""
    text = request.GET.get("q", "").strip()[: finding.LENGTH]
    template, shown = (
        ("desk/_found.html", finding.AT_A_GLANCE) if is_htmx(request) else ("desk/search.html", finding.SHOWN)
    )
    return render(request, template, {"text": text, "groups": finding.find(request.actor, text, shown)})
