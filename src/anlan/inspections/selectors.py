"""Reads of checks. The first argument of a public one is always the actor."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Cast, Greatest, JSONObject

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import in_subtree, the_one
from anlan.inspections.choices import ActClass, Filing, SelfCheckFindingState, Status, Unchecked
from anlan.inspections.models import (
    CheckAnswer,
    CheckFinding,
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    CheckOfficer,
    CheckRecord,
    SelfCheckFinding,
    SelfCheckSample,
    SelfCheckSampleItem,
)
from anlan.inspections.querysets import CheckRecordQuerySet
from anlan.lib import clock
from anlan.lib.refusals import NotInScope
from anlan.reads.prepared import Given, prepared
from anlan.register import api as enterprises
from anlan.register.api import Site, SiteQuerySet, SupervisedObject
from anlan.sheets.api import bulk
from anlan.territory import api as territory
from anlan.territory.api import GridQuerySet

A_YEAR = 365


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; every part is optional and stands in the URL under its own name."""

    q: str = ""
    act_class: str = ""
    status: str = ""
    region_path: str = ""
    organisation_id: UUID | None = None
    enterprise_id: UUID | None = None
    site_id: UUID | None = None
    object_id: UUID | None = None
    started_from: date | None = None
    started_to: date | None = None
    with_findings: bool = False
    imported: bool | None = None


