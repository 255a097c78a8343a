"""从未检查、一年没有检查: the sites nobody has been to."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.inspections import selectors, tasks
from anlan.inspections.forms.unchecked import UncheckedForm
from anlan.inspections.views.listing import may_begin
from anlan.jobs import api as jobs
from anlan.register import api as register
from anlan.ui.lists import SHORT_PAGE, Column, asked_page, filters_of

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
    page = asked_page(request, found, SHORT_PAGE)
    may = may_begin(request) and not request.actor.is_enterprise
    context = {
        "filters": filters_of(form, request.GET),
        "columns": [*COLUMNS, TO_DO] if may else COLUMNS,
        "page": page,
        "rows": [(site, register.tags_of(site.tag_kinds, is_key=site.is_key)) for site in page.of(found.with_names())],
        "may_begin": may,
    }
    return render(request, "inspections/unchecked.html", context)


@require_POST
@requires(Permission.CHECK_VIEW)
def export_unchecked(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    return jobs.start_export(request, tasks.export_unchecked, "导出未检查场所")
