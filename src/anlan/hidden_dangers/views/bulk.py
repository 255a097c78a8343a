"""Several matters at once: how many, what is asked, and what became of each."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.hidden_dangers import bulk, selectors
from anlan.hidden_dangers.forms.bulk import FORMS
from anlan.hidden_dangers.rows import rows_of
from anlan.http.api import ActingRequest, requires
from anlan.lib import clock
from anlan.lib.refusals import Invalid
from anlan.ui.lists import ticked


@require_POST
@requires(Permission.HIDDEN_DANGER_URGE)
def act(request: ActingRequest, verb: str) -> HttpResponse:
    """Asked first with the count, done when ``confirmed``; the answer names what was refused."""
    name = verb.replace("-", "_")
    if name not in FORMS:
        raise Http404
    require(request.actor, bulk.permission_of(name))
    ids = ticked(request)[: bulk.AT_MOST]
    found = selectors.hidden_dangers(request.actor, selectors.Filters(), clock.today()).filter(id__in=ids)
    rows = rows_of(found.with_names())
    confirmed = "confirmed" in request.POST
    first = rows[0].matter if rows else None
    form = FORMS[name](request.POST if confirmed else None, actor=request.actor, first=first)
    context = {"form": form, "verb": verb, "label": bulk.VERBS[name], "rows": rows}
    if confirmed and form.is_valid():
        try:
            outcome = bulk.run(request.actor, name, [row.matter.id for row in rows], form.payload())
        except Invalid as invalid:
            form.add_error(None, invalid.reason)
        else:
            by_id = {row.matter.id: row for row in rows}
            context["done"] = [by_id[one] for one in outcome.done]
            context["refused"] = [(by_id[one.id], one.reason) for one in outcome.refused]
            return render(request, "hidden_dangers/bulk_done.html", context)
    return render(request, "hidden_dangers/bulk.html", context, status=422 if form.is_bound else 200)
