"""Reads. The first argument of a public one is always the actor."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID, uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Min, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import JSONObject

from anlan.authz.actors import Actor
from anlan.authz.fields import subtree
from anlan.authz.models import Organisation, User
from anlan.authz.permissions import Permission
from anlan.authz.scope import in_subtree, the_one
from anlan.files import api as files
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
from anlan.hidden_dangers.workflow import PROCESS
from anlan.http.api import count_each, count_each_by
from anlan.lib import clock
from anlan.lib.refusals import NotInScope
from anlan.processes import api as processes
from anlan.reads.attached import attach
from anlan.reads.prepared import Given, Parts, listed, prepared
from anlan.sheets.api import bulk

CASE_RELATIONS = (
    *("region", "site", "supervised_object", "registered_by", "party_enterprise", "plan", "imported__imported_by"),
)
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
SUSPENSION_TELLS = (
    *("id", "controls", "review_on", "requested_at", "requested_by_id", "decision", "decided_at", "decided_by_id"),
)
EXTENSION_TELLS = ("id", "until", "reason", "requested_at", "requested_by_id", "decision")
NOBODY: Mapping[UUID, Organisation] = {}
SENT_AGAIN = timedelta(minutes=30)
SHOWN_FINDINGS = 5
"""So many findings of rules, the newest, are shown with a matter."""


Asked = TypeVar("Asked", Suspension, Extension)


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
    object_id: UUID | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    state: str = ""
    imported: bool | None = None

    def parts(self) -> Parts:
        """For `lines`: filters that differ only in whose matters are wanted, and where, share a statement."""
        whose = [getattr(self, name) for name in _WHOSE]
        nobody: dict[str, Any] = dict.fromkeys(_WHOSE)
        bounds = subtree(self.region_path) if self.region_path else ()
        shape = (replace(self, region_path="", **nobody), bool(bounds), *(one is not None for one in whose))
        return Parts(shape, (*whose, *bounds))

    @staticmethod
    def stand_in(shape: Any) -> "Filters":
        """Filters of that shape for what nobody is and where nothing is."""
        blank, has_region, *present = shape
        whose = {name: uuid4() for name, is_there in zip(_WHOSE, present, strict=True) if is_there}
        return replace(blank, region_path=f"{uuid4().hex}/" if has_region else "", **whose)


_WHOSE = ("holder_id", "lead_id", "enterprise_id", "site_id", "object_id")


@listed
def lines(actor: Actor, filters: Filters, on: date, sort: str = "") -> HiddenDangerQuerySet:
    """`hidden_dangers` as a list shows them, by the column of ``sort`` (``-`` for the other way round)."""
    return hidden_dangers(actor, filters, on).as_lines().sorted_by(sort)


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
        "supervised_object_id": filters.object_id,
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
    "registered_by_me": lambda rows, actor, on: rows.filter(registered_by_id=actor.person_id),
    "unacknowledged": lambda rows, actor, on: rows.unacknowledged(on),
    "without_five": lambda rows, actor, on: rows.without_five(),
    "undirected": lambda rows, actor, on: rows.none() if actor.is_enterprise else rows.undirected(),
    "bounced": lambda rows, actor, on: rows.bounced(),
    "found": _found,
}
"""Narrowings by what is due and whose turn it is; those of ``mine``, ``to_decide``, ``reported`` and
``registered_by_me`` are the actor's."""


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
    found: HiddenDanger = HiddenDanger.objects.select_related(*CASE_RELATIONS).get_visible(actor, id=hidden_danger_id)
    load_organisations(found, with_regions=True)
    return found


def hidden_danger_to_tell(actor: Actor, hidden_danger_id: UUID, moved: HiddenDanger | None = None) -> HiddenDanger:
    """The same with what the API says besides, without a query more: ``told_deadlines``, those that run, and
    ``told_files``, the ids of its photos and papers. ``moved`` is the same as an act has left it: the organisations that
    came with it are not read again."""
    found = the_one(HiddenDanger, _to_tell(actor, hidden_danger_id))
    load_organisations(found, with_regions=True, known=_organisations_of(moved) if moved else NOBODY)
    return found


@prepared
def _to_tell(actor: Actor, hidden_danger_id: UUID) -> HiddenDangerQuerySet:
    return _case_of(actor, hidden_danger_id).annotate(
        told_deadlines=processes.running_deadlines(), told_files=files.ids_of(PROCESS.subject_type)
    )


class FromAbove(NamedTuple):
    """What a slice above the loop tells on the page of a matter, ``OuterRef("pk")``, as the attribute of that ``name``."""

    name: str
    told: Callable[[Actor], ArraySubquery]


def hidden_danger_to_show(actor: Actor, hidden_danger_id: UUID, *besides: FromAbove) -> HiddenDanger:
    """The same with what its page tells besides, without a query more: ``newest_findings``, what rules said of it last,
    ``running_deadline``, ``told_recurrences``, whose site it is at (``site_of``), what was asked for, which `suspensions_of`
    and `pending_extension` take from it, and what the slices above have to say."""
    found = the_one(HiddenDanger, _to_show(actor, hidden_danger_id, besides))
    load_organisations(found, with_regions=True)
    return found


