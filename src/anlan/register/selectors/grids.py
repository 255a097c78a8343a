"""Reads of what lies in the grids, who is named for it, and where something is missing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from anlan.authz.actors import Actor
from anlan.authz.models import User
from anlan.authz.scope import in_subtree
from anlan.ledger.api import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import NotInScope
from anlan.register.grid_members import Member
from anlan.register.key_sites import SUPERVISED, key_sites
from anlan.register.models import ObjectGrid, ResponsibleOfficial, Site, SiteGrid, SupervisedObject
from anlan.register.querysets import ObjectQuerySet, SiteQuerySet
from anlan.territory import api as territory
from anlan.territory.api import DatedQuerySet, Grid, GridKind, GridMember, GridQuerySet

HISTORY_LENGTH = 30
TOWNSHIP_DEPTH = 4
Rows = TypeVar("Rows", bound=QuerySet)


def counts_in_grids(actor: Actor, member: Member, grid_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many sites or objects lie in each of these grids: one query."""
    rows = member.places.objects.visible_to(actor).filter(left_at=None, grid_id__in=list(grid_ids))
    return {row["grid_id"]: row["number"] for row in rows.order_by().values("grid_id").annotate(number=Count("*"))}


def township_of(path: str) -> str:
    """The path of the township a region lies in; its own for what is above one."""
    return "/".join(path.split("/")[:TOWNSHIP_DEPTH]).rstrip("/") + "/"


def counts_by_township(actor: Actor, member: Member) -> Counter[str]:
    """How many of the sites or objects that lie in a grid there are in each township, by its path: one query."""
    rows = member.model.objects.visible_to(actor).filter(member.lying())
    found: Counter[str] = Counter()
    for path, number in rows.order_by().values_list("region_path").annotate(number=Count("*")):
        found[township_of(path)] += number
    return found


def in_grid(actor: Actor, member: Member, grid: Grid) -> Any:
    """The sites or objects in the grid now, as far as the actor sees them, by name."""
    return member.model.objects.visible_to(actor).filter(member.lying(grid=grid)).order_by(*member.order)


def candidates(actor: Actor, member: Member, grid: Grid, q: str = "") -> Any:
    """The sites or objects that are looked after and may join: around the grid, in no grid of its kind yet."""
    rows = member.in_none(member.model.objects.visible_to(actor), grid.kind, grid.sector)
    if grid.kind in (GridKind.COMPREHENSIVE, GridKind.MICRO):
        above = territory.paths_above(grid.region_path)[3:]
        rows = rows.filter(in_subtree("region_path", grid.region_path) | Q(region_path__in=above))
    if grid.sector:
        rows = rows.filter(regulators__sector=grid.sector)
    return (rows.matching(q) if q else rows).order_by(*member.order)


def without_grid(actor: Actor, member: Member, region_path: str = "") -> Any:
    """Blind spots (S0-60): sites or objects that are looked after and lie in no 综合网格."""
    rows = member.in_none(member.model.objects.visible_to(actor), GridKind.COMPREHENSIVE)
    return _inside(rows, region_path).order_by("region_path", "name", "id")


def places_of(actor: Actor, member: Member, member_ids: Iterable[UUID]) -> QuerySet[Any]:
    """Where these lie now, with the grids, the basic grid first."""
    rows = member.places.objects.visible_to(actor).filter(**{f"{member.column}__in": list(member_ids)}, left_at=None)
    found: QuerySet[Any] = rows.select_related("grid", member.row).order_by(member.column, "kind", "sector")
    return found


def basic_places() -> QuerySet[SiteGrid]:
    """Where all sites lie now in their 综合网格: a condition for the queries of others, who narrow them by a scope."""
    return SiteGrid.objects.order_by().filter(kind=GridKind.COMPREHENSIVE, left_at=None)


