"""What may lie in a grid: sites and other supervised objects, each with the table of its places and what it is called."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from anlan.register.choices import STANDING
from anlan.register.key_sites import SUPERVISED
from anlan.register.models import ObjectGrid, Site, SiteGrid, SupervisedObject
from anlan.territory.api import Grid


@dataclass(frozen=True)
class Member:
    """``places``: the table of its places in grids, where ``column`` is the member; ``standing``: the states in which it
    is looked after; ``order``: how lists of it go. The rest is how pages speak of it, ``other`` beside the other kind."""

    key: str
    model: Any
    places: Any
    column: str
    standing: tuple[str, ...]
    order: tuple[str, ...]
    name: str
    other: str
    about: str
    sought: str
    leaves: str

    @property
    def noun(self) -> str:
        return f"处{self.name}"

    @property
    def row(self) -> str:
        """The member itself from a row of ``places``."""
        return self.column.removesuffix("_id")

    @property
    def cells(self) -> str:
        """The template of a row's cells."""
        return f"grids/_cells_of_{self.key}.html"

    def now(self, member_ids: Iterable[UUID], grid: Grid) -> Any:
        """Where these lie in a grid of the kind."""
        rows = self.places.objects.filter(kind=grid.kind, sector=grid.sector, left_at=None)
        return rows.filter(**{f"{self.column}__in": list(member_ids)}).select_related("grid")

    def lying(self, **where: Any) -> Exists:
        """Whether a row lies there now."""
        return Exists(self.places.objects.filter(**{self.column: OuterRef("pk")}, left_at=None, **where))

    def in_none(self, rows: Any, kind: str, sector: str = "") -> Any:
        """Those of ``rows`` that are looked after and lie in no grid of the kind."""
        return rows.filter(~self.lying(kind=kind, sector=sector), status__in=self.standing)


SITES = Member(
    key="sites",
    model=Site,
    places=SiteGrid,
    column="site_id",
    standing=SUPERVISED,
    order=("enterprise__name", "name", "id"),
    name="场所",
    other="场所",
    about="场所按名单归入网格。",
    sought="企业、场所、地址",
    leaves="已搬迁",
)
OBJECTS = Member(
    key="objects",
    model=SupervisedObject,
    places=ObjectGrid,
    column="supervised_object_id",
    standing=STANDING,
    order=("name", "id"),
    name="监管对象",
    other="其他监管对象",
    about="九小场所、自建房、出租房、道路、楼道等按名单归入网格。",
    sought="名称、地址、责任主体",
    leaves="划归邻村",
)
MEMBERS = {one.key: one for one in (SITES, OBJECTS)}
