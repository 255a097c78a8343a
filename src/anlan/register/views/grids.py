"""The pages of the grids: list, one grid, gaps, picking what joins, the roster to take away."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.authz.roles import Reach
from anlan.http.api import ActingRequest, count_each, requires
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.register import grid_pages as pages
from anlan.register import selectors as register
from anlan.register import tasks
from anlan.register.forms.grids import GridFilterForm
from anlan.register.grid_members import MEMBERS, OBJECTS, SITES, Member
from anlan.register.key_sites import key_sites
from anlan.register.selectors import grids as selectors
from anlan.register.selectors import objects
from anlan.territory import api as territory
from anlan.ui.lists import Column, asked_page, asked_page_among, filters_of

TOWNSHIPS = [
    Column("乡镇（街道）"),
    Column("网格", align="end"),
    Column("场所", align="end"),
    Column("其他对象", align="end"),
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
    Column("其他对象", align="end", width="narrow"),
    Column("在岗", align="end", width="narrow"),
    Column("空岗", align="end", width="narrow"),
]
OF_SITES = [Column("场所", width="wide"), Column("属地"), Column("地址")]
OF_OBJECTS = [Column("对象", width="wide"), Column("类别", width="narrow"), Column("属地"), Column("责任主体")]
COLUMNS = {"sites": OF_SITES, "objects": OF_OBJECTS}
INSIDE = COLUMNS | {"sites": [*OF_SITES, Column("包保人")]}
UNHELD_OBJECTS = [*OF_OBJECTS, Column("网格")]
UNHELD = [Column("网格", width="wide"), Column("属地"), Column("牵头单位")]
PEOPLE = [Column("姓名"), Column("岗位", width="narrow"), Column("电话"), Column("网格", width="wide"), Column("属地")]
VACANT = [Column("空岗"), Column("网格", width="wide"), Column("属地")]
MAIN_FIELDS = ("q", "region", "kind", "level", "without_holder")
GAP_COLUMNS = COLUMNS | {"officials": OF_SITES, "grids": UNHELD, "unheld": UNHELD_OBJECTS}


@require_GET
@requires(Permission.GRID_VIEW)
def grid_list(request: ActingRequest) -> HttpResponse:
    """Township by township above, grid by grid inside one; an enterprise sees who looks after its sites."""
    actor = request.actor
    if actor.reach == Reach.PARTICIPATION:
        own = list(register.sites(actor, register.SiteFilters()).with_names())
        keepers = selectors.keepers_of(actor, SITES, [site.id for site in own])
        things = list(objects.supervised_objects(actor, objects.ObjectFilters()))
        keepers += selectors.keepers_of(actor, OBJECTS, [one.id for one in things])
        return render(request, "grids/of_mine.html", {"sites": own, "keepers": keepers})
    form = GridFilterForm(request.GET, actor=actor)
    context: dict[str, Any] = {
        "filters": filters_of(form, request.GET, MAIN_FIELDS),
        "may_edit": actor.can(Permission.GRID_EDIT),
    }
    one_by_one = request.GET.get("view") == "grids"
    if len(form.townships) > 1 and not form.is_narrowed and not one_by_one:
        seen = pages.overview(actor, form.townships)
        context |= {"by_township": True, "township_columns": TOWNSHIPS, "overview": seen, "total": seen.total}
    else:
        context |= _grids(request, form)
    if not form.is_narrowed:
        context["without"] = count_each(
            {
                "grid": selectors.without_grid(actor, SITES),
                "official": selectors.key_sites_without_official(actor),
                "object": selectors.without_grid(actor, OBJECTS),
            }
        )
    return render(request, "grids/list.html", context)


def _grids(request: ActingRequest, form: GridFilterForm) -> dict[str, Any]:
    """The grids one by one; sums only where they are the sums of everything the person sees."""
    rows = territory.grids(request.actor, form.as_filters())
    page = asked_page(request, rows)
    lines = pages.lines_of(request.actor, page.of(rows.with_names()))
    total = pages.total_of(lines) if page.last == 1 and not form.is_narrowed else None
    return {"columns": GRIDS, "page": page, "lines": lines, "total": total}


@require_GET
@requires(Permission.GRID_VIEW)
def people(request: ActingRequest) -> HttpResponse:
    """The people in the posts of the grids today, or seat by seat the posts that wait for somebody."""
    actor = request.actor
    form = GridFilterForm(request.GET, actor=actor)
    asked = form.as_filters()
    vacant = request.GET.get("state") == "vacant"
    context: dict[str, Any] = {
        "filters": filters_of(form, request.GET, MAIN_FIELDS),
        "vacant": vacant,
        "may_edit": actor.can(Permission.GRID_EDIT),
    }
    if vacant:
        seats = pages.vacant_seats(actor, asked)
        page = asked_page_among(request, len(seats))
        context |= {"page": page, "columns": VACANT, "rows": pages.vacant_lines(actor, page.of(seats))}
    else:
        rows = territory.members_on(actor, clock.today()).filter(grid__in=territory.grids(actor, asked).order_by())
        page = asked_page(request, rows)
        shown = rows.select_related("grid__region__parent").order_by("region_path", "post", "seat", "id")
        context |= {"page": page, "columns": PEOPLE, "rows": page.of(shown)}
    return render(request, "grids/people.html", context)


@require_GET
@requires(Permission.GRID_VIEW)
def grid_page(request: ActingRequest, grid_id: UUID) -> HttpResponse:
    """One grid: facts, people, what lies in it (sites, or other objects), what was done to it."""
    actor = request.actor
    grid = territory.grid(actor, grid_id)
    people = pages.people_of(actor, grid)
    officials = list(selectors.officials_ever(actor, grid))
    everybody: list[Any] = [*(seat.member for seat in people.seats if seat.member), *people.past, *officials]
    inside = {key: selectors.in_grid(actor, one, grid) for key, one in MEMBERS.items()}
    member = MEMBERS.get(request.GET.get("show", ""), SITES)
    counts = count_each(inside)
    page = asked_page_among(request, counts[member.key])
    is_over = grid.valid_to is not None and grid.valid_to < clock.today()
    context = {
        "grid": grid,
        "is_over": is_over,
        "people": people,
        "establishment": territory.establishment(clock.today()),
        "official": pages.current(officials),
        "member": member,
        "counts": counts,
        "columns": INSIDE[member.key],
        "page": page,
        "lines": pages.with_officials(actor, member, page.of(inside[member.key].with_names())),
        "history": pages.told(actor, grid, everybody),
        "may_edit": actor.can(Permission.GRID_EDIT) and not is_over,
        "parent_is_near": bool(grid.parent and grid.parent.region_path.startswith(actor.region_path)),
    }
    return render(request, "grids/grid.html", context)


@require_GET
@requires(Permission.GRID_VIEW)
def pick(request: ActingRequest, grid_id: UUID, member: Member) -> HttpResponse:
    """The sites or objects that may join a grid, to be ticked."""
    grid = territory.grid(request.actor, grid_id)
    text = request.GET.get("q", "").strip()[:60]
    rows = selectors.candidates(request.actor, member, grid, text)
    page = asked_page(request, rows)
    context = {
        "grid": grid,
        "member": member,
        "q": text,
        "columns": COLUMNS[member.key],
        "page": page,
        "rows": page.of(rows.with_names()),
        "may_edit": request.actor.can(Permission.GRID_EDIT),
    }
    return render(request, "grids/pick.html", context)


@require_GET
@requires(Permission.GRID_VIEW)
def gaps(request: ActingRequest) -> HttpResponse:
    """Blind spots (S0-60): one kind at a time, with what to do about it at hand."""
    actor = request.actor
    kinds: dict[str, Any] = {
        "sites": selectors.without_grid(actor, SITES),
        "grids": selectors.grids_without_holder(actor),
        "officials": selectors.key_sites_without_official(actor),
        "objects": selectors.without_grid(actor, OBJECTS),
        "unheld": selectors.objects_in_unheld_grids(actor),
    }
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else "sites"
    counts = count_each(kinds)
    page = asked_page_among(request, counts[kind])
    rows = page.of(kinds[kind].with_names())
    context = {
        "kind": kind,
        "member": MEMBERS.get(kind),
        "counts": counts,
        "columns": GAP_COLUMNS[kind],
        "page": page,
        "rows": rows,
        "pairs": pages.with_places(actor, rows) if kind == "unheld" else [],
        "key_sites": key_sites(clock.today()),
        "may_edit": actor.can(Permission.GRID_EDIT),
    }
    return render(request, "grids/gaps.html", context)


@require_POST
@requires(Permission.GRID_VIEW)
def export(request: ActingRequest) -> HttpResponse:
    """Start writing 网格员名册 of the list the person is looking at; go to its progress."""
    return jobs.start_export(request, tasks.export_grid_roster, "导出网格员名册")
