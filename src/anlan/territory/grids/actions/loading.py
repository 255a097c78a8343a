"""The default grids of a county, one for each of its regions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Organisation, Region
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, ids
from anlan.lib.refusals import Forbidden
from anlan.organisations import api as organisations
from anlan.territory import selectors as territory
from anlan.territory.choices import GridKind, GridLevel
from anlan.territory.grids.actions.codes import LETTERS
from anlan.territory.grids.actions.steps import BATCH
from anlan.territory.models import Grid

LEVEL_OF_REGION = {
    RegionLevel.COUNTY: GridLevel.CITY,
    RegionLevel.TOWNSHIP: GridLevel.TOWNSHIP,
    RegionLevel.VILLAGE: GridLevel.VILLAGE,
}


@dataclass(frozen=True)
class GridLoad:
    """How many grids a county should have by default, and how many were missing."""

    found: int
    added: int


def load_grids(*, actor: Actor, county: Region) -> GridLoad:
    """The usual default: one 综合网格 for the county, for every township and every village that has none.

    A second load changes nothing and records nothing. Raises Forbidden unless the system acts.
    """
    if not actor.is_system:
        raise Forbidden("forbidden", "默认网格由系统命令载入。")
    regions = list(territory.inside(county.path, levels=[*LEVEL_OF_REGION]))
    with transaction.atomic():
        rows = Grid.objects.visible_to(actor).in_force(clock.today()).filter(kind=GridKind.COMPREHENSIVE)
        known: dict[UUID, Grid] = {}
        for row in rows.order_by("code"):
            known.setdefault(row.region_id, row)
        new = _defaults(regions, known, _leading_units(actor))
        Grid.objects.bulk_create(new, batch_size=BATCH)
        if new:
            _record_load(actor, county, regions, new)
    return GridLoad(len(regions), len(new))


def _leading_units(actor: Actor) -> dict[UUID, Organisation]:
    """Who leads a grid by default: the 安委办 of the county, the township, the village, by the region's id."""
    kinds = (OrganisationKind.COMMITTEE_OFFICE, OrganisationKind.TOWNSHIP, OrganisationKind.VILLAGE)
    units = organisations.visible_organisations(actor).filter(kind__in=kinds)
    return {unit.region_id: unit for unit in units}


def _defaults(regions: Sequence[Region], known: dict[UUID, Grid], units: dict[UUID, Organisation]) -> list[Grid]:
    """The missing grids, each parent before its children; ``known`` grows with them."""
    new, now, today = [], clock.now(), clock.today()
    codes = {row.code for row in known.values()}
    for region in regions:
        if region.id in known:
            continue
        code = f"{region.code}{LETTERS[GridKind.COMPREHENSIVE]}01"
        grid = Grid(
            code=code if code not in codes else f"{code}-{ids.segment()[:4]}",
            name=f"{region.name}网格",
            kind=GridKind.COMPREHENSIVE,
            level=LEVEL_OF_REGION[RegionLevel(region.level)],
            parent=known.get(region.parent_id) if region.parent_id else None,
            region=region,
            region_path=region.path,
            wall_path=region.wall_path,
            organisation=units.get(region.id),
            valid_from=today,
            established_at=now,
            changed_at=now,
        )
        known[region.id] = grid
        new.append(grid)
    return new


def _record_load(actor: Actor, county: Region, regions: Sequence[Region], new: Sequence[Grid]) -> None:
    """One entry for the whole load: counts, and a hash over the rows it wrote."""
    rows = [[grid.id, grid.code, grid.name, grid.region_path] for grid in new]
    ledger.record(
        actor=actor,
        subject_type="grid_load",
        subject_id=ids.uuid7(),
        region_path=county.path,
        event="grid.loaded",
        payload={"found": len(regions), "added": len(new), "rows_hash": hashing.leaf_hash(rows).hex()},
    )
