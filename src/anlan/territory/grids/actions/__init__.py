"""Writes to the grids and their people: each one transaction, locked inside the scope, recorded."""

from anlan.territory.grids.actions.appointing import (
    PostsMoved,
    appoint_member,
    appoint_members,
    end_appointment,
    move_posts,
    settled,
)
from anlan.territory.grids.actions.codes import free_code, taken_codes
from anlan.territory.grids.actions.establishing import REGION_LEVELS, dissolve_grid, edit_grid, establish_grid
from anlan.territory.grids.actions.loading import LEVEL_OF_REGION, load_grids
from anlan.territory.grids.actions.steps import checked_reason, lock_grid

__all__ = [
    "LEVEL_OF_REGION",
    "REGION_LEVELS",
    "PostsMoved",
    "appoint_member",
    "appoint_members",
    "checked_reason",
    "dissolve_grid",
    "edit_grid",
    "end_appointment",
    "establish_grid",
    "free_code",
    "load_grids",
    "lock_grid",
    "move_posts",
    "settled",
    "taken_codes",
]
