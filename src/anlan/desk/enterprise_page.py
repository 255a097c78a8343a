"""The hidden dangers of one enterprise, for its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.desk.tiles import CountedTile, Tile, counted_tiles, list_url
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import Filters, Level, Status

SHOWN = 10


@dataclass(frozen=True)
class Matters:
    tiles: Sequence[CountedTile]
    rows: Sequence[loop.Row]
    url: str
    has_more: bool


def matters_of(actor: Actor, enterprise_id: UUID, on: date) -> Matters | None:
    """What the actor sees of the enterprise's matters, the newest first; None for who may not see any."""
    if not actor.can(Permission.HIDDEN_DANGER_VIEW):
        return None
    everything = Filters(enterprise_id=enterprise_id)
    tiles = [
        Tile("未销号", Filters(enterprise_id=enterprise_id, state="open")),
        Tile("整改逾期", Filters(enterprise_id=enterprise_id, state="overdue"), "red", "due-late"),
        Tile("重大未销号", Filters(enterprise_id=enterprise_id, state="open", level=Level.MAJOR), "red", "level-major"),
        Tile("已销号", Filters(enterprise_id=enterprise_id, status=(Status.CLOSED,))),
    ]
    rows = loop.rows_of(loop.hidden_dangers(actor, everything, on).with_names()[: SHOWN + 1])
    return Matters(
        tiles=counted_tiles(actor, tiles, on),
        rows=rows[:SHOWN],
        url=list_url(everything),
        has_more=len(rows) > SHOWN,
    )
