"""The pages of the grids: list, one grid, gaps, picking sites, the roster to take away."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.authz.roles import Reach
from anlan.http.api import ActingRequest, bounded_count, requires
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.register import grid_pages as pages
from anlan.register import selectors as register
from anlan.register import tasks
from anlan.register.forms.grids import GridFilterForm
from anlan.register.key_sites import key_sites
from anlan.register.selectors import grids as selectors
from anlan.territory import api as territory
from anlan.ui.lists import Column, Page, active_chips

PAGE_SIZE = 50
TOWNSHIPS = [
    Column("乡镇（街道）"),
    Column("网格", align="end"),
    Column("场所", align="end"),
    Column("在岗人员", align="end"),
    Column("空岗", align="end"),
    Column("无人网格", align="end"),
]
GRIDS = [
    Column("网格", width="wide"),
    Column("类别", width="narrow"),
    Column("牵头单位"),
    Column("网格长、网格员"),
    Column("场所", align="end", width="narrow"),
    Column("在岗", align="end", width="narrow"),
    Column("空岗", align="end", width="narrow"),
]
SITES = [Column("场所", width="wide"), Column("地址"), Column("状态", width="narrow"), Column("包保人")]
GAPS = [Column("场所", width="wide"), Column("属地"), Column("地址")]
UNHELD = [Column("网格", width="wide"), Column("属地"), Column("牵头单位")]


@require_GET
@requires(Permission.GRID_VIEW)
def grid_list(request: ActingRequest) -> HttpResponse:
    """Township by township above, grid by grid inside one; an enterprise sees who looks after its sites."""
    actor = request.actor
    if actor.reach == Reach.PARTICIPATION:
        own = list(register.sites(actor, register.SiteFilters()).with_names())
        keepers = selectors.keepers_of(actor, [site.id for site in own])
        return render(request, "grids/of_mine.html", {"sites": own, "keepers": keepers})
    form = GridFilterForm(request.GET, actor=actor)
    context: dict[str, Any] = {
        "form": form,
        "chips": active_chips(form, request.GET),
        "may_edit": actor.can(Permission.GRID_EDIT),
    }
    if len(form.townships) > 1 and not form.is_narrowed:
        seen = pages.overview(actor, form.townships)
        context |= {"by_township": True, "township_columns": TOWNSHIPS, "overview": seen, "total": seen.total}
    else:
        context |= _grids(request, form)
    if not form.is_narrowed:
        context["without_grid"] = bounded_count(selectors.sites_without_grid(actor))[0]
        context["without_official"] = bounded_count(selectors.key_sites_without_official(actor))[0]
    return render(request, "grids/list.html", context)


def _grids(request: ActingRequest, form: GridFilterForm) -> dict[str, Any]:
    """The grids one by one; sums only where they are the sums of everything the person sees."""
    rows = territory.grids(request.actor, form.filters())
    page = _page(request, rows)
    shown = rows.with_names()[max(page.first_row - 1, 0) : page.last_row]
    lines = pages.lines_of(request.actor, list(shown))
    total = pages.total_of(lines) if page.last == 1 and not form.is_narrowed else None
    return {"columns": GRIDS, "page": page, "lines": lines, "total": total}


@require_GET
@requires(Permission.GRID_VIEW)
def grid_page(request: ActingRequest, grid_id: UUID) -> HttpResponse:
    """One grid: facts, people, sites, what was done to it."""
    actor = request.actor
    grid = territory.grid(actor, grid_id)
    people = pages.people_of(actor, grid)
    officials = list(selectors.officials_ever(actor, grid))
    everybody: list[Any] = [*(seat.member for seat in people.seats if seat.member), *people.past, *officials]
    rows = selectors.sites_of_grid(actor, grid)
    page = _page(request, rows)
    shown = rows.with_names()[max(page.first_row - 1, 0) : page.last_row]
    is_over = grid.valid_to is not None and grid.valid_to < clock.today()
    context = {
        "grid": grid,
        "is_over": is_over,
        "people": people,
        "establishment": territory.establishment(clock.today()),
        "official": pages.current(officials),
        "columns": SITES,
        "page": page,
        "lines": pages.site_lines(actor, list(shown)),
        "history": pages.told(actor, grid, everybody),
        "may_edit": actor.can(Permission.GRID_EDIT) and not is_over,
        "parent_is_near": bool(grid.parent and grid.parent.region_path.startswith(actor.region_path)),
    }
    return render(request, "grids/grid.html", context)


@require_GET
@requires(Permission.GRID_VIEW)
def pick_sites(request: ActingRequest, grid_id: UUID) -> HttpResponse:
    """The sites that may join a grid, to be ticked."""
    grid = territory.grid(request.actor, grid_id)
    text = request.GET.get("q", "").strip()[:60]
    rows = selectors.candidates(request.actor, grid, text).order_by("enterprise__name", "name", "id")
    page = _page(request, rows)
    shown = rows.with_names()[max(page.first_row - 1, 0) : page.last_row]
    context = {
        "grid": grid,
        "q": text,
        "columns": GAPS,
        "page": page,
        "sites": list(shown),
        "may_edit": request.actor.can(Permission.GRID_EDIT),
    }
    return render(request, "grids/pick_sites.html", context)


@require_GET
@requires(Permission.GRID_VIEW)
def gaps(request: ActingRequest) -> HttpResponse:
    """Blind spots (S0-60): one kind at a time, with what to do about it at hand."""
    actor = request.actor
    kinds: dict[str, Any] = {
        "sites": selectors.sites_without_grid(actor),
        "grids": selectors.grids_without_holder(actor),
        "officials": selectors.key_sites_without_official(actor),
    }
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else "sites"
    counts = {name: bounded_count(rows)[0] for name, rows in kinds.items()}
    page = Page(_number(request, counts[kind]), PAGE_SIZE, counts[kind], counts[kind] < 10_000)
    rows = kinds[kind].with_names()[max(page.first_row - 1, 0) : page.last_row]
    context = {
        "kind": kind,
        "counts": counts,
        "columns": UNHELD if kind == "grids" else GAPS,
        "page": page,
        "rows": list(rows),
        "key_sites": key_sites(clock.today()),
        "may_edit": actor.can(Permission.GRID_EDIT),
    }
    return render(request, "grids/gaps.html", context)


@require_POST
@requires(Permission.GRID_VIEW)
def export(request: ActingRequest) -> HttpResponse:
    """Start writing 网格员名册 of the list the person is looking at; go to its progress."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    job = jobs.start(actor=request.actor, work=tasks.export_grid_roster, title="导出网格员名册", query=query)
    return redirect("jobs:page", job.id)


def _page(request: ActingRequest, rows: Any) -> Page:
    count, is_exact = bounded_count(rows)
    return Page(_number(request, count), PAGE_SIZE, count, is_exact)


def _number(request: ActingRequest, count: int) -> int:
    """The page asked for, held inside what there is."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return max(1, min(number, -(-count // PAGE_SIZE) or 1))
