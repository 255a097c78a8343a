"""What holds for every record of a process, however it came to be. The acts enforce it one by one; here it is asked of
what stands in the database, set by set, for whoever looks after one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat, Lag, RowNumber

from anlan.authz.actors import Actor
from anlan.ledger import api as ledger
from anlan.lib import merkle
from anlan.processes.choices import DeadlineState, EventKind
from anlan.processes.chronicles import LEAF_COLUMNS, as_json, entries_of, leaf_of
from anlan.processes.models import Deadline, DeadlineEffect, Event
from anlan.processes.tables import PROCESSES, Process

RUNNING = (DeadlineState.OPEN, DeadlineState.PAUSED)
WITHDRAW = "withdraw"
AT_ONCE = 20_000


@dataclass(frozen=True)
class Breach:
    """``what`` does not hold for the record; ``number`` is what people call it, its id where it has no number."""

    number: str
    what: str


@dataclass(frozen=True)
class Kind:
    """Records that are checked together. ``count`` is how many the actor sees, ``breaches`` what does not hold."""

    label: str
    unit: str
    count: Callable[[Actor], int]
    breaches: Callable[[Actor], Iterable[Breach]]


KINDS: list[Kind] = []


def register_invariants(kind: Kind) -> None:
    """Let ``anlan check`` look at a slice's records too."""
    KINDS.append(kind)


# ── one row ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def broken_rows(rows: QuerySet[Any], rules: Mapping[str, Q], name: str = "number") -> Iterator[Breach]:
    """Rules that one row breaks, all in one pass: ``rules`` are the conditions of those that do, by what they say."""
    any_of = Q()
    for broken in rules.values():
        any_of |= broken
    flags = {
        f"rule_{n}": Case(When(broken, then=Value(1)), default=Value(0)) for n, broken in enumerate(rules.values())
    }
    whats = list(rules)
    for number, *found in rows.order_by().filter(any_of).annotate(**flags).values_list(name, *flags):
        yield from (Breach(str(number), whats[n]) for n, flag in enumerate(found) if flag)


def named(rows: QuerySet[Any], what: str, name: str = "number") -> Iterator[Breach]:
    """Each of the rows breaks the rule."""
    return (Breach(str(number), what) for number in rows.order_by().values_list(name, flat=True))


# ── histories ────────────────────────────────────────────────────────────────────────────────────────────────────────


def broken_histories(process: Process, rows: QuerySet[Any], name: str = "number") -> Iterator[Breach]:
    """Histories that do not follow the transition table from the registration to the status the record stands at."""
    for subject_id, what in _broken_steps(process, rows):
        yield from named(rows.filter(pk=subject_id), what, name)
    mine = _transitions(process).filter(subject_id=OuterRef("pk"))
    last = Subquery(mine.order_by("-at", "-id").values("to_status")[:1])
    own = mine.filter(imported_at=None).order_by().values("subject_id")
    steps = Subquery(own.annotate(n=Count("pk")).values("n"))
    rules = {
        "没有办理历史": Q(last_status=None),
        "状态与办理历史的最后一步不符": Q(last_status__isnull=False) & ~Q(last_status=F("status")),
        "版本号小于办理步数": Q(steps__gt=F("version")),
    }
    yield from broken_rows(rows.annotate(last_status=last, steps=steps), rules, name)


def _transitions(process: Process) -> QuerySet[Event]:
    return Event.objects.filter(subject_type=process.subject_type, kind=EventKind.TRANSITION)


