"""What indicators count: rows through the doors of the slices, inside the scope of the actor, with the keys they can
be split by. Whatever may have moved on since the end of the period is put back to how it stood (``…_then``)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, DateField, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from anlan.authz.actors import Actor
from anlan.hidden_dangers import api as loop
from anlan.inspections import api as inspections
from anlan.oversight.questions import Question
from anlan.processes import api as processes
from anlan.supervision import api as supervision

Rows = QuerySet[Any]
Keys = Mapping[str, Callable[[Question, Actor], Any]]

AGES = ((7, "7 天以内"), (30, "8～30 天"), (90, "31～90 天"), (180, "91～180 天"))
OLDEST = "180 天以上"


@dataclass(frozen=True)
class Population:
    """``rows`` inside the scope; ``keys`` by split; ``narrows`` are the filters it knows beside region and period;
    ``multiplied`` the splits that can show a row in several parts. With ``of_period`` the rows are those of the period;
    without it the first day makes no difference to rows and keys, only the measures know it, so that a trend and what
    stands beside it are counted together."""

    code: str
    rows: Callable[[Actor, Question], Rows]
    keys: Keys
    narrows: frozenset[str]
    multiplied: frozenset[str] = frozenset()
    of_period: bool = False


# ── matters ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def matters(actor: Actor, asked: Question) -> Rows:
    """Hidden dangers, as they stood at the end of the period."""
    filters = loop.Filters(region_path=asked.region_path, sector=asked.sector, source=asked.source)
    rows = _as_they_stood(loop.hidden_dangers(actor, filters, asked.day), asked)
    return rows.filter(level_then=asked.level) if asked.level else rows


def _as_they_stood(rows: Rows, asked: Question) -> Rows:
    rows = rows.order_by()
    if not asked.is_past:
        return rows.alias(
            level_then=F("level"),
            status_then=F("status"),
            due_then=F("due_on"),
            original_due_then=F("original_due_on"),
        )
    # A column stands before what is looked up: the database asks in this order, and stops at the first no.
    graded_since = Q(level=loop.Level.MAJOR) & Q(processes.happened("hidden_danger.major_confirmed", since=asked.ends))
    return rows.alias(
        level_then=Case(
            When(graded_since, then=Value(loop.Level.GENERAL.value)), default=F("level"), output_field=CharField()
        ),
        status_then=Coalesce(processes.status_before(asked.ends), F("status")),
        due_then=_day_then("due_on", asked),
        original_due_then=_day_then("original_due_on", asked),
    )


MAY_HAVE_MOVED = Q(extension_count__gt=0) | Q(bounce_count__gt=0) | Q(return_count__gt=0)
"""Only what was extended, bounced or returned has had another due date."""


def _day_then(column: str, asked: Question) -> Any:
    before = Cast(processes.value_before(column, asked.ends), DateField())
    moved = When(MAY_HAVE_MOVED, then=Coalesce(before, F(column)))
    return Case(moved, default=F(column), output_field=DateField())


def registered(asked: Question) -> Q:
    return Q(registered_at__gte=asked.begins, registered_at__lt=asked.ends)


def established(asked: Question) -> Q:
    """Confirmed and not terminated (D2): neither what waits to be confirmed, nor dismissed, merged or sent back."""
    if not asked.is_past:
        return Q(confirmed_at__isnull=False, status__in=loop.ESTABLISHED_STATUSES)
    terminated_since = Q(status=loop.Status.TERMINATED, ended_at__gte=asked.ends)
    return Q(confirmed_at__lt=asked.ends) & (Q(status__in=loop.ESTABLISHED_STATUSES) | terminated_since)


def closed(asked: Question) -> Q:
    return Q(status=loop.Status.CLOSED, ended_at__lt=asked.ends)


def still_open(asked: Question) -> Q:
    return Q(ended_at=None) | Q(ended_at__gte=asked.ends)


def official(asked: Question) -> Q:
    """Not 企业自查: a general one an enterprise found itself is on its own line, a major one never (DOMAIN §4)."""
    return ~Q(source=loop.Source.SELF_CHECK) | Q(level_then=loop.Level.MAJOR)


def major(asked: Question) -> Q:
    return Q(level_then=loop.Level.MAJOR)


def late(asked: Question) -> Q:
    """Still to be put right although its due date has passed; a suspended one rests, a submitted one waits for others."""
    return still_open(asked) & Q(status_then__in=loop.AWAITING_RECTIFICATION, due_then__lt=asked.day)


def due(asked: Question) -> Q:
    """The original due date, which no extension moves, lies in the period."""
    return Q(original_due_then__gte=asked.first, original_due_then__lte=asked.last)


def submitted_in_time(asked: Question) -> Q:
    return Q(submitted_on__lte=F("original_due_then"))


def dispatched(asked: Question) -> Q:
    """Dispatched in the period; one that was bounced counts where it was dispatched first."""
    once = Q(bounce_count=0, dispatched_at__gte=asked.begins, dispatched_at__lt=asked.ends)
    first = processes.happened("hidden_danger.dispatched", since=asked.begins, before=asked.ends)
    return once | Q(bounce_count__gt=0) & Q(first)


def bounced(asked: Question) -> Q:
    """Bounced in the period."""
    back = processes.happened("hidden_danger.bounced", since=asked.begins, before=asked.ends)
    return Q(bounce_count__gt=0) & Q(back)


def listed(asked: Question) -> Q:
    """Somebody listed it for supervision in the period."""
    return Q(id__in=supervision.matters_listed_between(asked.begins, asked.ends))


def released(asked: Question) -> Q:
    """No listing of it stands at the end."""
    return ~Q(id__in=supervision.matters_still_listed(asked.ends))


def still_listed(asked: Question) -> Q:
    """A listing of it stands at the end."""
    return Q(id__in=supervision.matters_still_listed(asked.ends))


def controlled(asked: Question) -> Q:
    """None of the listings that stand at the end lacks controls in force."""
    return ~Q(id__in=supervision.matters_without_controls(asked.ends, asked.day))


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Prefix(Func):
    """The first ``depth`` segments of a path; null when it has fewer."""

    output_field = TextField()

    def __init__(self, column: str, depth: int) -> None:
        above = "".join(f"split_part(%(expressions)s, '/', {place}) || '/' || " for place in range(1, depth))
        super().__init__(F(column), template=f"({above}NULLIF(split_part(%(expressions)s, '/', {depth}), '') || '/')")


class _Month(Func):
    template = "to_char(%(expressions)s AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')"
    output_field = TextField()


def _below(column: str) -> Callable[[Question, Actor], Any]:
    """The region one level below the one asked for; empty: the region itself."""

    def key(asked: Question, actor: Actor) -> Any:
        return _Prefix(column, (asked.region_path or actor.region_path).count("/") + 1)

    return key


def _column(name: str) -> Callable[[Question, Actor], Any]:
    return lambda asked, actor: F(name)


def _month(name: str) -> Callable[[Question, Actor], Any]:
    return lambda asked, actor: _Month(F(name))


def _age(asked: Question, actor: Actor) -> Any:
    """How long ago it was registered, on the day lateness is measured on."""
    cases = [
        When(registered_at__gte=asked_from, then=Value(str(days)))
        for days, asked_from in ((days, _days_before(asked, days)) for days, _ in AGES)
    ]
    return Case(*cases, default=Value("more"), output_field=TextField())


def _days_before(asked: Question, days: int) -> Any:
    from_day = asked.day - timedelta(days=days) if asked.day.toordinal() > days else asked.day
    return Question(from_day, asked.last, now=asked.now).begins


MATTERS = Population(
    code="hidden_danger",
    rows=lambda actor, asked: matters(actor, asked).alias(submitted_on=_legal_date("submitted_at")),
    keys={
        "region": _below("region_path"),
        "sector": _column("sector"),
        "organisation": _column("lead_id"),
        "source": _column("source"),
        "level": _column("level_then"),
        "month": _month("registered_at"),
        "age": _age,
    },
    narrows=frozenset({"sector", "source", "level"}),
)


def _legal_date(column: str) -> Any:
    local = Func(F(column), template="(%(expressions)s AT TIME ZONE 'Asia/Shanghai')", output_field=TextField())
    return Cast(local, DateField())


# ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def checks(actor: Actor, asked: Question) -> Rows:
    """Filed checks of organs that began in the period; 企业自查 is no check of an organ, a voided one never was."""
    filters = inspections.Filters(region_path=asked.region_path, started_from=asked.first, started_to=asked.last)
    rows = inspections.checks(actor, filters).filed().exclude(act_class=inspections.ActClass.SELF_CHECK)
    rows = rows.filter(filed_at__lt=asked.ends).order_by()
    return rows.filter(site__regulators__sector=asked.sector) if asked.sector else rows


def found_by_checks(actor: Actor, asked: Question) -> Rows:
    """The hidden dangers those checks found, as far as the actor sees them."""
    rows = _as_they_stood(loop.hidden_dangers(actor, loop.Filters(), asked.day), asked)
    return rows.filter(check_finding__check_record__in=checks(actor, asked).values("id"))


def _of_check(prefix: str) -> Keys:
    return {
        "region": _below(f"{prefix}region_path"),
        "sector": _column(f"{prefix}site__regulators__sector"),
        "organisation": _column(f"{prefix}organisation_id"),
        "act_class": _column(f"{prefix}act_class"),
        "month": _month(f"{prefix}started_at"),
    }


CHECKS = Population(
    code="check",
    rows=checks,
    keys=_of_check(""),
    narrows=frozenset({"sector"}),
    multiplied=frozenset({"sector"}),
    of_period=True,
)
FOUND_BY_CHECKS = Population(
    code="hidden_danger",
    rows=found_by_checks,
    keys=_of_check("check_finding__check_record__"),
    narrows=frozenset({"sector"}),
    multiplied=frozenset({"sector"}),
    of_period=True,
)

# ── what enterprises found and put right themselves ──────────────────────────────────────────────────────────────────


def self_findings(actor: Actor, asked: Question) -> Rows:
    """Found in filed self-checks and, at the end of the period, not handed over to the government."""
    rows = inspections.self_check_findings(actor, asked.region_path).order_by()
    rows = rows.filter(sector=asked.sector) if asked.sector else rows
    return rows.filter(Q(hidden_danger=None) | Q(hidden_danger__registered_at__gte=asked.ends))


SELF_FINDINGS = Population(
    code="self_check_finding",
    rows=self_findings,
    keys={
        "region": _below("region_path"),
        "sector": _column("sector"),
        "month": _month("check_record__filed_at"),
    },
    narrows=frozenset({"sector"}),
)
