"""What a site has once only, and both of two that become one have it: the survivor's stands, the other's ends."""

from typing import Any

from django.db.models import QuerySet

from anlan.authz.actors import Actor
from anlan.lib import clock
from anlan.register.actions.grids import DAY, end
from anlan.register.models import ResponsibleOfficial, SiteGrid, SiteTag

MERGED = "场所合并，以保留的场所的标签为准"


def go(actor: Actor, rows: QuerySet[Any]) -> None:
    """Regulators and people have no history: the ledger's entry tells of them."""
    rows.delete()


def leave_grids(actor: Actor, rows: QuerySet[SiteGrid]) -> None:
    rows.update(left_at=clock.now())


def end_officials(actor: Actor, rows: QuerySet[ResponsibleOfficial]) -> None:
    for named in rows:
        end(named, clock.today() - DAY)


def take_off_tags(actor: Actor, rows: QuerySet[SiteTag]) -> None:
    rows.update(removed_on=clock.today(), removed_by=actor.person_id, removed_at=clock.now(), removed_note=MERGED)
