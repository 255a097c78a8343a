"""What holds for every listing and letter, however it came to be; see ``hidden_dangers.invariants``."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Case, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.participation import part_in
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.processes.api import Breach
from anlan.processes.api import invariants as processes
from anlan.supervision.choices import ListingDeadline, ListingStatus
from anlan.supervision.models import ListingControl, ListingProgress, SupervisionLetter, SupervisionListing
from anlan.supervision.workflow import PROCESS

S, D = ListingStatus, ListingDeadline
NAME = "document_number"
NEVER = Value(date.min, DateField())
RUNNING: dict[str, set[str]] = {
    S.LISTED: {D.RECTIFY, D.PROGRESS},
    S.RELEASE_REQUESTED: {D.PROGRESS},
    S.RECHECKED: {D.PROGRESS},
}
RULES = {
    "挂牌单位或者属地的路径不符": ~Q(lister_path=F("lister__path")) | ~Q(region_path=F("hidden_danger__region_path")),
    "摘牌早于挂牌": Q(released_at__lt=F("listed_at")),
    "挂牌的隐患没有交办": Q(hidden_danger__dispatched_at=None),
    "挂牌早于隐患登记": Q(listed_at__lt=F("hidden_danger__registered_at")),
    "隐患没有验收就申请摘牌": ~Q(status=S.LISTED) & Q(hidden_danger__accepted_at=None),
    "进展次数与记录不符": ~Q(progress_count=F("progress_there")),
    "管控措施的复查日期与记录不符": ~Q(check_said=F("check_there")),
    "管控措施复查的计时与复查日期不符": ~Q(check_running=F("check_to_run")),
}


def check_invariants(actor: Actor) -> Iterator[Breach]:
    """Every breach among the listings of the actor's county, and matters they should hold open or let go."""
    rows = SupervisionListing.objects.visible_to(actor).order_by()
    yield from processes.broken_histories(PROCESS, rows, NAME)
    yield from processes.broken_periods(PROCESS, rows, RUNNING, loose=(D.CONTROLS,), name=NAME)
    yield from processes.broken_rows(_with_what_is_there(rows), RULES, NAME)
    controls = ListingControl.objects.filter(listing=OuterRef("pk"))
    early = rows.filter(Exists(controls.filter(set_at__lt=OuterRef("listed_at"))))
    yield from processes.named(early, "管控措施早于挂牌", NAME)
    empty = rows.filter(Exists(controls.filter(Q(measures="") | Q(holder=""))))
    yield from processes.named(empty, "没有管控人或者管控内容", NAME)
    lacking = rows.exclude(part_in("hidden_danger_id", "lister_id", ParticipationKind.LISTER))
    yield from processes.named(lacking, "挂牌单位没有参与办理", NAME)
    matters = loop.hidden_dangers(actor, loop.Filters(), clock.today()).order_by()
    held = Exists(SupervisionListing.objects.filter(hidden_danger=OuterRef("pk"), released_at=None))
    yield from processes.named(matters.filter(held, status=loop.Status.CLOSED), "还挂着牌就销号")
    yield from processes.named(matters.filter(~held, status=loop.Status.ACCEPTED), "已验收、没有挂牌而没有销号")


def _with_what_is_there(rows: QuerySet[SupervisionListing]) -> QuerySet[Any]:
    """With what its reports, its controls and its periods say."""
    reports = ListingProgress.objects.filter(listing=OuterRef("pk")).order_by().values("listing")
    last = ListingControl.objects.filter(listing=OuterRef("pk")).order_by("-set_at", "-id").values("check_on")[:1]
    said = Coalesce(F("controls_check_on"), NEVER)
    return rows.annotate(
        progress_there=Coalesce(Subquery(reports.annotate(n=Count("pk")).values("n")), 0),
        check_said=said,
        check_there=Coalesce(Subquery(last), NEVER),
        check_running=Coalesce(processes.due_of_running(D.CONTROLS), NEVER),
        check_to_run=Case(When(released_at=None, then=said), default=NEVER),
    )


def check_letters(actor: Actor) -> Iterator[Breach]:
    """A letter has its reason: a lateness in the history of its matter."""
    rows = SupervisionLetter.objects.visible_to(actor).order_by()
    yield from processes.named(rows.exclude(processes.event_of("event_id", "hidden_danger_id")), "没有对应的逾期", NAME)
    wrong = {"发函单位的路径不符": ~Q(issuer_path=F("issuer__path")), "自己督办自己": Q(issuer=F("addressee"))}
    yield from processes.broken_rows(rows, wrong, NAME)


def register_invariants() -> None:
    """Called when Django is ready."""
    listings, letters = SupervisionListing.objects, SupervisionLetter.objects
    processes.register_invariants(
        processes.Kind("挂牌督办", "件", lambda actor: listings.visible_to(actor).count(), check_invariants)
    )
    processes.register_invariants(
        processes.Kind("督办函", "份", lambda actor: letters.visible_to(actor).count(), check_letters)
    )
