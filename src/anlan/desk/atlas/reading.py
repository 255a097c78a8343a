"""What the map of a region shows, through the actor's scope: twelve queries at most whatever the number of rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Q

from anlan.authz.actors import Actor
from anlan.authz.models import Region
from anlan.desk.atlas import boundaries
from anlan.desk.atlas.cells import Position, around, cells
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import Filters, Level
from anlan.lib.refusals import NotInScope
from anlan.register import api as register
from anlan.territory import api as territory
from anlan.territory.api import HOLDING_POSTS, GridKind

MOST_POINTS = 4000
"""More are not drawn one by one; what is counted is all of them."""


@dataclass
class Place:
    """One division of the map, or what lies directly in the region itself (``code`` empty)."""

    name: str
    code: str = ""
    path: str = ""
    sites: int = 0
    objects: int = 0
    open: int = 0
    overdue: int = 0
    major: int = 0
    grids: int = 0
    holders: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    official: str = ""
    cell: Any = None

    @property
    def supervised(self) -> int:
        return self.sites + self.objects

    @property
    def has_something(self) -> bool:
        """Whether anything is counted of it."""
        return bool(self.supervised or self.open or self.grids)

    @property
    def contacts(self) -> list[str]:
        """The holders with the telephone where there is one."""
        return [f"{name} {phone}".strip() for name, phone in zip(self.holders, self.phones, strict=True)]


@dataclass(frozen=True)
class Point:
    """A located site or object. ``kind`` is ``site`` or ``object``."""

    id: Any
    kind: str
    name: str
    address: str
    position: Position
    open: int = 0
    overdue: int = 0
    major: int = 0


@dataclass(frozen=True)
class Atlas:
    """``points`` and ``outline`` are there only in a drawn one."""

    region: Region
    places: list[Place]
    located: int
    is_surveyed: bool
    points: list[Point] = field(default_factory=list)
    outline: Any = None

    @property
    def is_drawable(self) -> bool:
        return self.is_surveyed or self.located > 0

    @property
    def has_all_points(self) -> bool:
        return self.located <= MOST_POINTS

    @property
    def total(self) -> Place:
        return _sum(self.region.name, self.places)


def region_shown(actor: Actor, code: str) -> Region:
    """The region of the code inside the actor's, or the actor's own. NotInScope (404) outside."""
    if not code:
        return territory.regions().get(path=actor.region_path)
    found = territory.find_region(code)
    if not found.path.startswith(actor.region_path):
        raise NotInScope("区划")
    return found


def atlas(actor: Actor, region: Region, on: date, *, drawn: bool = True, with_officials: bool = False) -> Atlas:
    """Everything about the region that the actor sees, as of the day; without ``drawn`` only the figures."""
    places = _places(region)
    finder = _Finder(region, places)
    middles, located = _count_supervised(actor, finder)
    matters = _count_matters(actor, finder, on)
    _count_grids(actor, finder, on, with_officials)
    surveyed = boundaries.outline(region.code)
    own = finder.own
    listed = places + ([own] if own.has_something or not places else [])
    if not drawn:
        return Atlas(region, listed, located, surveyed is not None)
    points = _points(actor, region, matters)
    outline = surveyed or around([point.position for point in points])
    if outline is not None:
        _draw(places, middles, outline)
    return Atlas(region, listed, located, surveyed is not None, points, outline)


def _places(region: Region) -> list[Place]:
    return [Place(one.name, one.code, one.path) for one in territory.children(region)]


class _Finder:
    """Which place of the map a path belongs to."""

    def __init__(self, region: Region, places: list[Place]) -> None:
        self.region = region
        self.depth = region.path.count("/") + 1
        self.own = Place(f"{region.name}本级" if places else region.name, path=region.path)
        self.by_path = {place.path: place for place in places}

    def place(self, path: str) -> Place:
        above = "/".join(path.split("/")[: self.depth]) + "/"
        return self.by_path.get(above, self.own)


def _count_supervised(actor: Actor, finder: _Finder) -> tuple[dict[str, Position], int]:
    """Counts sites and objects; the middles of those that are located, by code of the place, and their number."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    path = finder.region.path
    for name, rows in (
        ("sites", register.sites(actor, register.SiteFilters(region_path=path))),
        ("objects", register.supervised_objects(actor, register.ObjectFilters(region_path=path))),
    ):
        grouped = rows.order_by().values("region_path")
        for row in grouped.annotate(n=Count("*"), located=Count("longitude"), x=Avg("longitude"), y=Avg("latitude")):
            place = finder.place(row["region_path"])
            setattr(place, name, getattr(place, name) + row["n"])
            if row["located"]:
                total = sums[place.code]
                total[0] += row["located"]
                total[1] += float(row["x"]) * row["located"]
                total[2] += float(row["y"]) * row["located"]
    middles = {code: (x / n, y / n) for code, (n, x, y) in sums.items() if code}
    return middles, int(sum(n for n, _, _ in sums.values()))


