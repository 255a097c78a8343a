"""The list, and taking it away as a ledger in Excel."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.inspections import selectors, tasks
from anlan.inspections.forms.filters import FilterForm
from anlan.inspections.presenters import COLUMNS, rows_of
from anlan.jobs import api as jobs
from anlan.ui.lists import SHORT_PAGE, asked_page, filters_of

MAIN_FIELDS = ("q", "act_class", "region", "organisation")


@require_GET
@requires(Permission.CHECK_VIEW)
def check_list(request: ActingRequest) -> HttpResponse:
    """The checks the person sees, narrowed, in pages."""
    actor = request.actor
    form = FilterForm(request.GET, actor=actor)
    found = selectors.checks(actor, form.as_filters())
    page = asked_page(request, found, SHORT_PAGE)
    is_backwards = request.GET.get("sort") == "started_at"
    rows = found.with_names().order_by("started_at", "id") if is_backwards else found.with_names()
    context = {
        "filters": filters_of(form, request.GET, MAIN_FIELDS),
        "columns": COLUMNS,
        "page": page,
        "sort": "started_at" if is_backwards else "-started_at",
        "rows": rows_of(page.of(rows)),
        "may_begin": may_begin(request),
        "may_export": actor.can(Permission.CHECK_EXPORT),
        "may_see_filings": not actor.is_enterprise and actor.can(Permission.CHECK_EXPORT),
    }
    return render(request, "inspections/list.html", context)


@require_POST
@requires(Permission.CHECK_EXPORT)
def export(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    return jobs.start_export(request, tasks.export_checks, "导出检查台账")


def may_begin(request: ActingRequest) -> bool:
    needed = Permission.SELF_CHECK_FILE if request.actor.is_enterprise else Permission.CHECK_REGISTER
    return request.actor.can(needed)
