"""What every act on a grid does: lock it inside the scope, end posts, leave its entry in the ledger."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope, Refused, Stale
from anlan.territory.models import Grid, GridMember

BATCH = 1000
DAY = timedelta(days=1)


def lock_grid(actor: Actor, grid_id: UUID, if_versions: frozenset[int] | None = None) -> Grid:
    """The grid, locked, for changing it. NotInScope (404), Stale (412), Refused (409) when it is dissolved."""
    grid: Grid = Grid.objects.lock_visible(actor, id=grid_id)
    if if_versions is not None and grid.version not in if_versions:
        raise Stale(grid.version, grid.id)
    if grid.valid_to is not None and grid.valid_to < clock.today():
        raise Refused("grid_dissolved", f"{grid.name}已于 {grid.valid_to} 撤销，不能再改。")
    return grid


def lock_grids(actor: Actor, grid_ids: set[UUID]) -> Sequence[Grid]:
    """In one order, so that two acts never wait for each other. Raises NotInScope when one is outside the scope."""
    found = list(Grid.objects.visible_to(actor).filter(id__in=grid_ids).select_for_update().order_by("id"))
    if len(found) != len(grid_ids):
        raise NotInScope("网格")
    return found


def checked_reason(reason: str) -> str:
    """A reason that says something. Raises Invalid (422)."""
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Invalid.at("/reason", "请写明原因，不超过 200 个字。")
    return reason


def touch(grid: Grid) -> None:
    grid.version += 1
    grid.changed_at = clock.now()
    grid.save(update_fields=["version", "changed_at"])


def end(member: GridMember, last: date) -> None:
    """``last`` is the last day; one that has not begun by then never begins."""
    if member.valid_to is None or member.valid_to > last:
        member.valid_to = max(last, member.valid_from - DAY)
        member.save(update_fields=["valid_to"])


def record(actor: Actor, grid: Grid, event: str, changes: Any, **more: Any) -> None:
    ledger.record(
        actor=actor,
        subject_type="grid",
        subject_id=grid.id,
        region_path=grid.region_path,
        event=event,
        payload={"changes": changes, "version": grid.version, **more},
    )
