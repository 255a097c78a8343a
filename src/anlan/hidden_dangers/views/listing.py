"""The list, and taking it away as a ledger in Excel."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.hidden_dangers import bulk, selectors, tasks
from anlan.hidden_dangers.forms.filters import FilterForm
from anlan.hidden_dangers.rows import COLUMNS, rows_of
from anlan.http.api import ActingRequest, requires
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.ui.lists import SHORT_PAGE, asked_page, filters_of, sort_of

MAIN_FIELDS = ("q", "state", "level", "region", "holder")
"""The filters at hand; the others are behind 更多条件."""
URGENT = ("overdue", "due_soon")
"""States of which one asks for the worst first, unless another order is asked for."""


@require_GET
@requires(Permission.HIDDEN_DANGER_VIEW)
def hidden_danger_list(request: ActingRequest) -> HttpResponse:
    """The matters the person sees, narrowed, sorted, in pages."""
    form = FilterForm(request.GET, actor=request.actor)
    sort = sort_of(request, COLUMNS) or ("due_on" if request.GET.get("state") in URGENT else "")
    found = selectors.lines(request.actor, form.as_filters(), clock.today(), sort)
    page = asked_page(request, found, SHORT_PAGE)
    context = {
        "filters": filters_of(form, request.GET, MAIN_FIELDS),
        "columns": COLUMNS,
        "page": page,
        "sort": sort,
        "rows": rows_of(page.of(found)),
        "may_register": request.actor.can(Permission.HIDDEN_DANGER_REGISTER),
        "bulk_verbs": [(verb.replace("_", "-"), label) for verb, label in bulk.offered_to(request.actor)],
        "may_export": request.actor.can(Permission.HIDDEN_DANGER_EXPORT),
    }
    return render(request, "hidden_dangers/list.html", context)


@require_POST
@requires(Permission.HIDDEN_DANGER_EXPORT)
def export(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    return jobs.start_export(request, tasks.export_hidden_dangers, "导出隐患排查治理台账")
