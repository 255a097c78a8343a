"""Drawing a grid, changing it, dissolving it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Organisation, Region
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.lib import clock
from anlan.lib.refusals import FieldError, Invalid, NotInScope, Refused
from anlan.organisations import api as organisations
from anlan.territory import selectors as territory
from anlan.territory.choices import GridKind, GridLevel
from anlan.territory.grids import selectors
from anlan.territory.grids.actions.codes import next_code
from anlan.territory.grids.actions.steps import DAY, checked_reason, end, lock_grid, record
from anlan.territory.grids.facts import EDITABLE, GridFacts, difference
from anlan.territory.models import Grid, GridMember

_ORDER = list(GridLevel)
REGION_LEVELS = {
    GridLevel.CITY: {RegionLevel.CITY, RegionLevel.COUNTY},
    GridLevel.TOWNSHIP: {RegionLevel.TOWNSHIP},
    GridLevel.VILLAGE: {RegionLevel.VILLAGE, RegionLevel.TOWNSHIP},
    GridLevel.ENTERPRISE: {RegionLevel.VILLAGE, RegionLevel.TOWNSHIP},
}


def establish_grid(*, actor: Actor, facts: GridFacts) -> Grid:
    """Draw a new grid inside the actor's region.

    Raises Forbidden (403), Invalid (422) for a bad field or a code or name already there, NotInScope (404) for a
    region outside the actor's.
    """
    require(actor, Permission.GRID_EDIT)
    facts = facts.checked()
    with transaction.atomic():
        region = _region(actor, facts)
        now = clock.now()
        grid = Grid(
            kind=facts.kind,
            level=facts.level,
            sector=facts.sector,
            region=region,
            region_path=region.path,
            wall_path=region.wall_path,
            valid_from=facts.valid_from or clock.today(),
            established_at=now,
        )
        _put(actor, grid, replace(facts, code=facts.code or next_code(actor, region, facts.kind)))
        _save(grid)
        record(actor, grid, "grid.established", difference(None, GridFacts.of(grid)))
        return selectors.grid(actor, grid.id)


def edit_grid(
    *, actor: Actor, grid_id: UUID, changes: Mapping[str, Any], if_versions: frozenset[int] | None = None
) -> Grid:
    """Change name, code, parent or leading organisation; nothing is written when nothing differs.

    Raises Forbidden, NotInScope, Invalid, Refused (409) for a dissolved grid, and Stale (412).
    """
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        grid = lock_grid(actor, grid_id, if_versions)
        fixed = set(changes) - EDITABLE
        if fixed:
            raise Invalid(
                [FieldError(f"/{name}", "设立后不能改；请撤销这个网格，另设新的。") for name in sorted(fixed)]
            )
        before = GridFacts.of(grid)
        after = replace(before, **changes).checked()
        if changed := difference(before, after):
            _put(actor, grid, after)
            grid.version += 1
            _save(grid)
            record(actor, grid, "grid.edited", changed)
        return selectors.grid(actor, grid.id)


def dissolve_grid(*, actor: Actor, grid_id: UUID, reason: str, if_versions: frozenset[int] | None = None) -> Grid:
    """End a grid and everybody's post in it from today on. What lies in it must have left before (slices above).

    Raises Refused (409) while grids below it are in force.
    """
    require(actor, Permission.GRID_EDIT)
    reason = checked_reason(reason)
    with transaction.atomic():
        grid = lock_grid(actor, grid_id, if_versions)
        if below := selectors.grids(actor, selectors.GridFilters(parent_id=grid.id)).count():
            raise Refused("grid_has_children", f"下面还有 {below} 个网格，请先撤销或者改挂到别的网格。")
        yesterday = clock.today() - DAY
        for one in GridMember.objects.filter(grid=grid).from_day(clock.today()):
            end(one, yesterday)
        grid.valid_to = yesterday
        grid.version += 1
        _save(grid)
        record(actor, grid, "grid.dissolved", {"valid_to": {"from": None, "to": yesterday}}, reason=reason)
        return selectors.grid(actor, grid.id)


def _region(actor: Actor, facts: GridFacts) -> Region:
    region = territory.region(facts.region_id)
    if not region.path.startswith(actor.region_path):
        raise NotInScope("区划")
    if region.level not in REGION_LEVELS[GridLevel(facts.level)]:
        raise Invalid.at(
            "/level", f"{region.name}是{region.get_level_display()}，不能设{GridLevel(facts.level).label}网格。"
        )
    return region


def _put(actor: Actor, grid: Grid, facts: GridFacts) -> None:
    grid.name, grid.code = facts.name, facts.code or grid.code
    if facts.parent_id != grid.parent_id:
        grid.parent = _parent(actor, grid, facts.parent_id)
    if facts.organisation_id != grid.organisation_id:
        grid.organisation = _organisation(actor, facts.organisation_id)
    grid.changed_at = clock.now()


def _organisation(actor: Actor, organisation_id: UUID | None) -> Organisation | None:
    if organisation_id is None:
        return None
    unit = organisations.organisation(actor, organisation_id)
    if unit.kind == OrganisationKind.AGENCY:
        raise Invalid.at("/organisation", "第三方机构不能牵头网格。")
    return unit


def _parent(actor: Actor, grid: Grid, parent_id: UUID | None) -> Grid | None:
    """A grid of a higher level around it; a micro grid also lies in one of its own level."""
    if parent_id is None:
        return None
    parent: Grid | None = Grid.objects.in_force(clock.today()).filter(id=parent_id).first()
    if parent is None:
        raise Invalid.at("/parent", "没有找到这个上级网格，或者它已经撤销。")
    if not grid.region_path.startswith(parent.region_path):
        raise Invalid.at("/parent", f"{parent.name}不包含本网格所在的区划。")
    above, own = _ORDER.index(GridLevel(parent.level)), _ORDER.index(GridLevel(grid.level))
    is_micro_inside = grid.kind == GridKind.MICRO and parent.kind != GridKind.MICRO and above == own
    if above >= own and not is_micro_inside:
        raise Invalid.at("/parent", "上级网格的层级要高于本网格。")
    return parent


def _save(grid: Grid) -> None:
    """Write the row; the constraints decide whether code and name are free."""
    try:
        with transaction.atomic():
            grid.save()
    except IntegrityError as clash:
        if "grid_code_once" in str(clash):
            raise Invalid.at("/code", "这个网格编码已经用过，请换一个，或者不填由系统给。") from clash
        if "grid_name_once" in str(clash):
            raise Invalid.at("/name", "这里已有同名同类的网格。") from clash
        raise
