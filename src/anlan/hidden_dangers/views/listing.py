"""The list, and taking it away as a ledger in Excel."""

from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.hidden_dangers import bulk, selectors, tasks
from anlan.hidden_dangers.forms.filters import FilterForm
from anlan.hidden_dangers.querysets import HiddenDangerQuerySet
from anlan.hidden_dangers.rows import COLUMNS, SORTS, rows_of
from anlan.http.api import ActingRequest, bounded_count, requires
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.ui.lists import Page, active_chips

PAGE_SIZE = 20
MAIN_FIELDS = ("q", "state", "level", "region", "holder")
"""The filters at hand; the others are behind 更多条件."""


@require_GET
@requires(Permission.HIDDEN_DANGER_VIEW)
def hidden_danger_list(request: ActingRequest) -> HttpResponse:
    """The matters the person sees, narrowed, sorted, in pages."""
    form = FilterForm(request.GET, actor=request.actor)
    found = selectors.hidden_dangers(request.actor, form.as_filters(), clock.today())
    count, is_exact = bounded_count(found)
    page = Page(_page_number(request, count), PAGE_SIZE, count, is_exact)
    sort = _sort(request)
    start = (page.number - 1) * PAGE_SIZE
    matters = _ordered(found.with_names(), sort)[start : start + PAGE_SIZE]
    context = {
        **_filters(form, request),
        "columns": COLUMNS,
        "page": page,
        "sort": sort,
        "rows": rows_of(matters),
        "may_register": request.actor.can(Permission.HIDDEN_DANGER_REGISTER),
        "bulk_verbs": [(verb.replace("_", "-"), label) for verb, label in bulk.offered_to(request.actor)],
        "may_export": request.actor.can(Permission.HIDDEN_DANGER_EXPORT),
    }
    return render(request, "hidden_dangers/list.html", context)


@require_POST
@requires(Permission.HIDDEN_DANGER_EXPORT)
def export(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    job = jobs.start(actor=request.actor, work=tasks.export_hidden_dangers, title="导出隐患排查治理台账", query=query)
    return redirect("jobs:page", job.id)


def _filters(form: FilterForm, request: ActingRequest) -> dict[str, Any]:
    chips = active_chips(form, request.GET)
    rest = [field for field in form if field.name not in MAIN_FIELDS]
    return {
        "main_fields": [form[name] for name in MAIN_FIELDS if name in form.fields],
        "more_fields": rest,
        "more_are_open": any(form.cleaned_data.get(field.name) for field in rest if not field.is_hidden),
        "chips": chips,
    }


def _page_number(request: ActingRequest, count: int) -> int:
    text = request.GET.get("page", "1")
    wanted = int(text) if text.isdecimal() and len(text) < 8 else 1
    return max(1, min(wanted, -(-count // PAGE_SIZE)))


def _sort(request: ActingRequest) -> str:
    sort = request.GET.get("sort", "")
    return sort if sort.removeprefix("-") in SORTS else ""


def _ordered(rows: HiddenDangerQuerySet, sort: str) -> HiddenDangerQuerySet:
    """The newest first unless told otherwise; what has no date stands last either way."""
    if not sort:
        return rows
    column = F(SORTS[sort.removeprefix("-")])
    way = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return rows.order_by(way, "-id")
