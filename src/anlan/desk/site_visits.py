"""谁来查过: the administrative inspections of one site, and whether an organ may come once more."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.authz.permissions import Permission
from anlan.desk import rule_form, rule_pages
from anlan.http.api import ActingRequest, requires
from anlan.inspections import api as checks
from anlan.lib.refusals import Invalid
from anlan.register import api as register
from anlan.rules import load

ASKED = ("industry", "standing")


@require_GET
@requires(Permission.CHECK_VIEW)
def site_visits(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """What the rule says of the visits in the records; what they do not say may be chosen above it."""
    site = register.site(request.actor, site_id)
    rule, _ = load(checks.CAP_RULE)
    sent = request.GET.dict()
    question = checks.CapQuestion(
        on=rule_form.day_of(sent),
        organ=sent.get("organ", "").strip()[:200],
        **{name: sent.get(f"f.{name}", "") for name in ASKED},
    )
    visits = checks.visits_to(request.actor, site, question.on)
    context: dict[str, Any] = {
        "site": site,
        "question": question,
        "organs": sorted({check.organisation.name for check in visits}),
        "controls": [part.controls[0] for part in rule_form.parts({name: rule.facts[name] for name in ASKED}, sent)],
        "visits": visits,
    }
    try:
        context |= rule_pages.shown(rule, checks.cap_of(request.actor, site, question), frozenset({"visits"}))
    except Invalid as refusal:
        context["refused"] = refusal.reason
    return render(request, "desk/site_visits.html", context)