def officials(actor: Actor, day: date | None = None) -> DatedQuerySet:
    """The 包保人 in force on the day (today) that the actor sees."""
    rows: DatedQuerySet = ResponsibleOfficial.objects.visible_to(actor)
    return rows.in_force(day or clock.today())


def official(actor: Actor, official_id: UUID) -> ResponsibleOfficial:
    """One 包保人; NotInScope (404) outside the scope."""
    found: ResponsibleOfficial = ResponsibleOfficial.objects.select_related("site", "grid").get_visible(
        actor, id=official_id
    )
    return found


def official_of_grid(actor: Actor, grid: Grid) -> ResponsibleOfficial | None:
    """The 包保人 of the grid today."""
    return officials(actor).filter(grid=grid).select_related("organisation").first()


def officials_of_sites(actor: Actor, site_ids: Iterable[UUID]) -> dict[UUID, ResponsibleOfficial]:
    """The 包保人 of each of these sites today: one query."""
    return {one.site_id: one for one in officials(actor).filter(site_id__in=list(site_ids)) if one.site_id}


def with_keepers(actor: Actor, rows: SiteQuerySet) -> SiteQuerySet:
    """With who looks after each, as far as the actor sees, in the same query, as JSON: ``told_grids`` with their people,
    ``told_officials``."""
    day = clock.today()
    people = GridMember.objects.in_force(day).filter(grid=OuterRef("grid")).order_by("post", "seat")
    person = JSONObject(**{name: F(name) for name in ("name", "post", "phone")})
    grids = SiteGrid.objects.visible_to(actor).filter(site=OuterRef("pk"), left_at=None).order_by("kind", "sector")
    grid = JSONObject(id=F("grid_id"), name=F("grid__name"), people=ArraySubquery(people.values(json=person)))
    named = officials(actor, day).filter(site=OuterRef("pk")).order_by("id")
    official = JSONObject(**{name: F(name) for name in ("name", "duty", "phone")})
    told: SiteQuerySet = rows.annotate(
        told_grids=ArraySubquery(grids.values(json=grid)), told_officials=ArraySubquery(named.values(json=official))
    )
    return told


def officials_of_grids(actor: Actor, grid_ids: Iterable[UUID]) -> dict[UUID, ResponsibleOfficial]:
    """The 包保人 of each of these grids today: one query."""
    return {one.grid_id: one for one in officials(actor).filter(grid_id__in=list(grid_ids)) if one.grid_id}


def objects_in_unheld_grids(actor: Actor, region_path: str = "") -> ObjectQuerySet:
    """Blind spots: standing objects whose 综合网格 has nobody as 网格长 or 网格员 today."""
    rows: ObjectQuerySet = SupervisedObject.objects.visible_to(actor)
    return _inside(rows.in_unheld_grids(), region_path).order_by("region_path", "name", "id")


def key_sites_without_official(actor: Actor, region_path: str = "") -> SiteQuerySet:
    """Key sites (S1-13) for which nobody is named; the goal is none (S1-14)."""
    named = ResponsibleOfficial.objects.in_force(clock.today()).filter(site=OuterRef("pk"))
    keys = Site.objects.filter(key_sites(clock.today()).as_q()).values("id")
    rows = Site.objects.visible_to(actor).filter(~Exists(named), status__in=SUPERVISED, id__in=keys)
    return _inside(rows, region_path).order_by("region_path", "name", "id")


def grids_without_holder(actor: Actor, region_path: str = "") -> GridQuerySet:
    """Grids with nobody as 网格长 or 网格员 today."""
    return territory.grids(actor, territory.GridFilters(region_path=region_path, without_holder=True))


def _inside(rows: Rows, region_path: str) -> Rows:
    return rows.filter(in_subtree("region_path", region_path)) if region_path else rows


@dataclass(frozen=True)
class Charge:
    """Everything one person holds in the grids, from today on."""

    user_id: UUID | None
    name: str
    phone: str
    posts: tuple[GridMember, ...]
    officials: tuple[ResponsibleOfficial, ...]

    @property
    def count(self) -> int:
        return len(self.posts) + len(self.officials)

    @property
    def site_officials(self) -> int:
        return sum(1 for one in self.officials if one.site_id)

    @property
    def grid_officials(self) -> int:
        return sum(1 for one in self.officials if one.grid_id)


