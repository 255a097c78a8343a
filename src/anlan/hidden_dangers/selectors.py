"""Reads. The first argument of a public one is always the actor."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Min, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import JSONObject

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.authz.permissions import Permission
from anlan.authz.scope import in_subtree
from anlan.hidden_dangers.choices import Decision, MajorState
from anlan.hidden_dangers.models import (
    Extension,
    HiddenDanger,
    ImportedMatter,
    RectificationPlan,
    RuleFinding,
    Suspension,
)
from anlan.hidden_dangers.querysets import HiddenDangerQuerySet
from anlan.http.api import count_each, count_each_by
from anlan.lib import clock
from anlan.lib.refusals import NotInScope
from anlan.sheets.api import bulk

CASE_RELATIONS = ("region", "site", "registered_by", "party_enterprise", "plan", "imported__imported_by")
CASE_ORGANISATIONS = (
    "holder",
    "reporter",
    "screening",
    "confirmed_by",
    "major_decider",
    "dispatcher",
    "lead",
    "party_organisation",
)
SHOWN_FINDINGS = 5
"""So many findings of rules, the newest, are shown with a matter."""


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; every part is optional and stands in the URL under its own name."""

    q: str = ""
    status: tuple[str, ...] = ()
    level: str = ""
    source: str = ""
    sector: str = ""
    region_path: str = ""
    holder_id: UUID | None = None
    lead_id: UUID | None = None
    enterprise_id: UUID | None = None
    site_id: UUID | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    state: str = ""
    imported: bool | None = None


