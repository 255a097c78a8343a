"""The hidden dangers of one enterprise, or of one supervised object, and the checks of the latter: for their pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.desk.tiles import CountedTile, Tile, counted_tiles, list_url
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import Filters, HiddenDangerQuerySet, Level, Status
from anlan.inspections import api as checks

SHOWN = 10


@dataclass(frozen=True)
class Matters:
    tiles: Sequence[CountedTile]
    rows: Sequence[loop.Row]
    url: str
    has_more: bool


@dataclass(frozen=True)
class Checks:
    rows: Sequence[checks.Row]
    url: str
    has_more: bool


def matters_of(actor: Actor, enterprise_id: UUID, on: date) -> Matters | None:
    """What the actor sees of the enterprise's matters, the newest first; None for who may not see any."""
    whose = Filters(enterprise_id=enterprise_id)
    return _matters(actor, whose, loop.hidden_dangers(actor, whose, on), on)


def begun_at_sites(actor: Actor) -> list[tuple[str, str]]:
    """What the actor may begin at a site of the enterprise: in a word, with the address that takes the site."""
    begun = (
        ("登记隐患", "hidden_dangers:register", Permission.HIDDEN_DANGER_REGISTER),
        ("开始检查", "inspections:begin", Permission.CHECK_REGISTER),
    )
    return [(label, reverse(name)) for label, name, permission in begun if actor.can(permission)]


def matters_at(actor: Actor, object_id: UUID, on: date) -> Matters | None:
    """The same of the matters at an object, the open ones first."""
    whose = Filters(object_id=object_id)
    return _matters(actor, whose, loop.hidden_dangers(actor, whose, on).open_first(), on)


def checks_at(actor: Actor, object_id: UUID) -> Checks | None:
    """What the actor sees of the checks of an object, the newest first; None for who may not see any."""
    if not actor.can(Permission.CHECK_VIEW):
        return None
    found = checks.checks(actor, checks.Filters(object_id=object_id))
    rows = checks.rows_of(found.with_names()[: SHOWN + 1])
    url = f"{reverse('inspections:list')}?{urlencode({'object': str(object_id)})}"
    return Checks(rows=rows[:SHOWN], url=url, has_more=len(rows) > SHOWN)


def _matters(actor: Actor, whose: Filters, found: HiddenDangerQuerySet, on: date) -> Matters | None:
    if not actor.can(Permission.HIDDEN_DANGER_VIEW):
        return None
    tiles = [
        Tile("未销号", replace(whose, state="open")),
        Tile("整改逾期", replace(whose, state="overdue"), "red", "due-late"),
        Tile("重大未销号", replace(whose, state="open", level=Level.MAJOR), "red", "level-major"),
        Tile("已销号", replace(whose, status=(Status.CLOSED,))),
    ]
    rows = loop.rows_of(found.as_lines()[: SHOWN + 1])
    return Matters(
        tiles=counted_tiles(actor, tiles, on),
        rows=rows[:SHOWN],
        url=list_url(whose),
        has_more=len(rows) > SHOWN,
    )
