"""What 待办 shows, by role: few queries, each of them a list one can open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.permissions import Permission
from anlan.desk.first_tiles import numbers_of
from anlan.desk.standings import Standings, standings
from anlan.desk.tiles import CountedTile, list_url, looks_down, screens, sees_organs
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import Filters, Level
from anlan.inspections import api as inspections
from anlan.lib import months
from anlan.notify import api as notify
from anlan.ui.lists import Column

SHOWN = 10
MESSAGES = 6
MOST_IN_A_ROW = 6

COLUMNS = (
    Column("隐患", width="wide"),
    Column("状态", width="narrow"),
    Column("等级", width="narrow"),
    Column("责任主体"),
    Column("办理时限", width="narrow"),
    Column("整改期限", width="narrow"),
)

MAJORS, MAJORS_SHOWN = Filters(level=Level.MAJOR, state="open"), 5


@dataclass(frozen=True)
class LateUnit:
    name: str
    count: int
    since: date
    url: str


@dataclass(frozen=True)
class SelfCheck:
    """This month's self-check of an enterprise: filed, begun, or neither."""

    month: date
    last_day: date
    check: inspections.CheckRecord | None

    @property
    def is_filed(self) -> bool:
        return self.check is not None and self.check.status == inspections.Status.FILED


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
    standings: Standings | None = None
    fields: Sequence[CountedTile] = ()
    self_check: SelfCheck | None = None
    begin_check: str = ""
    columns: Sequence[Column] = field(default=COLUMNS)

    @property
    def in_a_row(self) -> int:
        """How many tiles stand in a row of a wide screen, so that the rows are as good as even."""
        rows = -(-len(self.tiles) // MOST_IN_A_ROW) or 1
        return -(-len(self.tiles) // rows)


def home_page(actor: Actor, on: date) -> HomePage:
    """The page of the actor's role."""
    reported = actor.organisation_kind in (OrganisationKind.VILLAGE, OrganisationKind.AGENCY)
    heading, filters, empty = _list_of(actor, reported=reported)
    matters = _most_urgent(actor, filters, on, newest=reported)
    majors = _majors(actor, on) if sees_organs(actor) else []
    loop.name_together(matters, majors)
    numbers = numbers_of(actor, on)
    return HomePage(
        template="desk/home_village.html" if reported else "desk/home.html",
        tiles=numbers.tiles,
        fields=numbers.fields,
        heading=heading,
        rows=loop.rows_of(matters[:SHOWN]),
        rows_url=list_url(filters),
        has_more=len(matters) > SHOWN,
        empty=empty,
        may_register=actor.can(Permission.HIDDEN_DANGER_REGISTER),
        messages=list(notify.messages_to(actor)[:MESSAGES]),
        **(_overview(actor, majors, on) if sees_organs(actor) else {}),
        self_check=_self_check(actor, on) if actor.is_enterprise else None,
        begin_check="今日巡查" if actor.organisation_kind == OrganisationKind.VILLAGE else "开始检查",
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
    rows = loop.hidden_dangers(actor, filters, on)
    if not newest:
        rows = rows.with_next_due().order_by(F("next_due_on").asc(nulls_last=True), "-id")
    return list(rows[: SHOWN + 1])


def _majors(actor: Actor, on: date) -> list[loop.HiddenDanger]:
    rows = loop.hidden_dangers(actor, MAJORS, on).order_by(F("due_on").asc(nulls_last=True), "-id")
    return list(rows[:MAJORS_SHOWN])


def _overview(actor: Actor, majors: Sequence[loop.HiddenDanger], on: date) -> dict[str, Any]:
    """For those who look over others: who is late, and where the major ones are stuck."""
    units = [
        LateUnit(unit["name"], unit["n"], unit["since"], list_url(Filters(state="overdue", lead_id=unit["lead_id"])))
        for unit in loop.overdue_by_lead(actor, on)
    ]
    found = {"late_units": units, "majors": loop.rows_of(majors), "majors_url": list_url(MAJORS)}
    return {**found, "standings": standings(actor, on)} if looks_down(actor) else found


def _self_check(actor: Actor, on: date) -> SelfCheck:
    month = inspections.month_of(on)
    mine = inspections.checks(actor, inspections.Filters(act_class=inspections.ActClass.SELF_CHECK))
    of_month = mine.filter(month=month, status__in=(inspections.Status.FILED, inspections.Status.DRAFT))
    # FILED before DRAFT: one may have begun another after filing.
    return SelfCheck(month, months.end_of_month(on), of_month.order_by("-status", "-id").first())