def charge_of(actor: Actor, of: UUID) -> Charge:
    """What the person behind the appointment or 包保 with the id holds. NotInScope (404) when there is none."""
    person = territory.members(actor).filter(id=of).first() or _official_row(actor, of)
    if person is None:
        raise NotInScope("人员")
    who = Q(user_id=person.user_id) if person.user_id else Q(user_id=None, name=person.name, phone=person.phone)
    named = ResponsibleOfficial.objects.visible_to(actor).from_day(clock.today()).filter(who)
    posts = territory.posts_of(actor, person.user_id, person.name, person.phone).select_related("grid__region")
    return Charge(
        user_id=person.user_id,
        name=person.name,
        phone=person.phone,
        posts=tuple(posts.order_by("grid__region_path", "post")),
        officials=tuple(named.select_related("site__enterprise", "grid").order_by("region_path", "id")),
    )


def _official_row(actor: Actor, of: UUID) -> ResponsibleOfficial | None:
    found: ResponsibleOfficial | None = ResponsibleOfficial.objects.visible_to(actor).filter(id=of).first()
    return found


@dataclass(frozen=True)
class Holder:
    """A person who holds something; ``key`` is one of their appointments."""

    key: UUID
    name: str
    phone: str
    count: int


def holders(actor: Actor) -> list[Holder]:
    """Everybody with a post or a 包保 in the actor's region, by name: two queries."""
    found: dict[tuple[object, ...], Holder] = {}
    rows = [*territory.members_on(actor, clock.today()).order_by("name", "id"), *officials(actor).order_by("name")]
    for row in rows:
        who = (row.user_id,) if row.user_id else (row.name, row.phone)
        before = found.get(who)
        found[who] = Holder(before.key if before else row.id, row.name, row.phone, (before.count if before else 0) + 1)
    return sorted(found.values(), key=lambda one: (one.name, one.phone))


@dataclass(frozen=True)
class PastAct:
    """A line of a grid's history: the entry of the ledger and who acted."""

    entry: LedgerEntry
    person: str


def history(actor: Actor, grid: Grid) -> list[PastAct]:
    """What was done to a grid the actor sees, the latest first: the ledger is the only history there is."""
    person = User.objects.filter(id=OuterRef("actor_id")).values("display_name")
    entries = LedgerEntry.objects.filter(subject_id=grid.id, subject_type="grid").annotate(person=Subquery(person))
    return [PastAct(entry, entry.person or "系统") for entry in entries.order_by("-seq")[:HISTORY_LENGTH]]


def officials_ever(actor: Actor, grid: Grid) -> QuerySet[ResponsibleOfficial]:
    """Everybody who is or was 包保人 of the grid, the latest first."""
    rows: QuerySet[ResponsibleOfficial] = ResponsibleOfficial.objects.visible_to(actor).filter(grid=grid)
    return rows.select_related("organisation")


@dataclass(frozen=True)
class Keeper:
    """Who looks after a site or an object (``of``, its id): its grid with the people in force there."""

    of: UUID
    place: SiteGrid | ObjectGrid
    people: tuple[GridMember, ...]


def keepers_of(actor: Actor, member: Member, member_ids: Iterable[UUID]) -> list[Keeper]:
    """For whoever sees a site or an object, an enterprise too: its grids and the people to ask for. Two queries."""
    places = list(places_of(actor, member, member_ids))
    grid_ids = {place.grid_id for place in places}
    people = list(GridMember.objects.in_force(clock.today()).filter(grid_id__in=grid_ids))
    return [
        Keeper(getattr(place, member.column), place, tuple(one for one in people if one.grid_id == place.grid_id))
        for place in places
    ]