def _broken_steps(process: Process, rows: QuerySet[Any]) -> Iterator[tuple[UUID, str]]:
    """One pass over the transitions, each beside the one before it."""
    one_after_another: dict[str, Any] = {"partition_by": "subject_id", "order_by": ("at", "id")}
    of_rows = rows.order_by().values("pk")
    beside = (
        _transitions(process)
        .filter(subject_id__in=of_rows)
        .annotate(
            place=Window(RowNumber(), **one_after_another),
            before=Window(Lag("to_status"), **one_after_another),
            imported_before=Window(Lag("imported_at"), **one_after_another),
            move=Concat("verb", Value(">"), "from_status", Value(">"), "to_status", output_field=TextField()),
        )
    )
    rules = {
        "办理历史不是从登记开始": Q(place=1) & ~Q(from_status=""),
        "办理历史前后不接": Q(place__gt=1) & ~Q(from_status=F("before")),
        "有流程表不允许的一步": ~Q(move__in=_moves(process)) & ~Q(verb=WITHDRAW),
        "平台上办理之后又有导入的一步": Q(place__gt=1, imported_at__isnull=False, imported_before=None),
        "导入的一步带有撤回内容": Q(imported_at__isnull=False) & ~Q(undo={}),
    }
    wrong = Q()
    for rule in rules.values():
        wrong |= rule
    flags = {f"rule_{n}": Case(When(rule, then=Value(1)), default=Value(0)) for n, rule in enumerate(rules.values())}
    found = beside.filter(wrong).annotate(**flags).order_by().values_list("subject_id", *flags)
    for subject_id, *broken in found:
        yield from ((subject_id, what) for what, flag in zip(rules, broken, strict=True) if flag)


def _moves(process: Process) -> list[str]:
    return [
        f"{row.verb}>{source}>{row.leads_to(source)}"
        for row in process.transitions
        for source in row.sources
        if row.verb != WITHDRAW
    ]


def happened_to(**lookup: Any) -> Exists:
    """Whether such an event happened to the row."""
    return Exists(Event.objects.filter(subject_id=OuterRef("pk"), **lookup))


def happened_to_the(subject: str, **lookup: Any) -> Exists:
    """Whether such an event happened to the subject whose id stands in that column."""
    return Exists(Event.objects.filter(subject_id=OuterRef(subject), **lookup))


def event_of(event: str, subject: str) -> Exists:
    """Whether the event whose id stands in the one column happened to the subject whose id stands in the other."""
    return Exists(Event.objects.filter(id=OuterRef(event), subject_id=OuterRef(subject)))


def last_payload(verb: str, key: str) -> Subquery:
    """What the last event of that verb says under the key, as text."""
    mine = Event.objects.filter(subject_id=OuterRef("pk"), verb=verb).order_by("-at", "-id")
    return Subquery(mine.annotate(said=KT(f"payload__{key}")).values("said")[:1])


# ── periods ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def broken_periods(
    process: Process, rows: QuerySet[Any], running: Mapping[str, Collection[str]], loose: Collection[str] = (),
    name: str = "number",
) -> Iterator[Breach]:  # fmt: skip
    """Periods that run although the status has none of that kind, or do not run although it has. ``loose`` kinds are
    the caller's."""
    mine = Deadline.objects.filter(subject_type=process.subject_type, state__in=RUNNING)
    for status, kinds in running.items():
        for kind in sorted(kinds):
            lacking = rows.filter(status=status).exclude(Exists(mine.filter(subject_id=OuterRef("pk"), kind=kind)))
            yield from named(lacking, f"缺少在走的“{process.deadlines[kind].label}”期限", name)
    for kind in sorted({*process.deadlines} - {*loose}):
        allowed = [status for status, kinds in running.items() if kind in kinds]
        astray = rows.filter(pk__in=mine.filter(kind=kind).order_by().values("subject_id")).exclude(status__in=allowed)
        yield from named(astray, f"不应有在走的“{process.deadlines[kind].label}”期限", name)
    early = DeadlineEffect.objects.filter(deadline=OuterRef("pk"), step__gte=OuterRef("next_step"))
    ahead = Deadline.objects.filter(Exists(early), subject_type=process.subject_type)
    yield from named(rows.filter(pk__in=ahead.order_by().values("subject_id")), "期限的提醒与已发生的不符", name)
    after = DeadlineEffect.objects.filter(deadline=OuterRef("pk"), at__gt=OuterRef("ended_at"))
    gone = Deadline.objects.filter(Exists(after), subject_type=process.subject_type)
    yield from named(rows.filter(pk__in=gone.order_by().values("subject_id")), "期限结束以后还有提醒或者逾期", name)


