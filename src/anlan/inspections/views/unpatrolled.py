"""本周未巡查网格: the grids of villages nobody patrolled since Monday."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.inspections import selectors
from anlan.inspections.choices import ActClass
from anlan.inspections.forms.unchecked import UnpatrolledForm
from anlan.inspections.presenters import grid_lines_of
from anlan.inspections.views.listing import may_begin
from anlan.lib import clock
from anlan.ui.lists import SHORT_PAGE, Column, asked_page, filters_of

COLUMNS = [
    Column("网格", width="wide"),
    Column("乡镇（街道）"),
    Column("网格长"),
    Column("网格员"),
    Column("场所", align="end", width="narrow"),
    Column("最近一次巡查", width="narrow"),
]
TO_DO = Column("可以办", width="narrow")


@require_GET
@requires(Permission.CHECK_VIEW)
def unpatrolled(request: ActingRequest) -> HttpResponse:
    """Who looks after each of them, and when somebody was there last."""
    form = UnpatrolledForm(request.GET, actor=request.actor)
    found = selectors.unpatrolled_grids(request.actor, form.as_filters())
    page = asked_page(request, found, SHORT_PAGE)
    rows = page.of(selectors.with_last_patrol(found).with_names())
    may = may_begin(request) and not request.actor.is_enterprise
    context = {
        "filters": filters_of(form, request.GET),
        "columns": [*COLUMNS, TO_DO] if may else COLUMNS,
        "page": page,
        "lines": grid_lines_of(request.actor, rows),
        "monday": selectors.week_of(clock.today()),
        "patrol": ActClass.PATROL.value,
        "may_begin": may,
    }
    return render(request, "inspections/unpatrolled.html", context)
