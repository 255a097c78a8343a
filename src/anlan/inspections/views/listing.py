"""The list, and taking it away as a ledger in Excel."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, bounded_count, requires
from anlan.inspections import selectors, tasks
from anlan.inspections.forms.filters import FilterForm
from anlan.inspections.presenters import COLUMNS, rows_of
from anlan.jobs import api as jobs
from anlan.ui.lists import Page, active_chips

PAGE_SIZE = 20
MAIN_FIELDS = ("q", "act_class", "region", "organisation")


@require_GET
@requires(Permission.CHECK_VIEW)
def check_list(request: ActingRequest) -> HttpResponse:
    """The checks the person sees, narrowed, in pages."""
    actor = request.actor
    form = FilterForm(request.GET, actor=actor)
    found = selectors.checks(actor, form.as_filters())
    count, is_exact = bounded_count(found)
    page = Page(page_number(request, count), PAGE_SIZE, count, is_exact)
    start = (page.number - 1) * PAGE_SIZE
    is_backwards = request.GET.get("sort") == "started_at"
    rows = found.with_names().order_by("started_at", "id") if is_backwards else found.with_names()
    context = {
        "form": form,
        "chips": active_chips(form, request.GET),
        "main_fields": [form[name] for name in MAIN_FIELDS if name in form.fields],
        "more_fields": [field for field in form if field.name not in MAIN_FIELDS],
        "columns": COLUMNS,
        "page": page,
        "sort": "started_at" if is_backwards else "-started_at",
        "rows": rows_of(rows[start : start + PAGE_SIZE]),
        "may_begin": may_begin(request),
        "may_export": actor.can(Permission.CHECK_EXPORT),
        "may_see_filings": not actor.is_enterprise and actor.can(Permission.CHECK_EXPORT),
    }
    return render(request, "inspections/list.html", context)


@require_POST
@requires(Permission.CHECK_EXPORT)
def export(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    job = jobs.start(actor=request.actor, work=tasks.export_checks, title="导出检查台账", query=query)
    return redirect("jobs:page", job.id)


def may_begin(request: ActingRequest) -> bool:
    needed = Permission.SELF_CHECK_FILE if request.actor.is_enterprise else Permission.CHECK_REGISTER
    return request.actor.can(needed)


def page_number(request: ActingRequest, count: int) -> int:
    text = request.GET.get("page", "1")
    wanted = int(text) if text.isdecimal() and len(text) < 8 else 1
    return max(1, min(wanted, -(-count // PAGE_SIZE)))