@prepared
def _to_show(actor: Actor, hidden_danger_id: UUID, besides: tuple[FromAbove, ...]) -> HiddenDangerQuerySet:
    return _case_of(actor, hidden_danger_id).annotate(
        **{name: told(actor) for name, told in besides},
        site_of=F("site__enterprise__name"),
        newest_findings=_newest_findings(),
        running_deadline=processes.running_deadline(),
        told_suspensions=_told(Suspension, SUSPENSION_TELLS, decided_by_name=F("decided_by__display_name")),
        told_extensions=_told(Extension, EXTENSION_TELLS),
        told_recurrences=_recurrences_for(actor),
    )


def _case_of(actor: Actor, hidden_danger_id: UUID) -> HiddenDangerQuerySet:
    rows = HiddenDanger.objects.visible_to(actor).select_related(*CASE_RELATIONS)
    return rows.filter(id=hidden_danger_id).order_by()


def _newest_findings() -> ArraySubquery:
    names = ("id", "content", "asked_at")
    by, at = F("asked_by__display_name"), F("asked_for__short_name")
    one = JSONObject(**{name: F(name) for name in names}, asked_by=by, asked_for=at)
    rows = RuleFinding.objects.filter(hidden_danger=OuterRef("pk")).order_by("-asked_at", "-id")
    return ArraySubquery(rows.values(json=one)[:SHOWN_FINDINGS])


def _recurrences_for(actor: Actor) -> ArraySubquery:
    """The matters it came back as, by id and number, those the actor may see: others are not told that there is one."""
    rows = HiddenDanger.objects.visible_to(actor).filter(recurrence_of=OuterRef("pk")).order_by("id")
    return ArraySubquery(rows.values(json=JSONObject(id=F("id"), number=F("number"))))


def _told(model: type[Asked], names: Sequence[str], **more: Any) -> ArraySubquery:
    """What was asked for of the matter, as JSON; `_asked` makes it again of that."""
    one = JSONObject(**{name: F(name) for name in names}, **more)
    return ArraySubquery(model._default_manager.filter(hidden_danger=OuterRef("pk")).values(json=one))


def _asked(model: type[Asked], names: Sequence[str], told: Mapping[str, Any]) -> Asked:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: fields[name].to_python(told[name]) for name in names})


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
    rows = HiddenDanger.objects.select_related("party_enterprise")
    found: HiddenDanger = rows.get_visible(actor, id=hidden_danger_id)
    load_organisations(found)
    return found


def load_organisations(
    matter: HiddenDanger, *, with_regions: bool = False, known: Mapping[UUID, Organisation] = NOBODY
) -> None:
    """Load everybody the matter names in one query, which those who are ``known`` need not."""
    named = _naming(matter)
    for record, name in named:
        one = known.get(getattr(record, f"{name}_id"))
        if one is not None:
            setattr(record, name, one)
    attach([link for link in named if not _is_loaded(*link)], ["region"] if with_regions else [])


def _organisations_of(matter: HiddenDanger) -> dict[UUID, Organisation]:
    """Those that were loaded with the matter, or that an act has put there."""
    loaded = [getattr(record, name) for record, name in _naming(matter) if _is_loaded(record, name)]
    return {one.id: one for one in loaded if one is not None}


def _naming(matter: HiddenDanger) -> list[tuple[Any, str]]:
    """Where the matter names an organisation."""
    named: list[tuple[Any, str]] = [(matter, name) for name in CASE_ORGANISATIONS]
    return [*named, (matter.party_enterprise, "organisation")] if matter.party_enterprise is not None else named


def _is_loaded(record: Any, name: str) -> bool:
    return bool(record._meta.get_field(name).is_cached(record))


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


def just_registered(actor: Actor, description: str, at: UUID | None) -> HiddenDanger | None:
    """What this person registered a moment ago in the same words, ``at`` the same site or object: most likely the same
    form sent again."""
    rows = HiddenDanger.objects.visible_to(actor).filter(registered_by_id=actor.person_id, description=description)
    spot = Q(site_id=at) | Q(supervised_object_id=at) if at else Q(site_id=None, supervised_object_id=None)
    recent: HiddenDanger | None = rows.filter(spot, registered_at__gte=clock.now() - SENT_AGAIN).order_by("-id").first()
    return recent


def is_number_taken(number: str) -> bool:
    return bool(_with_number(Given(number)))


@prepared
def _with_number(number: Given) -> QuerySet[HiddenDanger, Any]:
    return HiddenDanger.objects.order_by().filter(number=number.value).values_list("id")


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
    return next((one for one in _extensions_of(matter) if one.decision == Decision.PENDING), None)


def _extensions_of(matter: HiddenDanger) -> list[Extension]:
    told = getattr(matter, "told_extensions", None)
    if told is not None:
        return [_asked(Extension, EXTENSION_TELLS, one) for one in told]
    prefetch_related_objects([matter], "extensions")
    return list(matter.extensions.all())


def suspensions_of(matter: HiddenDanger) -> list[Suspension]:
    """Every request for suspension; read once, whoever asks again."""
    told = getattr(matter, "told_suspensions", None)
    if told is not None:
        return [_suspension(one) for one in told]
    prefetch_related_objects(
        [matter], Prefetch("suspensions", Suspension.objects.select_related("requested_by", "decided_by"))
    )
    return list(matter.suspensions.all())


def _suspension(told: Mapping[str, Any]) -> Suspension:
    one = _asked(Suspension, SUSPENSION_TELLS, told)
    if one.decided_by_id is not None:
        one.decided_by = User(id=one.decided_by_id, display_name=told["decided_by_name"])
    return one


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
