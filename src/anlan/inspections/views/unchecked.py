"""从未检查、一年没有检查: the sites nobody has been to."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, bounded_count, requires
from anlan.inspections import selectors, tasks
from anlan.inspections.forms.unchecked import UncheckedForm
from anlan.inspections.views.listing import PAGE_SIZE, may_begin, page_number
from anlan.jobs import api as jobs
from anlan.register import api as register
from anlan.ui.lists import Column, Page, active_chips

COLUMNS = [
    Column("场所", width="wide"),
    Column("属地单位"),
    Column("标签"),
    Column("状态", width="narrow"),
    Column("最近一次检查", width="narrow"),
]
TO_DO = Column("可以办", width="narrow")


@require_GET
@requires(Permission.CHECK_VIEW)
def unchecked(request: ActingRequest) -> HttpResponse:
    """The sites that were never checked, or not for a year, whoever might have come."""
    form = UncheckedForm(request.GET, actor=request.actor)
    found = selectors.unchecked_sites(request.actor, form.as_filters())
    count, is_exact = bounded_count(found)
    page = Page(page_number(request, count), PAGE_SIZE, count, is_exact)
    start = (page.number - 1) * PAGE_SIZE
    rows = list(found.with_names()[start : start + PAGE_SIZE])
    may = may_begin(request) and not request.actor.is_enterprise
    context = {
        "form": form,
        "chips": active_chips(form, request.GET),
        "columns": [*COLUMNS, TO_DO] if may else COLUMNS,
        "page": page,
        "rows": [(site, register.tags_of(site.tag_kinds, is_key=site.is_key)) for site in rows],
        "may_begin": may,
    }
    return render(request, "inspections/unchecked.html", context)


@require_POST
@requires(Permission.CHECK_VIEW)
def export_unchecked(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    job = jobs.start(actor=request.actor, work=tasks.export_unchecked, title="导出未检查场所", query=query)
    return redirect("jobs:page", job.id)