def hidden_dangers(actor: Actor, filters: Filters, on: date) -> HiddenDangerQuerySet:
    """The matters the actor sees, narrowed; ``on`` is the legal date lateness is measured at."""
    rows = HiddenDanger.objects.visible_to(actor)
    equal: dict[str, Any] = {
        "level": filters.level,
        "source": filters.source,
        "sector": filters.sector,
        "holder_id": filters.holder_id,
        "lead_id": filters.lead_id,
        "party_enterprise_id": filters.enterprise_id,
        "site_id": filters.site_id,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if filters.source and actor.is_enterprise:
        # Nothing may tell an enterprise by which channel somebody else reported it, a filter neither.
        rows = rows.filter(reporter_id=actor.organisation_id)
    if filters.status:
        rows = rows.filter(status__in=filters.status)
    if filters.imported is not None:
        rows = rows.filter(import_key__isnull=not filters.imported)
    if filters.region_path:
        rows = rows.filter(in_subtree("region_path", filters.region_path))
    if filters.q:
        rows = rows.matching(filters.q)
    rows = _registered_between(rows, filters)
    return STATES[filters.state](rows, actor, on) if filters.state else rows


def _registered_between(rows: HiddenDangerQuerySet, filters: Filters) -> HiddenDangerQuerySet:
    if filters.registered_from:
        rows = rows.filter(registered_at__gte=clock.start_of(filters.registered_from))
    if filters.registered_to:
        rows = rows.filter(registered_at__lt=clock.end_of(filters.registered_to))
    return rows


def _my_turn(rows: HiddenDangerQuerySet, actor: Actor, on: date) -> HiddenDangerQuerySet:
    if actor.is_enterprise:
        return rows.turn_of_party(actor.organisation_id)
    return rows.turn_of_organ(actor.organisation_id)


def _found(rows: HiddenDangerQuerySet, actor: Actor, on: date) -> HiddenDangerQuerySet:
    # Whether it counts depends on the channel, of which an enterprise is told nothing.
    return rows.none() if actor.is_enterprise else rows.found()


STATES: dict[str, Callable[[HiddenDangerQuerySet, Actor, date], HiddenDangerQuerySet]] = {
    "open": lambda rows, actor, on: rows.open(),
    "overdue": lambda rows, actor, on: rows.overdue(on),
    "due_soon": lambda rows, actor, on: rows.due_between(on, on + timedelta(days=3)),
    "major_pending": lambda rows, actor, on: rows.open().filter(major_state=MajorState.PROPOSED),
    "mine": _my_turn,
    "to_decide": lambda rows, actor, on: rows.major_to_decide(actor.organisation_id),
    "reported": lambda rows, actor, on: rows.filter(reporter_id=actor.organisation_id),
    "unacknowledged": lambda rows, actor, on: rows.unacknowledged(on),
    "without_five": lambda rows, actor, on: rows.without_five(),
    "bounced": lambda rows, actor, on: rows.bounced(),
    "found": _found,
}
"""Narrowings by what is due and whose turn it is; those of ``mine``, ``to_decide`` and ``reported`` are the actor's."""


def counts(actor: Actor, lists: Mapping[str, Filters], on: date) -> dict[str, int]:
    """How long each of the lists is, in one query."""
    return count_each({name: hidden_dangers(actor, filters, on) for name, filters in lists.items()})


def counts_by_region(actor: Actor, lists: Mapping[str, Filters], on: date) -> dict[str, dict[str, int]]:
    """The same for each region a matter lies in, by path, in one query."""
    return count_each_by({name: hidden_dangers(actor, filters, on) for name, filters in lists.items()}, "region_path")


def overdue_by_lead(actor: Actor, on: date, limit: int = 8) -> list[dict[str, Any]]:
    """The organisations that are late, the worst first: ``lead_id``, ``name``, ``n`` and the oldest ``since``."""
    late = hidden_dangers(actor, Filters(state="overdue"), on).order_by()
    units = late.values("lead_id", name=F("lead__short_name")).annotate(n=Count("*"), since=Min("due_on"))
    return list(units.order_by("-n", "since")[:limit])


def hidden_danger(actor: Actor, hidden_danger_id: UUID) -> HiddenDanger:
    """One matter with all its names, in two queries; NotInScope (404) outside the scope."""
    return _with_names(actor, HiddenDanger.objects.all(), hidden_danger_id)


def hidden_danger_with_findings(actor: Actor, hidden_danger_id: UUID) -> HiddenDanger:
    """The same with ``newest_findings``, what rules said of it last, without a query more."""
    return _with_names(actor, HiddenDanger.objects.annotate(newest_findings=_newest_findings()), hidden_danger_id)


def _with_names(actor: Actor, rows: HiddenDangerQuerySet, hidden_danger_id: UUID) -> HiddenDanger:
    found: HiddenDanger = rows.select_related(*CASE_RELATIONS).get_visible(actor, id=hidden_danger_id)
    load_organisations(found, with_regions=True)
    return found


def _newest_findings() -> ArraySubquery:
    names = ("id", "content", "asked_at")
    by, at = F("asked_by__display_name"), F("asked_for__short_name")
    one = JSONObject(**{name: F(name) for name in names}, asked_by=by, asked_for=at)
    rows = RuleFinding.objects.filter(hidden_danger=OuterRef("pk")).order_by("-asked_at", "-id")
    return ArraySubquery(rows.values(json=one)[:SHOWN_FINDINGS])


def rule_findings(matter: HiddenDanger) -> QuerySet[RuleFinding]:
    """What rules said of a matter that was read through its scope, the newest first."""
    return RuleFinding.objects.filter(hidden_danger=matter).select_related("asked_by", "asked_for")


def rule_finding(matter: HiddenDanger, finding_id: UUID) -> RuleFinding:
    """One of them, or NotInScope (404)."""
    found = rule_findings(matter).filter(id=finding_id).first()
    if found is None:
        raise NotInScope("规则判断")
    return found


def hidden_danger_in_brief(actor: Actor, hidden_danger_id: UUID) -> HiddenDanger:
    """The same with nothing but its organisations: for what follows an act, which no page shows."""
    found: HiddenDanger = HiddenDanger.objects.select_related("party_enterprise").get_visible(
        actor, id=hidden_danger_id
    )
    load_organisations(found)
    return found


def load_organisations(matter: HiddenDanger, *, with_regions: bool = False) -> None:
    """Load everybody the matter names in one query: nine joins would cost more to plan than to run."""
    named: list[tuple[Any, str]] = [(matter, name) for name in CASE_ORGANISATIONS]
    if matter.party_enterprise is not None:
        named.append((matter.party_enterprise, "organisation"))
    wanted = {getattr(record, f"{name}_id") for record, name in named} - {None}
    rows = Organisation.objects.select_related("region") if with_regions else Organisation.objects.all()
    found = rows.in_bulk(wanted)
    for record, name in named:
        setattr(record, name, found.get(getattr(record, f"{name}_id")))


def sees(actor: Actor, hidden_danger_id: UUID) -> bool:
    """Whether the actor may see the matter: how its files are guarded."""
    return HiddenDanger.objects.visible_to(actor).filter(id=hidden_danger_id).exists()


@dataclass(frozen=True)
class Imported:
    """A matter that came in with a ledger. ``visible``: inside the asker's scope; what is not tells nothing."""

    matter: HiddenDanger
    facts: dict[str, Any]
    visible: bool


def imported_by_key(actor: Actor, keys: Collection[str]) -> dict[str, Imported]:
    """The matters of these import keys, those the actor sees locked for what comes."""
    rows = HiddenDanger.objects.order_by().filter(bulk.among(HiddenDanger, "import_key", keys))
    mine = rows.visible_to(actor, Permission.HIDDEN_DANGER_CONFIRM).select_for_update(of=("self",))
    seen = {matter.id: matter for matter in mine}
    facts = dict(
        ImportedMatter.objects.filter(hidden_danger_id__in=list(seen)).values_list("hidden_danger_id", "facts")
    )
    found = {
        str(matter.import_key): Imported(matter, facts.get(matter.id, {}), visible=True) for matter in seen.values()
    }
    if len(found) < len(keys):
        others = rows.exclude(id__in=list(seen)).only("id", "import_key")
        found |= {str(matter.import_key): Imported(matter, {}, visible=False) for matter in others}
    return found


def numbers_taken(numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that a matter bears already."""
    rows = HiddenDanger.objects.order_by().filter(bulk.among(HiddenDanger, "number", list(numbers)))
    return set(rows.values_list("number", flat=True))


def numbers_of_county(code: str) -> set[str]:
    """All that are given in the county of those six digits."""
    rows = HiddenDanger.objects.order_by().filter(number__startswith=f"{code}-")
    return set(rows.values_list("number", flat=True))


def visible_among(actor: Actor, matter_ids: Collection[UUID]) -> int:
    """How many of the matters the actor sees."""
    rows = HiddenDanger.objects.order_by().visible_to(actor)
    return rows.filter(bulk.among(HiddenDanger, "id", list(matter_ids))).count() if matter_ids else 0


def plan_of(matter: HiddenDanger) -> RectificationPlan | None:
    """五到位 of the matter, as far as it is filled."""
    return getattr(matter, "plan", None)


def pending_suspension(matter: HiddenDanger) -> Suspension | None:
    """The request for suspension that nobody has decided yet; read once for a matter."""
    return next((one for one in suspensions_of(matter) if one.decision == Decision.PENDING), None)


def pending_extension(matter: HiddenDanger) -> Extension | None:
    """The request for an extension that nobody has decided yet; read once for a matter."""
    if _never(matter, "hidden_danger.extension_requested"):
        return None
    prefetch_related_objects([matter], "extensions")
    return next((one for one in matter.extensions.all() if one.decision == Decision.PENDING), None)


def suspensions_of(matter: HiddenDanger) -> list[Suspension]:
    """Every request for suspension; read once, whoever asks again."""
    if _never(matter, "hidden_danger.suspension_requested"):
        return []
    prefetch_related_objects(
        [matter], Prefetch("suspensions", Suspension.objects.select_related("requested_by", "decided_by"))
    )
    return list(matter.suspensions.all())


def _never(matter: HiddenDanger, event: str) -> bool:
    """Whether the history, if it has been read, says that this never happened: then nothing has to be looked up."""
    return matter.history_read is not None and all(one.event != event for one in matter.history_read)


def of_party(enterprise_id: UUID) -> HiddenDangerQuerySet:
    """The matters an enterprise, found in the scope, is responsible for: they go along when it is merged."""
    return HiddenDanger.objects.filter(party_enterprise_id=enterprise_id)


def at_site(site_id: UUID) -> HiddenDangerQuerySet:
    """The matters at a site, found in the scope: the same."""
    return HiddenDanger.objects.filter(site_id=site_id)


def told_about(enterprise_id: UUID) -> HiddenDangerQuerySet:
    """What goes along in one way or another: its own matters and those at its sites, but for the secret ones."""
    about = Q(party_enterprise_id=enterprise_id) | Q(site__enterprise_id=enterprise_id)
    return HiddenDanger.objects.filter(about, concealed=False)