def running_of_kind(kind: str, **lookup: Any) -> QuerySet[Any]:
    """The ids of subjects with a running period of the kind, as a subquery."""
    return Deadline.objects.filter(kind=kind, state__in=RUNNING, **lookup).order_by().values("subject_id")


def due_of_running(kind: str) -> Subquery:
    """The date of the running period of the kind; null when none runs."""
    mine = Deadline.objects.filter(subject_id=OuterRef("pk"), kind=kind, state__in=RUNNING)
    return Subquery(mine.order_by().values("due_on")[:1])


# ── the ledger ───────────────────────────────────────────────────────────────────────────────────────────────────────


def count_events(actor: Actor) -> int:
    return _seen(actor).count()


def broken_seals(actor: Actor) -> Iterator[Breach]:
    """Every event has its own ledger entry, or belongs to a chronicle whose entry carries the root over it."""
    sealed = sorted(entries_of(actor), key=lambda entry: str(entry.payload["first"]))
    for entry in sealed:
        if (what := _wrong_with(entry)) is not None:
            yield Breach(f"账本 {entry.seq}", what)
    own = ledger.LedgerEntry.objects.annotate(said=KT("payload__event"))
    alone = ~Exists(own.filter(said=Cast(OuterRef("id"), TextField())))
    lone = _seen(actor).filter(_outside(sealed), alone, imported_at=None)
    for event_id in lone.order_by().values_list("id", flat=True).iterator(AT_ONCE):
        yield Breach(str(event_id), "办理历史的这一步没有账本记录")


def _outside(sealed: Sequence[Any]) -> RawSQL:
    """Whether an event lies in none of the chronicles, which are given in the order of their ids: between two of them,
    before the first or after the last."""
    lows = [UUID(int=0), *(UUID(entry.payload["last"]) for entry in sealed)]
    highs = [*(UUID(entry.payload["first"]) for entry in sealed), UUID(int=2**128 - 1)]
    return RawSQL(
        "processes_event.id IN (SELECT one.id FROM unnest(%s::uuid[], %s::uuid[]) AS gap (low, high)"
        " CROSS JOIN LATERAL (SELECT id FROM processes_event WHERE id > gap.low AND id < gap.high OFFSET 0) AS one)",
        [lows, highs],
        BooleanField(),
    )


def _seen(actor: Actor) -> QuerySet[Event]:
    return Event.objects.filter(region_path__startswith=actor.region_path, subject_type__in=list(PROCESSES))


def _wrong_with(entry: Any) -> str | None:
    said = entry.payload
    events = Event.objects.filter(id__gte=said["first"], id__lte=said["last"]).order_by("id")
    rows = events.values_list(_HEAD, "payload", "note", "salt").iterator(AT_ONCE)
    leaves = [leaf_of(head, as_json(payload), note, salt) for head, payload, note, salt in rows]
    if len(leaves) != said["events"]:
        return f"成批写入的办理历史应有 {said['events']} 步，现有 {len(leaves)} 步"
    return None if merkle.tree_hash(leaves).hex() == said["merkle_root"] else "成批写入的办理历史与账本的默克尔根不符"


def _in_leaf(column: str) -> Any:
    """A column as a leaf has it."""
    if column == "at":
        return Func(
            F(column), template="to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        )
    return Coalesce(Cast(column, TextField()), Value("None")) if column in ("user_id", "organisation_id") else F(column)


_HEAD = Func(Value("\t"), *map(_in_leaf, LEAF_COLUMNS), function="concat_ws", output_field=TextField())
"""What ``leaf_of`` calls the head, put together by the database: a value a row instead of ten."""


def kinds() -> list[Kind]:
    """Everything there is to check, what costs most last."""
    return [*KINDS, Kind("办理历史与账本", "步", count_events, broken_seals)]
