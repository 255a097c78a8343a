"""Reads of the divisions. They are public facts: no scope narrows them (DESIGN §4)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.authz.actors import Actor
from anlan.authz.choices import RegionLevel
from anlan.authz.models import Region
from anlan.authz.scope import in_subtree
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope


def regions() -> QuerySet[Region]:
    """The divisions in force today, in the order of the tree."""
    return Region.objects.filter(Q(valid_to=None) | Q(valid_to__gte=clock.today())).order_by("path")


def region(region_id: UUID) -> Region:
    """The division in force with the id. Raises NotInScope when there is none."""
    found = regions().filter(id=region_id).first()
    if found is None:
        raise NotInScope("区划")
    return found


def find_region(code: str) -> Region:
    """The division in force with the official code. Raises NotInScope when there is none."""
    found = regions().filter(code=code).first()
    if found is None:
        raise NotInScope("区划")
    return found


def region_named(code: str, pointer: str = "/region") -> Region:
    """The division whose code somebody sent. Invalid (422) at the pointer when there is none."""
    try:
        return find_region(code)
    except NotInScope as unknown:
        raise Invalid.at(pointer, f"没有代码为“{code}”的区划。") from unknown


def path_named(code: str) -> str:
    """Its path, for a filter; empty where no code was sent."""
    return region_named(code).path if code else ""


def children(parent: Region) -> QuerySet[Region]:
    """The divisions directly below."""
    return regions().filter(parent=parent)


def ancestors(lowest: Region) -> QuerySet[Region]:
    """The divisions above, from the province down, and the division itself."""
    return Region.objects.filter(path__in=paths_above(lowest.path)).order_by("path")


def paths_above(path: str) -> list[str]:
    """``33/10/82/`` → ``["33/", "33/10/", "33/10/82/"]``."""
    segments = path.rstrip("/").split("/")
    return ["/".join(segments[: depth + 1]) + "/" for depth in range(len(segments))]


def breadcrumb(lowest: Region) -> str:
    """``浙江省 › 台州市 › 临海市 › 古城街道``: one query."""
    return " › ".join(ancestors(lowest).values_list("name", flat=True))


def inside(path: str, *, levels: Iterable[RegionLevel] = ()) -> QuerySet[Region]:
    """The divisions at or below ``path``, of the given levels only when there are any."""
    found = regions().filter(in_subtree("path", path))
    return found.filter(level__in=list(levels)) if levels else found


def search_regions(q: str = "", *, parent: str = "", level: str = "", code: str = "") -> QuerySet[Region]:
    """Divisions by part of the name, parent's code, level and code; every argument narrows."""
    found = regions().select_related("parent")
    if code:
        found = found.filter(code=code)
    if parent:
        found = found.filter(parent__code=parent, parent__valid_to=None)
    if level:
        found = found.filter(level=level)
    return found.filter(name__contains=q) if q else found


def regions_of(actor: Actor, *levels: RegionLevel) -> QuerySet[Region]:
    """The divisions the actor works in: what a form lets them choose from."""
    return inside(actor.region_path, levels=levels).select_related("parent")
