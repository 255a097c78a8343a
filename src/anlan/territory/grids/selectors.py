"""Reads of the grids. The first argument is always the actor."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anlan.authz.actors import Actor
from anlan.authz.models import User
from anlan.authz.scope import in_subtree
from anlan.lib import clock
from anlan.territory.choices import GridPost
from anlan.territory.grids.establishment import establishment
from anlan.territory.models import Grid, GridMember
from anlan.territory.querysets import DatedQuerySet, GridQuerySet


@dataclass(frozen=True, kw_only=True)
class GridFilters:
    """What a list is narrowed by. ``without_holder`` keeps grids with nobody as 网格长 or 网格员."""

    q: str = ""
    region_path: str = ""
    kind: str = ""
    level: str = ""
    sector: str = ""
    parent_id: UUID | None = None
    without_holder: bool = False


@dataclass(frozen=True)
class Vacancy:
    """A post of a grid with ``missing`` people fewer than required."""

    grid_id: UUID
    post: GridPost
    missing: int


def grids(actor: Actor, filters: GridFilters | None = None) -> GridQuerySet:
    """The grids in force today that the actor sees, narrowed, in the order of the regions."""
    given = filters or GridFilters()
    today = clock.today()
    equal = {"kind": given.kind, "level": given.level, "sector": given.sector, "parent_id": given.parent_id}
    rows: GridQuerySet = Grid.objects.visible_to(actor).in_force(today)
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if given.region_path:
        rows = rows.filter(in_subtree("region_path", given.region_path))
    if given.without_holder:
        rows = rows.with_holder(today).filter(has_holder=False)
    return rows.matching(given.q) if given.q else rows


def grid(actor: Actor, grid_id: UUID) -> Grid:
    """One grid with its names, dissolved ones too; NotInScope (404) outside the scope."""
    found: Grid = Grid.objects.with_names().get_visible(actor, id=grid_id)
    return found


def grids_by_id(actor: Actor, ids: Iterable[UUID]) -> GridQuerySet:
    """The visible ones of these, dissolved ones too."""
    return Grid.objects.visible_to(actor).filter(id__in=list(ids))


def members(actor: Actor, *, grid_ids: Iterable[UUID] | None = None) -> DatedQuerySet:
    """The people of the grids the actor sees (or of these grids), past and future ones too."""
    rows: DatedQuerySet = GridMember.objects.visible_to(actor)
    return rows if grid_ids is None else rows.filter(grid_id__in=list(grid_ids))


def members_on(actor: Actor, day: date, *, grid_ids: Iterable[UUID] | None = None) -> DatedQuerySet:
    """The people in force on the day."""
    return members(actor, grid_ids=grid_ids).in_force(day)


def member(actor: Actor, member_id: UUID) -> GridMember:
    """One appointment with its grid; NotInScope (404) outside the scope."""
    found: GridMember = GridMember.objects.select_related("grid").get_visible(actor, id=member_id)
    return found


def posts_of(actor: Actor, user_id: UUID | None, name: str, phone: str) -> DatedQuerySet:
    """Every appointment of one person, today's and later ones: by account, or by name and phone without one."""
    who = Q(user_id=user_id) if user_id else Q(user_id=None, name=name, phone=phone)
    return GridMember.objects.visible_to(actor).from_day(clock.today()).filter(who)


def holder_counts(actor: Actor, day: date, grid_ids: Iterable[UUID] | None = None) -> dict[UUID, Counter[str]]:
    """How many people are in each post of these grids, or of all the actor sees: one query."""
    rows = members_on(actor, day, grid_ids=grid_ids).order_by().values("grid_id", "post").annotate(number=Count("*"))
    counts: dict[UUID, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row["grid_id"], Counter())[row["post"]] = row["number"]
    return counts


def vacancies_of(level: str, held: Counter[str], grid_id: UUID, day: date) -> list[Vacancy]:
    """The posts of a grid of that level with fewer people than the establishment requires."""
    return [
        Vacancy(grid_id, post, seats.required - held[post])
        for post, seats in establishment(day).of(level).items()
        if held[post] < seats.required
    ]


def vacancies(actor: Actor, rows: Sequence[Grid], day: date) -> dict[UUID, list[Vacancy]]:
    """The vacancies of each of these grids: one query."""
    counts = holder_counts(actor, day, [row.id for row in rows])
    return {row.id: vacancies_of(row.level, counts.get(row.id, Counter()), row.id, day) for row in rows}


def appointable_users(actor: Actor) -> QuerySet[User]:
    """The accounts of the actor's region that may be put into a post."""
    day = clock.today()
    there = Q(grants__valid_to=None) | Q(grants__valid_to__gte=day)
    inside = in_subtree("grants__region__path", actor.region_path)
    wall = in_subtree("grants__organisation__region__path", actor.wall[0])
    return User.objects.filter(there, inside, wall, is_active=True).distinct().order_by("display_name", "id")