def checks(actor: Actor, filters: Filters) -> CheckRecordQuerySet:
    """The checks the actor sees, narrowed; the newest first."""
    rows = CheckRecord.objects.visible_to(actor)
    equal = {
        "act_class": filters.act_class,
        "status": filters.status,
        "organisation_id": filters.organisation_id,
        "enterprise_id": filters.enterprise_id,
        "site_id": filters.site_id,
        "supervised_object_id": filters.object_id,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if filters.region_path:
        rows = rows.filter(in_subtree("region_path", filters.region_path))
    if filters.started_from:
        rows = rows.filter(started_at__gte=clock.start_of(filters.started_from))
    if filters.started_to:
        rows = rows.filter(started_at__lt=clock.end_of(filters.started_to))
    if filters.with_findings:
        rows = rows.filter(finding_count__gt=0)
    if filters.imported is not None:
        rows = rows.filter(import_key__isnull=not filters.imported)
    return rows.matching(filters.q) if filters.q else rows


@dataclass(frozen=True)
class Imported:
    """A check that came in with a ledger. ``visible``: inside the asker's scope; what is not tells nothing."""

    check: CheckRecord
    visible: bool


def imported_by_key(actor: Actor, keys: Collection[str]) -> dict[str, Imported]:
    """The checks of these import keys with what a newer row is held against, those the actor sees locked for it."""
    rows = CheckRecord.objects.order_by().filter(bulk.among(CheckRecord, "import_key", keys))
    mine = rows.visible_to(actor, Permission.CHECK_REGISTER).select_for_update(of=("self",))
    seen = set(mine.values_list("id", flat=True))
    named = ("organisation", "enterprise", "site", "supervised_object", "region", "checklist_version")
    known = rows.select_related(*named).prefetch_related("findings")
    return {str(one.import_key): Imported(one, one.id in seen) for one in known}


def is_number_taken(number: str) -> bool:
    return bool(_with_number(Given(number)))


@prepared
def _with_number(number: Given) -> QuerySet[CheckRecord, Any]:
    return CheckRecord.objects.order_by().filter(number=number.value).values_list("id")


def numbers_taken(numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that a check bears already."""
    rows = CheckRecord.objects.order_by().filter(bulk.among(CheckRecord, "number", list(numbers)))
    return set(rows.values_list("number", flat=True))


def all_records(actor: Actor) -> QuerySet[CheckRecord]:
    """Every record in the actor's region, drafts too: to check them, not to show them."""
    return CheckRecord.objects.order_by().filter(in_subtree("region_path", actor.region_path))


def numbers_of_county(code: str) -> set[str]:
    """All that are given in the county of those six digits."""
    return set(CheckRecord.objects.order_by().filter(number__startswith=f"{code}-").values_list("number", flat=True))


def visible_among(actor: Actor, check_ids: Collection[UUID]) -> int:
    """How many of the checks the actor sees."""
    rows = CheckRecord.objects.order_by().visible_to(actor)
    return rows.filter(bulk.among(CheckRecord, "id", list(check_ids))).count() if check_ids else 0


def checks_that_found(hidden_danger_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The check that found it, for those of the hidden dangers that a check found."""
    rows = CheckFinding.objects.filter(hidden_danger_id__in=list(hidden_danger_ids))
    return dict(rows.values_list("hidden_danger_id", "check_record_id"))


def versions_of(actor: Actor, check_ids: Collection[UUID]) -> dict[UUID, int]:
    """The versions of those of the checks that the actor may change, locked."""
    rows = CheckRecord.objects.order_by().visible_to(actor, Permission.CHECK_REGISTER)
    locked = rows.filter(bulk.among(CheckRecord, "id", list(check_ids))).select_for_update(of=("self",))
    return dict(locked.values_list("id", "version"))


def check(actor: Actor, check_id: UUID) -> CheckRecord:
    """One check with its names, in one query; NotInScope (404) outside the scope."""
    rows = CheckRecord.objects.select_related(
        *("region", "organisation", "enterprise", "site", "supervised_object"),
        *("checklist_version__checklist", "registered_by"),
    )
    found: CheckRecord = rows.get_visible(actor, id=check_id)
    return found


def sees(actor: Actor, check_id: UUID) -> bool:
    """Whether the actor may see the check: how its files are guarded."""
    return CheckRecord.objects.visible_to(actor).filter(id=check_id).exists()


def with_parts(actor: Actor, check_id: UUID) -> CheckRecord:
    """The same with officers, answers, findings: four queries, however many there are. A self-check finds inside, every
    other check finds hidden dangers."""
    found = check(actor, check_id)
    answers = Prefetch("answers", CheckAnswer.objects.select_related("item").order_by("item__number"))
    inside = Prefetch("self_check_findings", SelfCheckFinding.objects.select_related("item", "hidden_danger"))
    prefetch_related_objects([found], "officers", answers, inside if found.is_self_check else "findings")
    return found


def check_to_tell(actor: Actor, check_id: UUID) -> CheckRecord:
    """One check with everything the API says of it, in one query: ``told_officers``, ``told_answers``, and
    ``found_dangers``, which `dangers_found` takes from it; NotInScope (404) outside the scope."""
    return the_one(CheckRecord, _to_tell(actor, check_id))


@prepared
def _to_tell(actor: Actor, check_id: UUID) -> CheckRecordQuerySet:
    rows: CheckRecordQuerySet = CheckRecord.objects.visible_to(actor).filter(id=check_id).order_by()
    found = CheckFinding.objects.filter(check_record=OuterRef("pk")).order_by()
    return rows.select_related("region", "organisation", "enterprise", "supervised_object").annotate(
        told_officers=_told(CheckOfficer.objects.order_by("position"), name="name", certificate_no="certificate_no"),
        told_answers=_told(
            CheckAnswer.objects.order_by("item__number"),
            item="item__number", text="item__text", basis="item__basis", answer="answer", note="note",
            number=Cast("number", TextField()),
        ),
        found_dangers=ArraySubquery(found.values("hidden_danger_id")),
    )  # fmt: skip


def _told(parts: QuerySet[Any], **names: Any) -> ArraySubquery:
    """The parts of the check it annotates, as JSON."""
    return ArraySubquery(parts.filter(check_record=OuterRef("pk")).values(json=JSONObject(**names)))


def with_officer_names(rows: CheckRecordQuerySet) -> CheckRecordQuerySet:
    """With ``officer_names``, in the order they signed; no query more."""
    officers = CheckOfficer.objects.filter(check_record=OuterRef("pk")).order_by("position")
    return rows.annotate(officer_names=ArraySubquery(officers.values("name")))


def dangers_found(check: CheckRecord) -> list[UUID]:
    """The hidden dangers a check made. A self-check finds inside, every other check finds hidden dangers."""
    if check.is_self_check:
        return [one.hidden_danger_id for one in check.self_check_findings.all() if one.hidden_danger_id]
    told: list[UUID] | None = getattr(check, "found_dangers", None)
    return told if told is not None else [one.hidden_danger_id for one in check.findings.all()]


def inspections_of(actor: Actor, spot: Site | SupervisedObject, first: date, last: date) -> CheckRecordQuerySet:
    """The filed administrative inspections of a site or an object that the actor sees, begun on those days, the newest
    first, each with ``is_seen``: whether the actor may read the record itself.

    Every organ's count, for the question is how often it was visited; of a record that the actor may not read
    only who and when may be said. Secret visits stay secret.
    """
    here = {"site_id" if isinstance(spot, Site) else "supervised_object_id": spot.id}
    rows: CheckRecordQuerySet = CheckRecord.objects.filed().filter(**here)
    rows = rows.filter(act_class=ActClass.ADMINISTRATIVE_INSPECTION).started_between(first, last)
    seen = CheckRecord.objects.visible_to(actor).order_by().filter(**here).values("id")
    rows = rows.annotate(is_seen=Case(When(id__in=seen, then=True), default=False))
    return rows.filter(Q(is_seen=True) | Q(concealed=False)).select_related("organisation")


def checks_of_day(actor: Actor, on: date) -> CheckRecordQuerySet:
    """The filed checks begun on that legal day: a tile of the desk."""
    rows: CheckRecordQuerySet = CheckRecord.objects.visible_to(actor).filed()
    return rows.exclude(act_class=ActClass.SELF_CHECK).started_between(on, on)


# ── checklists ───────────────────────────────────────────────────────────────────────────────────────────────────────


def checklists(actor: Actor) -> QuerySet[Checklist]:
    """The county's own checklists and the delivered ones; for an enterprise those meant for self-checks."""
    found = Checklist.objects.filter(Q(owner_path="") | Q(owner_path=actor.wall[0]))
    return found.filter(for_self_check=True) if actor.is_enterprise else found


def checklist_versions(actor: Actor) -> list[ChecklistVersion]:
    """The newest version of each checklist, with its items: two queries."""
    newest = ChecklistVersion.objects.filter(checklist=OuterRef("checklist")).order_by("-number").values("id")[:1]
    rows = ChecklistVersion.objects.filter(checklist__in=checklists(actor), id=Subquery(newest))
    return list(rows.select_related("checklist").prefetch_related("items").order_by("checklist__code"))


def checklist_version(actor: Actor, version_id: UUID) -> ChecklistVersion:
    """A version the actor may use, with its checklist. NotInScope (404)."""
    try:
        version = _version(version_id)
    except ChecklistVersion.DoesNotExist as error:
        raise NotInScope("检查表") from error
    if version.checklist.owner_path not in ("", actor.wall[0]):
        raise NotInScope("检查表")
    return version


@lru_cache(maxsize=256)
def _version(version_id: UUID) -> ChecklistVersion:
    """A published version never changes, so it is read once."""
    return ChecklistVersion.objects.select_related("checklist").get(id=version_id)


@lru_cache(maxsize=256)
def items_of(version_id: UUID) -> tuple[ChecklistItem, ...]:
    """The items of a published version, in order; read once."""
    return tuple(ChecklistItem.objects.filter(version_id=version_id).order_by("number"))


def owned_checklist(owner_path: str, code: str) -> Checklist | None:
    return Checklist.objects.filter(owner_path=owner_path, code=code).first()


def latest_version(checklist: Checklist) -> ChecklistVersion | None:
    return checklist.versions.order_by("-number").first()


# ── the monthly self-checks ──────────────────────────────────────────────────────────────────────────────────────────


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def end_of_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def self_checks(actor: Actor, month: date) -> CheckRecordQuerySet:
    """The filed self-checks of the month inside the scope."""
    rows: CheckRecordQuerySet = CheckRecord.objects.visible_to(actor).self_checks_of(month)
    return rows


def due_to_file(actor: Actor, region_path: str = "") -> Any:
    """The enterprises that are to file: those in operation."""
    filters = enterprises.EnterpriseFilters(status=enterprises.OperatingStatus.OPERATING, region_path=region_path)
    return enterprises.enterprises(actor, filters)


def without_self_check(actor: Actor, month: date, region_path: str = "") -> Any:
    """The enterprises that have not filed the month's self-check: a tile of the desk."""
    return due_to_file(actor, region_path).exclude(id__in=self_checks(actor, month).values("enterprise_id"))


def with_filing(actor: Actor, month: date, state: str = "", region_path: str = "") -> Any:
    """The enterprises with ``filing_id`` and ``filing_at`` of the month, narrowed to one state of filing."""
    mine = self_checks(actor, month).filter(enterprise_id=OuterRef("pk")).order_by()
    rows = due_to_file(actor, region_path).annotate(
        filing_id=Subquery(mine.values("id")[:1]), filing_at=Subquery(mine.values("filed_at")[:1])
    )
    in_time = clock.end_of(end_of_month(month))
    narrowed = {
        Filing.FILED: Q(filing_at__lt=in_time),
        Filing.LATE: Q(filing_at__gte=in_time),
        Filing.MISSING: Q(filing_at=None),
    }
    return rows.filter(narrowed[Filing(state)]) if state in Filing.values else rows


def filing_counts(actor: Actor, month: date, region_path: str = "") -> dict[str, int]:
    """How many filed, filed late, are missing; in one query."""
    in_time = clock.end_of(end_of_month(month))
    rows = with_filing(actor, month, region_path=region_path).order_by()
    return rows.aggregate(
        total=Count("id"),
        filed=Count("id", filter=Q(filing_at__lt=in_time)),
        late=Count("id", filter=Q(filing_at__gte=in_time)),
        missing=Count("id", filter=Q(filing_at=None)),
    )


def sample_of(actor: Actor, month: date) -> SelfCheckSample | None:
    """The draw of the actor's own organisation for the month."""
    rows = SelfCheckSample.objects.visible_to(actor).filter(month=month)
    return rows.filter(organisation__path=actor.organisation_path).first()


def sample_items(sample: SelfCheckSample) -> Sequence[SelfCheckSampleItem]:
    """What was drawn, in the order of the draw."""
    rows = SelfCheckSampleItem.objects.filter(sample=sample).select_related("check_record__enterprise", "verified_by")
    return list(rows.order_by("position"))


def is_sampled(check: CheckRecord) -> bool:
    return SelfCheckSampleItem.objects.filter(check_record=check).exists()


def open_self_check_findings(actor: Actor) -> QuerySet[SelfCheckFinding]:
    """Found by enterprises themselves and not yet put right, the nearest due date first."""
    rows = SelfCheckFinding.objects.visible_to(actor).filter(state=SelfCheckFindingState.OPEN)
    return rows.select_related("check_record__enterprise").order_by("due_on", "id")


def self_check_findings(actor: Actor, region_path: str = "") -> QuerySet[SelfCheckFinding]:
    """What enterprises found themselves in filed self-checks, as far as the actor sees it."""
    rows = SelfCheckFinding.objects.visible_to(actor).filter(check_record__status=Status.FILED)
    return rows.filter(in_subtree("region_path", region_path)) if region_path else rows


def self_check_line(actor: Actor, month: date) -> dict[str, int]:
    """企业自查自改 of a month, its own line beside the official rate: found, closed inside, handed over."""
    rows = SelfCheckFinding.objects.visible_to(actor).filter(check_record__in=self_checks(actor, month).values("id"))
    states = SelfCheckFindingState
    return rows.aggregate(
        found=Count("id"),
        closed=Count("id", filter=Q(state=states.CLOSED)),
        handed_over=Count("id", filter=Q(state=states.HANDED_OVER)),
    )


def finding_of(hidden_danger_id: UUID) -> CheckFinding | None:
    """The check's finding behind a hidden danger; for the reactions."""
    return CheckFinding.objects.filter(hidden_danger_id=hidden_danger_id).first()


def still_secret(check_record_id: UUID) -> bool:
    """Whether a finding of the check is concealed and not at its end."""
    rows = CheckFinding.objects.filter(check_record_id=check_record_id)
    return rows.filter(hidden_danger__concealed=True, hidden_danger__ended_at=None).exists()


def drafts(actor: Actor) -> CheckRecordQuerySet:
    """What the actor has begun and not filed."""
    rows: CheckRecordQuerySet = CheckRecord.objects.visible_to(actor).filter(status=Status.DRAFT)
    return rows


def sees_self_check_finding(actor: Actor, finding_id: UUID) -> bool:
    """Whether the actor may see the finding of a self-check: how its files are guarded."""
    return SelfCheckFinding.objects.visible_to(actor).filter(id=finding_id).exists()


def checks_of_enterprise(enterprise_id: UUID) -> CheckRecordQuerySet:
    """The checks of an enterprise, found in the scope: they go along when it is merged."""
    return CheckRecord.objects.filter(enterprise_id=enterprise_id)


def checks_at_site(site_id: UUID) -> CheckRecordQuerySet:
    """The checks at a site, found in the scope: the same."""
    return CheckRecord.objects.filter(site_id=site_id)


def months_filed_twice(one: UUID, other: UUID) -> list[date]:
    """Months for which both enterprises filed a self-check."""
    filed = CheckRecord.objects.filed().filter(act_class=ActClass.SELF_CHECK)
    months = filed.filter(enterprise_id=other).values("month")
    found = filed.filter(enterprise_id=one, month__in=months).values_list("month", flat=True)
    return sorted(month for month in found if month is not None)


@dataclass(frozen=True)
class UncheckedFilters:
    """What the list of sites nobody has been to is narrowed by."""

    q: str = ""
    unchecked: str = ""
    region_path: str = ""
    tag: str = ""


def unchecked_sites(actor: Actor, filters: UncheckedFilters) -> SiteQuerySet:
    """Sites to be looked after that nobody has checked for a year, with ``last_checked_at``; the never checked first.

    Every organ's visits count, for the question is about the site; self-checks do not, and secret visits stay secret.
    """
    narrowed = enterprises.SiteFilters(q=filters.q, region_path=filters.region_path, tag=filters.tag, supervised=True)
    visits = CheckRecord.objects.filed().filter(site=OuterRef("pk"), concealed=False)
    visits = visits.exclude(act_class=ActClass.SELF_CHECK).order_by("-started_at")
    rows = enterprises.sites(actor, narrowed).annotate(last_checked_at=Subquery(visits.values("started_at")[:1]))
    never = Q(last_checked_at=None)
    long_ago = Q(last_checked_at__lt=clock.start_of(clock.today() - timedelta(days=A_YEAR)))
    choices: dict[str, Q] = {Unchecked.NEVER: never, Unchecked.A_YEAR: long_ago}
    return rows.filter(choices.get(filters.unchecked, never | long_ago)).order_by(
        F("last_checked_at").asc(nulls_first=True), "region_path", "id"
    )


# ── the weekly patrols ───────────────────────────────────────────────────────────────────────────────────────────────


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class UnpatrolledFilters:
    """What the list of grids nobody patrolled is narrowed by."""

    q: str = ""
    region_path: str = ""


def unpatrolled_grids(actor: Actor, filters: UnpatrolledFilters | None = None) -> GridQuerySet:
    """The 综合网格 of villages in which there was no patrol since Monday: a tile of the desk.

    Whoever patrolled counts, for the question is about the grid.
    """
    given = filters or UnpatrolledFilters()
    villages = territory.GridFilters(
        q=given.q,
        region_path=given.region_path,
        kind=territory.GridKind.COMPREHENSIVE,
        level=territory.GridLevel.VILLAGE,
    )
    this_week = Q(started_at__gte=clock.start_of(week_of(clock.today())))
    return territory.grids(actor, villages).filter(
        *(~Exists(patrols.filter(this_week)) for patrols in _patrols_of_a_grid())
    )


def with_last_patrol(grids: GridQuerySet) -> GridQuerySet:
    """With ``last_patrolled_at``; None: there never was one."""
    starts = (patrols.order_by("-started_at").values("started_at")[:1] for patrols in _patrols_of_a_grid())
    return grids.annotate(last_patrolled_at=Greatest(*(Subquery(start) for start in starts)))


def _patrols_of_a_grid() -> tuple[CheckRecordQuerySet, CheckRecordQuerySet]:
    """Those at a site that lies in the outer grid; those in its region where no site says which grid it was."""
    patrols = CheckRecord.objects.order_by().patrols()
    inside = Q(site__grid_places__grid=OuterRef("pk"), site__grid_places__left_at=None)
    elsewhere = Exists(enterprises.basic_places().filter(site=OuterRef("site")))
    return patrols.filter(inside), patrols.filter(~elsewhere, region=OuterRef("region"))