def _count_matters(actor: Actor, finder: _Finder, on: date) -> dict[Any, tuple[int, int, int]]:
    """Counts open, overdue and major matters by place; the same by site and by object."""
    by_spot: dict[Any, tuple[int, int, int]] = {}
    rows = loop.hidden_dangers(actor, Filters(state="open", region_path=finder.region.path), on).order_by()
    late = loop.hidden_dangers(actor, Filters(state="overdue", region_path=finder.region.path), on).order_by()
    counted = rows.values("region_path", "site_id", "supervised_object_id").annotate(
        n=Count("*"),
        late=Count("id", filter=Q(id__in=late.values("id"))),
        major=Count("id", filter=Q(level=Level.MAJOR)),
    )
    for row in counted:
        place = finder.place(row["region_path"])
        place.open += row["n"]
        place.overdue += row["late"]
        place.major += row["major"]
        if spot := row["site_id"] or row["supervised_object_id"]:
            before = by_spot.get(spot, (0, 0, 0))
            by_spot[spot] = (before[0] + row["n"], before[1] + row["late"], before[2] + row["major"])
    return by_spot


def _count_grids(actor: Actor, finder: _Finder, on: date, with_officials: bool) -> None:
    """Counts grids by place and names the holders of each place's own grid, and its 包保人 when asked for."""
    filters = territory.GridFilters(region_path=finder.region.path)
    own: dict[Any, Place] = {}
    for grid_id, path, kind in territory.grids(actor, filters).values_list("id", "region_path", "kind"):
        place = finder.place(path)
        place.grids += 1
        if path == place.path and kind == GridKind.COMPREHENSIVE:
            own[grid_id] = place
    members = territory.members_on(actor, on, grid_ids=own).filter(post__in=HOLDING_POSTS).order_by("post", "name")
    for grid_id, name, phone in members.values_list("grid_id", "name", "phone"):
        own[grid_id].holders.append(name)
        own[grid_id].phones.append(phone)
    if with_officials:
        for grid_id, one in register.officials_of_grids(actor, own).items():
            own[grid_id].official = f"{one.name}{one.duty} {one.phone}".strip()


def _points(actor: Actor, region: Region, matters: dict[Any, tuple[int, int, int]]) -> list[Point]:
    located = Q(longitude__isnull=False)
    sites = register.sites(actor, register.SiteFilters(region_path=region.path)).filter(located).order_by("id")
    objects = register.supervised_objects(actor, register.ObjectFilters(region_path=region.path))
    objects = objects.filter(located).order_by("id")
    columns = ("id", "name", "address", "longitude", "latitude")
    found = [
        Point(pk, "site", f"{firm} {name}", address, (float(x), float(y)), *matters.get(site_id, (0, 0, 0)))
        for site_id, name, address, x, y, pk, firm in sites.values_list(*columns, "enterprise_id", "enterprise__name")[
            : MOST_POINTS + 1
        ]
    ]
    left = MOST_POINTS - len(found)
    found += [
        Point(pk, "object", name, address, (float(x), float(y)), *matters.get(pk, (0, 0, 0)))
        for pk, name, address, x, y in objects.values_list(*columns)[:left]
    ]
    return found


def _draw(places: list[Place], middles: dict[str, Position], outline: Any) -> None:
    """Real outlines where all places have them (the counties of a city), else schematic cells."""
    real = {place.code: boundaries.outline(place.code) for place in places}
    drawn = real if places and all(real.values()) else cells(middles, outline)
    for place in places:
        place.cell = drawn.get(place.code)


def _sum(name: str, places: Iterable[Place]) -> Place:
    total = Place(name)
    for place in places:
        for figure in ("sites", "objects", "open", "overdue", "major", "grids"):
            setattr(total, figure, getattr(total, figure) + getattr(place, figure))
    return total
