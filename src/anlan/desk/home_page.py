"""What 待办 shows, by role: few queries, each of them a list one can open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.permissions import Permission
from anlan.desk.tiles import CountedTile, list_url, screens, sees_organs, tiles_of
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import Filters, Level
from anlan.notify import api as notify
from anlan.ui.lists import Column

SHOWN = 10
MESSAGES = 6

COLUMNS = (
    Column("隐患", width="wide"),
    Column("状态", width="narrow"),
    Column("等级", width="narrow"),
    Column("责任主体"),
    Column("办理时限", width="narrow"),
    Column("整改期限", width="narrow"),
)


@dataclass(frozen=True)
class LateUnit:
    name: str
    count: int
    since: date
    url: str


@dataclass(frozen=True)
class HomePage:
    """``rows`` is the list ``heading`` names, the most urgent first."""

    template: str
    tiles: Sequence[CountedTile]
    heading: str
    rows: Sequence[loop.Row]
    rows_url: str
    has_more: bool
    empty: str
    may_register: bool
    messages: Sequence[notify.Message]
    late_units: Sequence[LateUnit] = ()
    majors: Sequence[loop.Row] = ()
    majors_url: str = ""
    columns: Sequence[Column] = field(default=COLUMNS)


def home_page(actor: Actor, on: date) -> HomePage:
    """The page of the actor's role."""
    reported = actor.organisation_kind in (OrganisationKind.VILLAGE, OrganisationKind.AGENCY)
    heading, filters, empty = _list_of(actor, reported=reported)
    matters = _most_urgent(actor, filters, on, newest=reported)
    return HomePage(
        template="desk/home_village.html" if reported else "desk/home.html",
        tiles=tiles_of(actor, on),
        heading=heading,
        rows=loop.rows_of(matters[:SHOWN]),
        rows_url=list_url(filters),
        has_more=len(matters) > SHOWN,
        empty=empty,
        may_register=actor.can(Permission.HIDDEN_DANGER_REGISTER),
        messages=list(notify.messages_to(actor)[:MESSAGES]),
        **(_overview(actor, on) if sees_organs(actor) else {}),
    )


def _list_of(actor: Actor, *, reported: bool) -> tuple[str, Filters, str]:
    if reported:
        return "我上报的，后来怎样", Filters(state="reported"), "还没有上报过。看到隐患，点上面的“拍照上报”。"
    if actor.is_enterprise:
        return "要整改的", Filters(state="mine"), "没有要整改的隐患。"
    if not actor.can(Permission.HIDDEN_DANGER_CONFIRM) or not screens(actor):
        return "整改逾期的", Filters(state="overdue"), "没有逾期的隐患。"
    return "轮到我办的", Filters(state="mine"), "都办完了。新的交办、报验会出现在这里。"


def _most_urgent(actor: Actor, filters: Filters, on: date, *, newest: bool) -> list[loop.HiddenDanger]:
    rows = loop.hidden_dangers(actor, filters, on).with_names()
    if not newest:
        rows = rows.with_next_due().order_by(F("next_due_on").asc(nulls_last=True), "-id")
    return list(rows[: SHOWN + 1])


def _overview(actor: Actor, on: date) -> dict[str, Any]:
    """For those who look over others: who is late, and where the major ones are stuck."""
    filters = Filters(level=Level.MAJOR, state="open")
    majors = loop.hidden_dangers(actor, filters, on).with_names().order_by(F("due_on").asc(nulls_last=True), "-id")
    units = [
        LateUnit(unit["name"], unit["n"], unit["since"], list_url(Filters(state="overdue", lead_id=unit["lead_id"])))
        for unit in loop.overdue_by_lead(actor, on)
    ]
    return {"late_units": units, "majors": loop.rows_of(majors[:5]), "majors_url": list_url(filters)}
