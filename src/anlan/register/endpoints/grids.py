"""``/api/v1/grids``: the grids, what lies in them, and where something is missing."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from anlan.authz.permissions import Permission
from anlan.http.api import (
    ActingRequest,
    IfMatch,
    Page,
    PageQuery,
    Sheet,
    expected_versions,
    no_cursor,
    paginate,
    requires,
    with_etag,
)
from anlan.lib import clock
from anlan.register import grid_schemas as schemas
from anlan.register.actions import grids as actions
from anlan.register.actions.handing_over import HandedOver, hand_over
from anlan.register.grid_members import OBJECTS, SITES
from anlan.register.selectors import grids as selectors
from anlan.territory import api as territory
from anlan.territory.api import Grid, GridMember

router = Router(tags=["网格"])


@router.get("/grids", response=Page[schemas.GridOut], summary="查网格", url_name="grid_list")
@requires(Permission.GRID_VIEW)
def list_grids(request: ActingRequest, filters: Query[schemas.GridQuery], page: Query[PageQuery]) -> Sheet:
    rows = territory.grids(
        request.actor,
        territory.GridFilters(
            q=filters.q,
            region_path=territory.path_named(filters.region),
            kind=filters.kind or "",
            level=filters.level or "",
            sector=filters.sector or "",
            without_holder=filters.without_holder,
        ),
    )
    return paginate(rows.with_names(), page)


@router.get("/grids/gaps", response=schemas.Gaps, summary="查盲区", url_name="grid_gaps")
@requires(Permission.GRID_VIEW)
def list_gaps(request: ActingRequest, filters: Query[schemas.GapQuery], page: Query[PageQuery]) -> dict[str, Sheet]:
    """五类盲区各按同一页码分页：没有归入综合网格的场所、没有网格长和网格员的网格、没有包保人的重点场所，没有归入综合网格
    的其他监管对象、所在网格没有人的其他监管对象。"""
    if page.cursor is not None:
        raise no_cursor()
    path = territory.path_named(filters.region)
    return {
        "sites_without_grid": paginate(selectors.without_grid(request.actor, SITES, path).with_names(), page),
        "grids_without_holder": paginate(selectors.grids_without_holder(request.actor, path).with_names(), page),
        "sites_without_official": paginate(
            selectors.key_sites_without_official(request.actor, path).with_names(), page
        ),
        "objects_without_grid": paginate(selectors.without_grid(request.actor, OBJECTS, path).with_names(), page),
        "objects_in_unheld_grids": paginate(selectors.objects_in_unheld_grids(request.actor, path).with_names(), page),
    }


@router.post("/grids/hand-over", response=schemas.HandedOverOut, summary="移交", url_name="grid_hand_over")
@requires(Permission.GRID_EDIT)
def hand_over_all(request: ActingRequest, sent: schemas.HandOverIn) -> HandedOver:
    """先用 dry_run 看数，再以 expected 确认；从当天起全部移交。"""
    charge = selectors.charge_of(request.actor, sent.of)
    if sent.dry_run:
        return HandedOver(sent.to.name, len(charge.posts), len(charge.officials), 0)
    return hand_over(actor=request.actor, of=sent.of, to=sent.to.facts(), reason=sent.reason, expected=sent.expected)


@router.post("/grids", response={201: schemas.GridDetail}, summary="设立网格", url_name="grid_establish")
@requires(Permission.GRID_EDIT)
def establish_grid(request: ActingRequest, response: HttpResponse, sent: schemas.GridIn) -> Status[Any]:
    facts = sent.facts(territory.region_named(sent.region).id)
    grid = territory.establish_grid(actor=request.actor, facts=facts)
    response["Location"] = reverse("api:grid", args=[grid.id])
    return Status(201, _detail(request, response, grid))


@router.get("/grids/{uuid:grid_id}", response=schemas.GridDetail, summary="读一个网格", url_name="grid")
@requires(Permission.GRID_VIEW)
def read_grid(request: ActingRequest, response: HttpResponse, grid_id: UUID) -> Grid:
    return _detail(request, response, territory.grid(request.actor, grid_id))


@router.patch("/grids/{uuid:grid_id}", response=schemas.GridDetail, summary="修改网格", url_name="grid_edit")
@requires(Permission.GRID_EDIT)
def edit_grid(
    request: ActingRequest,
    response: HttpResponse,
    grid_id: UUID,
    sent: schemas.GridPatch,
    if_match: IfMatch = None,
) -> Grid:
    grid = territory.edit_grid(
        actor=request.actor, grid_id=grid_id, changes=sent.changes(), if_versions=expected_versions(if_match)
    )
    return _detail(request, response, grid)


@router.post(
    "/grids/{uuid:grid_id}/members", response={201: schemas.MemberOut}, summary="任命网格人员", url_name="grid_appoint"
)
@requires(Permission.GRID_EDIT)
def appoint_member(
    request: ActingRequest, grid_id: UUID, sent: schemas.MemberIn, if_match: IfMatch = None
) -> Status[GridMember]:
    member = territory.appoint_member(
        actor=request.actor,
        grid_id=grid_id,
        appointment=sent.appointment(),
        if_versions=expected_versions(if_match),
    )
    return Status(201, member)


@router.post(
    "/grids/{uuid:grid_id}/sites", response=schemas.AssignedOut, summary="按名单划入场所", url_name="grid_assign_sites"
)
@requires(Permission.GRID_EDIT)
def assign_sites(
    request: ActingRequest, grid_id: UUID, sent: schemas.SitesIn, if_match: IfMatch = None
) -> actions.Assigned:
    return actions.assign(
        actor=request.actor,
        grid_id=grid_id,
        member=SITES,
        ids=sent.sites,
        move=sent.move,
        if_versions=expected_versions(if_match),
    )


@router.post(
    "/grids/{uuid:grid_id}/remove-sites",
    response=schemas.RemovedOut,
    summary="按名单划出场所",
    url_name="grid_remove_sites",
)
@requires(Permission.GRID_EDIT)
def remove_sites(request: ActingRequest, grid_id: UUID, sent: schemas.SitesOut) -> dict[str, int]:
    left = actions.remove(actor=request.actor, grid_id=grid_id, member=SITES, ids=sent.sites, reason=sent.reason)
    return {"left": left}


@router.post(
    "/grids/{uuid:grid_id}/objects",
    response=schemas.AssignedOut,
    summary="按名单划入监管对象",
    url_name="grid_assign_objects",
)
@requires(Permission.GRID_EDIT)
def assign_objects(
    request: ActingRequest, grid_id: UUID, sent: schemas.ObjectsIn, if_match: IfMatch = None
) -> actions.Assigned:
    return actions.assign(
        actor=request.actor,
        grid_id=grid_id,
        member=OBJECTS,
        ids=sent.objects,
        move=sent.move,
        if_versions=expected_versions(if_match),
    )


@router.post(
    "/grids/{uuid:grid_id}/remove-objects",
    response=schemas.RemovedOut,
    summary="按名单划出监管对象",
    url_name="grid_remove_objects",
)
@requires(Permission.GRID_EDIT)
def remove_objects(request: ActingRequest, grid_id: UUID, sent: schemas.ObjectsOut) -> dict[str, int]:
    left = actions.remove(actor=request.actor, grid_id=grid_id, member=OBJECTS, ids=sent.objects, reason=sent.reason)
    return {"left": left}


def _detail(request: ActingRequest, response: HttpResponse, grid: Grid) -> Grid:
    day = clock.today()
    held: Any = grid
    held.current_members = list(territory.members_on(request.actor, day, grid_ids=[grid.id]))
    held.site_count = selectors.counts_in_grids(request.actor, SITES, [grid.id]).get(grid.id, 0)
    held.object_count = selectors.counts_in_grids(request.actor, OBJECTS, [grid.id]).get(grid.id, 0)
    held.official = selectors.official_of_grid(request.actor, grid)
    held.vacant = territory.vacancies(request.actor, [grid], day)[grid.id]
    with_etag(response, grid.version)
    return grid
