"""What holds for every matter, however it came to be: by the verbs, with a ledger, or told in bulk. The verbs enforce it
act by act; here it is asked of what stands in the database, for tests and for whoever looks after one."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import combinations
from uuid import UUID

from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, TruncDate

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, ParticipationKind
from anlan.authz.participation import lies_elsewhere, takes_any_part, takes_part
from anlan.hidden_dangers.actions.acceptance import OFFICERS_ON_SITE
from anlan.hidden_dangers.actions.dispatching import MAY_LEAD
from anlan.hidden_dangers.choices import DeadlineName, Level, MajorState, Source, Status
from anlan.hidden_dangers.policies import acceptor, party_organisation
from anlan.hidden_dangers.querysets import HiddenDangerQuerySet
from anlan.hidden_dangers.selectors import Filters, hidden_dangers, load_organisations
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib import clock
from anlan.processes.api import Breach
from anlan.processes.api import invariants as processes

S, D, P = Status, DeadlineName, ParticipationKind
ESTABLISHED = frozenset({S.CONFIRMED, S.DISPATCHED, S.RECTIFYING, S.SUSPENDED, S.SUBMITTED, S.ACCEPTED, S.CLOSED})
UNDER_RECTIFICATION = frozenset({S.DISPATCHED, S.RECTIFYING, S.SUSPENDED})
HANDED_IN = frozenset({S.SUBMITTED, S.ACCEPTED, S.CLOSED})
ACCEPTED = frozenset({S.ACCEPTED, S.CLOSED})
MAY_BE_PROPOSED = frozenset({S.REGISTERED, S.RETURNED_TO_REPORTER, S.CONFIRMED, S.DISPATCHED, S.RECTIFYING})
A_MOMENT = timedelta(minutes=1)
DECIDES = (OrganisationKind.DEPARTMENT, OrganisationKind.FIRE_RESCUE)
RUNNING: dict[str, set[str]] = {
    S.REGISTERED: {D.SCREEN},
    S.CONFIRMED: {D.DISPATCH},
    S.DISPATCHED: {D.ACKNOWLEDGE, D.RECTIFY},
    S.RECTIFYING: {D.RECTIFY},
    S.SUSPENDED: {D.RECTIFY, D.REVIEW_SUSPENSION},
    S.SUBMITTED: {D.ACCEPT},
}
IS_MAJOR = Q(level=Level.MAJOR)
USUAL_ACCEPTOR = Case(
    When(level=Level.MAJOR, then="major_decider_id"), default=Coalesce("dispatcher_id", "screening_id")
)
USUAL_PATH = Case(
    When(level=Level.MAJOR, then="major_decider__path"), default=Coalesce("dispatcher__path", "screening__path")
)
PARTY = Coalesce("party_enterprise__organisation_id", "party_organisation_id")
PARTY_PATH = Coalesce("party_enterprise__organisation__path", "party_organisation__path")
WITHIN_PARTY = Q(party_path__isnull=False, usual_path__startswith=F("party_path"))
"""Where who usually accepts would be the party itself, whoever stands above accepts (requirements, D3)."""


def check_invariants(actor: Actor, only: Iterable[UUID] | None = None) -> list[Breach]:
    """Every breach among the matters the actor sees (or ``only`` those); empty when all is well."""
    rows = hidden_dangers(actor, Filters(), clock.today()).order_by()
    return list(_breaches(rows if only is None else rows.filter(id__in=list(only))))


def _breaches(rows: HiddenDangerQuerySet) -> Iterator[Breach]:
    yield from _rows(rows)
    yield from _holders(rows)
    yield from _periods(rows)
    yield from _parts(rows)
    yield from _decisions(rows)
    yield from _imports(rows)
    yield from processes.broken_periods(PROCESS, rows, RUNNING, loose=(D.DECIDE_MAJOR,))
    yield from processes.broken_histories(PROCESS, rows)


def check_all(actor: Actor) -> Iterator[Breach]:
    """The same, one after the other as they are found."""
    return _breaches(hidden_dangers(actor, Filters(), clock.today()).order_by())


def count_matters(actor: Actor) -> int:
    return hidden_dangers(actor, Filters(), clock.today()).order_by().count()


def _rows(rows: HiddenDangerQuerySet) -> Iterator[Breach]:
    found_on = TruncDate("registered_at", tzinfo=clock.SHANGHAI)
    rules = {**FACTS, **_days(), **MAJOR, **PEOPLE}
    return processes.broken_rows(rows.annotate(found_on=found_on), rules)


FACTS = {
    "已成立而没有核定时间": Q(status__in=ESTABLISHED, confirmed_at=None),
    "整改中而没有交办": Q(status__in=UNDER_RECTIFICATION, dispatched_at=None),
    "交办而没有处置方式": Q(dispatched_at__isnull=False, modes=[]),
    "报验以后而没有报验时间": Q(status__in=HANDED_IN, submitted_at=None),
    "状态与验收时间不符": Q(status__in=ACCEPTED, accepted_at=None)
    | (~Q(status__in=ACCEPTED) & Q(accepted_at__isnull=False)),
    "已核定而没有等级": Q(confirmed_at__isnull=False, level=""),
    "没有描述或者地点": Q(description__regex=r"^\s*$") | Q(place__regex=r"^\s*$"),
    "不在县（市、区）内": Q(region__level__in=("PROVINCE", "CITY")),
    "不该保密": Q(concealed=True)
    & (~Q(source=Source.UNANNOUNCED_CHECK) | Q(status__in=UNDER_RECTIFICATION | HANDED_IN)),
    "办理单位或者属地的路径不符": ~Q(holder_path=F("holder__path")) | ~Q(region_path=F("region__path")),
}


def _days() -> dict[str, Q]:
    """Moments in their order; what is not there is passed over."""
    lines = (
        ("registered_at", "confirmed_at", "dispatched_at"),
        ("registered_at", "submitted_at", "accepted_at", "ended_at"),
    )
    pairs = dict.fromkeys(pair for line in lines for pair in combinations(line, 2))
    found = {f"{later} 早于 {earlier}": Q(**{f"{later}__lt": F(earlier)}) for earlier, later in pairs}
    found["更新时间晚于现在"] = Q(changed_at__gt=clock.now() + A_MOMENT)
    return {**found, "原定期限早于发现": Q(original_due_on__lt=F("found_on"))}


MAJOR = {
    "待判定而继续办理": Q(major_state=MajorState.PROPOSED, ended_at=None) & ~Q(status__in=MAY_BE_PROPOSED),
    "重大而没有条款或者判定部门": IS_MAJOR & (Q(clause="") | Q(major_decider=None)),
    "重大由不是部门的单位判定": IS_MAJOR & Q(major_decider__isnull=False) & ~Q(major_decider__kind__in=DECIDES),
    "重大报验而五到位不全": IS_MAJOR
    & Q(status__in=HANDED_IN)
    & (
        Q(plan=None)
        | Q(plan__plan="")
        | Q(plan__due_on=None)
        | Q(plan__person="")
        | Q(plan__funds_cny=None)
        | Q(plan__measures="")
    ),
}
PEOPLE = {
    "验收人就是报验人": Q(accepted_by__isnull=False, accepted_by=F("submitted_by")),
    "主办单位不能主办": Q(lead__isnull=False)
    & (~Q(lead__kind__in=MAY_LEAD) | ~Q(lead__region__wall_path=F("region__wall_path"))),
    "渠道与上报单位不符": Q(import_key=None)
    & (
        (Q(reporter__kind=OrganisationKind.ENTERPRISE) & ~Q(source=Source.SELF_CHECK))
        | (~Q(reporter__kind=OrganisationKind.ENTERPRISE) & Q(source=Source.SELF_CHECK))
    ),
    "没有报验人": Q(import_key=None, submitted_at__isnull=False, submitted_by=None),
}


def _holders(rows: HiddenDangerQuerySet) -> Iterator[Breach]:
    handed_in = Q(status__in=HANDED_IN, dispatched_at__isnull=False)
    known = rows.annotate(usual=USUAL_ACCEPTOR, usual_path=USUAL_PATH, party_path=PARTY_PATH)
    what = "办理单位不对"
    rules = {
        what: (Q(status__in=(S.REGISTERED, S.CONFIRMED)) & ~Q(holder=F("screening")))
        | (Q(status=S.RETURNED_TO_REPORTER) & ~Q(holder=F("reporter")))
        | (Q(status__in=UNDER_RECTIFICATION, lead__isnull=False) & ~Q(holder=F("lead")))
        | (handed_in & Q(usual__isnull=False) & ~WITHIN_PARTY & ~Q(holder=F("usual")))
    }
    yield from processes.broken_rows(known, rules)
    for matter in known.filter(WITHIN_PARTY, status__in=HANDED_IN).select_related("party_enterprise"):
        load_organisations(matter)
        party, who = party_organisation(matter), acceptor(matter)
        if party is not None and who is not None and who.path.startswith(party.path):
            yield Breach(matter.number, "由责任单位自己验收")
        if matter.dispatched_at is not None and who is not None and matter.holder_id != who.id:
            yield Breach(matter.number, what)


def _periods(rows: HiddenDangerQuerySet) -> Iterator[Breach]:
    waits = rows.filter(pk__in=processes.running_of_kind(D.DECIDE_MAJOR)).exclude(major_state=MajorState.PROPOSED)
    yield from processes.named(waits, "没有提请判定而在等判定")
    running = rows.filter(pk__in=processes.running_of_kind(D.RECTIFY))
    astray = running.annotate(running=processes.due_of_running(D.RECTIFY)).exclude(running=F("due_on"))
    yield from processes.named(astray, "整改计时的日期不是整改期限")


def _parts(rows: HiddenDangerQuerySet) -> Iterator[Breach]:
    dispatched = Q(dispatched_at__isnull=False) & ~Q(status=S.CONFIRMED)
    needed = (
        (P.REPORTER, "reporter_id", Q()),
        (P.SCREENING, "screening_id", Q()),
        (P.DISPATCHER, "dispatcher_id", dispatched),
        (P.LEAD, "lead_id", dispatched),
        (P.PARTY, "party", Q(party__isnull=False, status__in=UNDER_RECTIFICATION | HANDED_IN)),
        (P.MAJOR_DECIDER, "major_decider_id", Q(major_decider__isnull=False) & ~Q(major_state=MajorState.NONE)),
    )
    known = rows.annotate(party=PARTY)
    for kind, column, condition in needed:
        lacking = known.filter(condition).exclude(takes_part(column, kind))
        yield from processes.named(lacking, f"{kind.label}没有参与办理")
    yield from processes.named(rows.exclude(takes_any_part("holder_id")), "当前办理单位没有参与办理")
    yield from processes.named(rows.filter(lies_elsewhere()), "参与办理的属地与隐患的不符")


def _decisions(rows: HiddenDangerQuerySet) -> Iterator[Breach]:
    decided = rows.filter(major_state__in=(MajorState.CONFIRMED, MajorState.REFUSED))
    undecided = decided.exclude(processes.happened_to(verb__in=("confirm_major", "refuse_major")))
    yield from processes.named(undecided, "已判定而历史里没有判定")
    majors = rows.filter(IS_MAJOR)
    accepted = majors.filter(status__in=ACCEPTED).annotate(
        officers=processes.last_payload("accept_rectification", "officers")
    )
    few = [str(n) for n in range(OFFICERS_ON_SITE)]
    yield from processes.named(accepted.filter(officers__in=few), "重大由不足两名执法人员验收")
    yield from processes.named(majors.filter(processes.happened_to(verb="fix_on_the_spot")), "重大按立即整改了结")


def _imports(rows: HiddenDangerQuerySet) -> Iterator[Breach]:
    brought = processes.happened_to(imported_at__isnull=False)
    what = "导入标记与历史不符"
    yield from processes.named(rows.filter(brought, import_key=None), what)
    yield from processes.named(rows.filter(import_key__isnull=False).exclude(brought), what)
    yield from processes.broken_rows(
        rows,
        {
            "导入标记与台账记载不符": Q(import_key=None, imported__isnull=False)
            | Q(import_key__isnull=False, imported=None)
        },
    )


def register_invariants() -> None:
    """Called when Django is ready."""
    processes.register_invariants(processes.Kind("隐患", "件", count_matters, check_all))
