"""What the pages of the grids show, worked out from a few queries whatever the number of rows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.models import Region
from anlan.lib import clock
from anlan.register.grid_members import OBJECTS, SITES, Member
from anlan.register.models import ObjectGrid, ResponsibleOfficial, Site, SupervisedObject
from anlan.register.selectors import grids as selectors
from anlan.register.selectors.grids import PastAct
from anlan.territory import api as territory
from anlan.territory.api import Grid, GridKind, GridMember, GridPost


@dataclass
class Line:
    """One grid, or all grids of a township, with what is counted of them."""

    name: str = ""
    code: str = ""
    grids: int = 0
    sites: int = 0
    objects: int = 0
    members: int = 0
    vacancies: int = 0
    unheld: int = 0
    grid: Grid | None = None
    holders: list[str] = field(default_factory=list)

    @property
    def where(self) -> str:
        """What narrows a list to it, as an address has it: a township, or what the county has itself."""
        return f"region={self.code}" if self.code else "level=CITY"


@dataclass(frozen=True)
class Overview:
    """The whole of what the actor sees, by township."""

    total: Line
    townships: list[Line]


def overview(actor: Actor, townships: Sequence[Region]) -> Overview:
    """Counted from four queries: grids, people, and the sites and other objects that lie in a grid, where they are."""
    day = clock.today()
    held = territory.holder_counts(actor, day)
    total = Line()
    by_path: defaultdict[str, Line] = defaultdict(lambda: Line(name="本级"))
    for grid_id, path, level in territory.grids(actor).values_list("id", "region_path", "level"):
        for one in (by_path[selectors.township_of(path)], total):
            _count(one, grid_id, level, held.get(grid_id, Counter()))
    for path, number in selectors.counts_by_township(actor, SITES).items():
        by_path[path].sites, total.sites = number, total.sites + number
    for path, number in selectors.counts_by_township(actor, OBJECTS).items():
        by_path[path].objects, total.objects = number, total.objects + number
    for township in townships:
        if township.path in by_path:
            by_path[township.path].name, by_path[township.path].code = township.name, township.code
    return Overview(total, [by_path[path] for path in sorted(by_path)])


def total_of(lines: Sequence[Line]) -> Line:
    """The sum of lines that are there already."""
    return Line(
        grids=len(lines),
        sites=sum(line.sites for line in lines),
        objects=sum(line.objects for line in lines),
        members=sum(line.members for line in lines),
        vacancies=sum(line.vacancies for line in lines),
        unheld=sum(line.unheld for line in lines),
    )


def _count(line: Line, grid_id: UUID, level: str, held: Counter[str]) -> None:
    line.grids += 1
    line.members += sum(held.values())
    line.vacancies += sum(one.missing for one in territory.vacancies_of(level, held, grid_id, clock.today()))
    line.unheld += not any(held[post] for post in territory.HOLDING_POSTS)


def lines_of(actor: Actor, grids: Sequence[Grid]) -> list[Line]:
    """One line for each grid: three more queries."""
    day = clock.today()
    ids = [grid.id for grid in grids]
    placed, objects = (selectors.counts_in_grids(actor, member, ids) for member in (SITES, OBJECTS))
    people: dict[UUID, list[GridMember]] = {}
    for member in territory.members_on(actor, day, grid_ids=ids):
        people.setdefault(member.grid_id, []).append(member)
    lines = []
    for grid in grids:
        mine = people.get(grid.id, [])
        line = Line(name=grid.name, code=grid.code, grid=grid)
        line.sites, line.objects = placed.get(grid.id, 0), objects.get(grid.id, 0)
        _count(line, grid.id, grid.level, Counter(one.post for one in mine))
        line.holders = [one.name for one in mine if one.post in territory.HOLDING_POSTS]
        lines.append(line)
    return lines


@dataclass(frozen=True)
class Seat:
    """A row of the people: somebody in a post, or a post that waits for somebody."""

    label: str
    post: str
    member: GridMember | None = None
    missing: int = 0


@dataclass(frozen=True)
class Vacant:
    """A seat that waits for somebody."""

    grid: Grid
    label: str
    post: str


def vacant_seats(actor: Actor, filters: territory.GridFilters) -> list[tuple[UUID, GridPost]]:
    """Every seat that waits for somebody in the grids of the filters, one by one: two queries."""
    day = clock.today()
    held = territory.holder_counts(actor, day)
    return [
        (grid_id, one.post)
        for grid_id, level in territory.grids(actor, filters).values_list("id", "level")
        for one in territory.vacancies_of(level, held.get(grid_id, Counter()), grid_id, day)
        for _ in range(one.missing)
    ]


def vacant_lines(actor: Actor, seats: Sequence[tuple[UUID, GridPost]]) -> list[Vacant]:
    """These seats with their grids: one query."""
    found = {grid.id: grid for grid in territory.grids_by_id(actor, {of for of, _ in seats}).with_names()}
    return [Vacant(found[of], post.label, post.value) for of, post in seats]


@dataclass(frozen=True)
class People:
    """``seats``: in force or to come, and the vacancies; ``past``: who has left."""

    seats: list[Seat]
    past: list[GridMember]


def people_of(actor: Actor, grid: Grid) -> People:
    """Everybody who is, will be or was in a post of the grid: one query."""
    today = clock.today()
    everybody = list(territory.members(actor, grid_ids=[grid.id]))
    past = [one for one in everybody if one.valid_to is not None and one.valid_to < today]
    present = [one for one in everybody if one not in past]
    held = Counter(one.post for one in present if one.valid_from <= today)
    missing = {one.post: one.missing for one in territory.vacancies_of(grid.level, held, grid.id, today)}
    seats = []
    for post in GridPost:
        seats += [Seat(post.label, post.value, one) for one in present if one.post == post]
        if missing.get(post):
            seats.append(Seat(post.label, post.value, missing=missing[post]))
    past = [one for one in past if one.valid_to is not None and one.valid_to >= one.valid_from]
    return People(seats, sorted(past, key=lambda one: (one.valid_to, one.id), reverse=True))


def with_officials(actor: Actor, member: Member, rows: Sequence[Any]) -> list[tuple[Any, ResponsibleOfficial | None]]:
    """Each of these with its 包保人, which only sites have: one query for sites."""
    named = selectors.officials_of_sites(actor, [row.id for row in rows]) if member is SITES else {}
    return [(row, named.get(row.id)) for row in rows]


@dataclass(frozen=True)
class Kept:
    """A grid a site lies in, and who is there: name, post and telephone."""

    grid_id: str
    grid: str
    people: list[tuple[str, str, str]]


def kept_of(site: Site) -> list[Kept]:
    """Who looks after a site that was read ``with_keepers``, the basic grid first."""
    return [
        Kept(
            one["id"], one["name"], [(who["name"], GridPost(who["post"]).label, who["phone"]) for who in one["people"]]
        )
        for one in site.told_grids  # type: ignore[attr-defined]
    ]


def with_places(actor: Actor, objects: Sequence[SupervisedObject]) -> list[tuple[SupervisedObject, ObjectGrid | None]]:
    """Each of these with its 综合网格: one query."""
    places = selectors.places_of(actor, OBJECTS, [one.id for one in objects])
    found = {one.supervised_object_id: one for one in places.filter(kind=GridKind.COMPREHENSIVE)}
    return [(one, found.get(one.id)) for one in objects]


@dataclass(frozen=True)
class Told:
    """A line of the history in words."""

    words: str
    person: str
    at: Any


def told(actor: Actor, grid: Grid, people: Sequence[GridMember | ResponsibleOfficial]) -> list[Told]:
    """The history of a grid in words: the ledger holds no names, so they come from ``people``."""
    names = {str(one.id): one.name for one in people}
    return [Told(_words(act, names), act.person, act.entry.at) for act in selectors.history(actor, grid)]


def current(officials: Sequence[ResponsibleOfficial]) -> ResponsibleOfficial | None:
    """The one in force today."""
    today = clock.today()
    in_force = [one for one in officials if one.valid_from <= today and (one.valid_to is None or one.valid_to >= today)]
    return in_force[0] if in_force else None


FIELDS = {"name": "名称", "code": "编码", "parent_id": "上级网格", "organisation_id": "牵头单位"}


def _words(act: PastAct, names: dict[str, str]) -> str:
    given = act.entry.payload
    who = names.get(given.get("member") or given.get("official") or "", "")
    match act.entry.event.partition(".")[2]:
        case "established":
            return "设立网格"
        case "edited":
            return "修改" + "、".join(FIELDS.get(name, name) for name in given["changes"])
        case "dissolved":
            return f"撤销网格：{given['reason']}"
        case "member_appointed":
            return f"任命{who}为{GridPost(given['post']).label}"
        case "appointment_ended":
            return f"{who}不再担任{GridPost(given['post']).label}，到 {given['valid_to']} 为止"
        case "sites_assigned":
            moved = f"，其中 {given['moved']} 处从其他网格划来" if given.get("moved") else ""
            return f"划入 {given['count']} 处场所{moved}"
        case "sites_removed":
            return f"划出 {given['count']} 处场所：{given['reason']}"
        case "objects_assigned":
            moved = f"，其中 {given['moved']} 处从其他网格划来" if given.get("moved") else ""
            return f"划入 {given['count']} 处监管对象{moved}"
        case "objects_removed":
            return f"划出 {given['count']} 处监管对象：{given['reason']}"
        case "official_named":
            return f"指定包保人{who}"
        case "official_ended":
            return f"{who}不再包保，到 {given['valid_to']} 为止"
        case event:
            return event
