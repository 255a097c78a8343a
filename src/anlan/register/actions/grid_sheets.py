"""People of sites, grids, their people and what lies in them, by list."""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.lib import clock
from anlan.register.actions.grids import OF_THE_PLACE, reaches
from anlan.register.actions.record_sheets import Known, Owners, RecordBatch, Said, people_of
from anlan.register.choices import STANDING
from anlan.register.models import ObjectGrid, Site, SiteGrid, SitePerson, SupervisedObject
from anlan.register.searching import text_of_site
from anlan.sheets import api as sheets
from anlan.sheets.api import values
from anlan.territory import api as territory
from anlan.territory.api import Grid, GridKind, GridLevel, GridMember, GridPost

TOWNSHIP_DEPTH = 4
"""Segments of a township's path: province, city, county, township."""


class PersonBatch(RecordBatch):
    """Who answers for safety at a site: found by site, post and name."""

    model, permission = SitePerson, Permission.SITE_EDIT
    fields = ("site_id", "region_path", "name", "post", "phone")
    same = "与原表第 {} 行是同一个人（场所、职务和姓名相同）。"

    def look_up(self, chunk: sheets.Chunk) -> None:
        self.owners = Owners(self.actor, chunk, Permission.SITE_EDIT)
        sites = {site.id for found in self.owners.all_sites() for site in found}
        rows = SitePerson.objects.order_by().filter(sheets.bulk.among(SitePerson, "site_id", sites))
        self._known = {}
        for record_id, *columns in sheets.bulk.fetch(rows, "id", *self.fields):
            self._known[columns[0], columns[3], columns[2]] = Known(record_id, 0, columns)

    def key_of(self, said: Said) -> Any:
        return self.owners.site(said).id, said["post"], said["name"]

    def known(self, key: Any) -> Known | None:
        return self._known.get(key)

    def values_of(self, said: Said, key: Any, old: Known | None) -> dict[str, Any]:
        if old is not None:
            return {"phone": said["phone"]} if said["phone"] else {}
        site = self.owners.site(said)
        person = {"name": said["name"], "post": said["post"], "phone": said["phone"] or ""}
        return {"site_id": site.id, "region_path": site.region_path, **person}

    def settle(self, drafts: Sequence[sheets.Draft]) -> None:
        make_findable({one.row[0][0] for one in drafts})

    def undo(self, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
        sites = {UUID(one.after["site_id"]) for one in kept if one.after}
        reasons = super().undo(kept)
        make_findable(sites)
        return reasons


def make_findable(site_ids: Collection[UUID]) -> None:
    """Sites are found by their people too; a site's own version does not move with them."""
    if not site_ids:
        return
    people = people_of(site_ids)
    sites = list(Site.objects.filter(sheets.bulk.among(Site, "id", site_ids)))
    for site in sites:
        site.search_text = text_of_site(site, people.get(site.id, []))
    Site.objects.bulk_update(sites, ["search_text"], batch_size=500)


class GridBook:
    """The grids in force that an actor sees, by code and by name: one query."""

    def __init__(self, actor: Actor) -> None:
        self.all: list[Grid] = []
        self.by_code: dict[str, Grid] = {}
        self.by_name: dict[str, list[Grid]] = {}
        for grid in territory.grids(actor):
            self.add(grid)

    def add(self, grid: Grid) -> None:
        self.all.append(grid)
        self.by_code[grid.code] = grid
        self.by_name.setdefault(grid.name, []).append(grid)

    def find(self, word: str, region_path: str = "", *, label: str = "网格") -> Grid:
        """By code, or by name (inside a region, where one is said). Raises Unreadable."""
        if word.upper() in self.by_code:
            return self.by_code[word.upper()]
        same = [grid for grid in self.by_name.get(word, []) if grid.region_path.startswith(region_path)]
        if len(same) == 1:
            return same[0]
        if same:
            raise values.Unreadable(f"{label}：叫“{word}”的有 {len(same)} 个，请写网格编码，或写明所属乡镇（街道）。")
        raise values.Unreadable(f"{label}：没有找到“{word}”，或者不在您的管辖范围内。请先设立网格，或核对名称和编码。")


class GridBatch(RecordBatch):
    """Grids: found by code, else by region, kind, sector and name."""

    model, permission = Grid, Permission.GRID_EDIT
    same = "与原表第 {} 行是同一个网格。"
    fields = (
        "code",
        "name",
        "kind",
        "level",
        "parent_id",
        "region_id",
        "region_path",
        "wall_path",
        "sector",
        "valid_from",
    )
    NOT_CHANGED = {"kind": "网格类别", "level": "网格层级", "sector": "行业领域"}

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor)
        self.book = GridBook(actor)
        self._taken: dict[tuple[UUID, str], set[str]] = {}
        self._new: dict[Any, Grid] = {}
        self._by_place = {(one.region_id, one.kind, one.sector, one.name): one for one in self.book.all}

    def look_up(self, chunk: sheets.Chunk) -> None:
        """All of them were read at the start."""

    def order(self, chunk: sheets.Chunk) -> list[int]:
        """A grid may lie in one of the same file: those that lie in none come first, 微网格 last."""

        def depth(place: int) -> tuple[bool, bool]:
            return chunk.columns["parent"][place] is not None, chunk.columns["kind"][place] == GridKind.MICRO

        return sorted(chunk.good(), key=depth)

    def new_id(self, key: Any) -> UUID:
        return self._new[key].id

    def _stands(self, grid: Grid) -> bool:
        return all(grid is not new for new in self._new.values())

    def _place(self, said: Said) -> Any:
        region = self.region_of(said) or self.places.home
        kind = said["kind"] or (GridKind.SECTOR.value if said["sector"] else GridKind.COMPREHENSIVE.value)
        return None if region is None else (region.id, kind, said["sector"] or "", said["name"])

    def key_of(self, said: Said) -> Any:
        code = (said["code"] or "").upper()
        found = self.book.by_code.get(code) or self._by_place.get(self._place(said))
        if found is None and not code and self.region_of(said) is None:
            same = [one for one in self.book.by_name.get(said["name"], []) if self._stands(one)]
            found = same[0] if len(same) == 1 else None
        return found.code if found is not None else code or self._place(said)

    def known(self, key: Any) -> Known | None:
        found = self.book.by_code.get(key) if isinstance(key, str) else None
        if found is None or not self._stands(found):
            return None
        return Known(found.id, found.version, [getattr(found, name) for name in self.fields])

    def values_of(self, said: Said, key: Any, old: Known | None) -> dict[str, Any]:
        region = self.region_of(said)
        above = said["parent"]
        parent = {} if above is None else {"parent_id": self.book.find(above, label="上级网格").id}
        if old is not None:
            was = dict(zip(self.fields, old.values, strict=True))
            fixed = [label for name, label in self.NOT_CHANGED.items() if said[name] and said[name] != was[name]]
            if region is not None and region.id != was["region_id"]:
                fixed.append("所属乡镇（街道）、村")
            if fixed:
                raise values.Unreadable(f"{'、'.join(fixed)}：设立后不能改，请撤销这个网格，另设新的。")
            return {"name": said["name"], **({"code": said["code"].upper()} if said["code"] else {}), **parent}
        region = region or self.places.home
        if region is None:
            raise values.Unreadable("所属乡镇（街道）：没有填写。")
        _, kind, sector, name = self._place(said)
        if (kind == GridKind.SECTOR) != bool(sector):
            raise values.Unreadable("行业领域：行业网格要写行业领域，其他网格不写。")
        if kind == GridKind.MICRO and not parent:
            raise values.Unreadable("上级网格：微网格要写它所在的网格。")
        level = said["level"] or territory.LEVEL_OF_REGION[region.level].value  # type: ignore[index]
        if region.level not in territory.REGION_LEVELS[GridLevel(level)]:
            raise values.Unreadable(f"网格层级：{region.name}是{region.get_level_display()}，不能设这一级网格。")
        where = {"region_id": region.id, "region_path": region.path, "wall_path": region.wall_path}
        code = (said["code"] or "").upper() or self._code(region, kind)
        self._new[key] = Grid(name=name, code=code, kind=kind, level=level, region_path=region.path)
        self.book.add(self._new[key])
        return {"code": code, "name": name, "kind": kind, "level": level, "sector": sector, "parent_id": None,
                "valid_from": said["valid_from"] or clock.today(), **where, **parent}  # fmt: skip

    def _code(self, region: Any, kind: str) -> str:
        taken = self._taken.get((region.id, kind))
        if taken is None:
            taken = self._taken[region.id, kind] = territory.taken_codes(region, kind)
        code = territory.free_code(region, kind, taken)
        taken.add(code)
        return code

    def extras(self, draft: sheets.Draft) -> dict[str, Any]:
        now = clock.now()
        return {"established_at": now, "changed_at": now, "version": 0}


class GridMemberBatch(RecordBatch):
    """People in the posts of grids: found by grid, post and name."""

    model, permission = GridMember, Permission.GRID_EDIT
    fields = ("grid_id", "region_path", "name", "phone", "post", "seat", "valid_from", "valid_to")
    same = "与原表第 {} 行是同一个人（网格、岗位和姓名相同）。"

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor)
        self.book = GridBook(actor)
        self._known: dict[Any, Known] = {}
        self._seats: dict[tuple[UUID, str], set[int]] = {}
        today = clock.today()
        self._posts = territory.establishment(today)
        for member in territory.members(actor).from_day(today):
            columns = [getattr(member, name) for name in self.fields]
            self._known[member.grid_id, member.post, member.name] = Known(member.id, 0, columns)
            self._seats.setdefault((member.grid_id, member.post), set()).add(member.seat)

    def look_up(self, chunk: sheets.Chunk) -> None:
        """All of them were read at the start."""

    def _grid(self, said: Said) -> Grid:
        region = self.region_of(said)
        return self.book.find(said["grid"], region.path if region else "")

    def key_of(self, said: Said) -> Any:
        return self._grid(said).id, said["post"], said["name"]

    def known(self, key: Any) -> Known | None:
        return self._known.get(key)

    def values_of(self, said: Said, key: Any, old: Known | None) -> dict[str, Any]:
        if old is not None:
            return {name: said[name] for name in ("phone", "valid_to") if said[name]}
        if not said["phone"]:
            raise values.Unreadable("联系电话：没有填写。出了事要找得到人。")
        grid, first = self._grid(said), said["valid_from"] or clock.today()
        if said["valid_to"] is not None and said["valid_to"] < first:
            raise values.Unreadable("离任日期：不能早于任职日期。")
        return {"grid_id": grid.id, "region_path": grid.region_path, "name": said["name"], "phone": said["phone"],
                "post": said["post"], "seat": self._seat(grid, said["post"]), "valid_from": first,
                "valid_to": said["valid_to"]}  # fmt: skip

    def _seat(self, grid: Grid, post: str) -> int:
        places = self._posts.of(grid.level).get(GridPost(post))
        label = GridPost(post).label
        if places is None:
            raise values.Unreadable(f"岗位：{grid.get_level_display()}网格不设{label}。")
        held = self._seats.setdefault((grid.id, post), set())
        seat = next((seat for seat in range(1, places.seats + 1) if seat not in held), None)
        if seat is None:
            raise values.Unreadable(f"岗位：{grid.name}的{label}（{places.seats} 人）已满。请先办理离任或者移交。")
        held.add(seat)
        return seat


class InGridBatch(RecordBatch):
    """What joins grids by list: found by itself (``column`` holds it) and the kind of grid."""

    permission = Permission.GRID_EDIT
    column: str

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor)
        self.book = GridBook(actor)
        self._known: dict[Any, Known] = {}

    @abstractmethod
    def one_of(self, said: Said) -> Any:
        """The site or the object the row names. Raises Unreadable."""

    def remember(self, found: Collection[UUID]) -> None:
        """Where these lie now: one query."""
        rows = self.model.objects.order_by().filter(sheets.bulk.among(self.model, self.column, found), left_at=None)
        self._known = {}
        for record_id, *columns in sheets.bulk.fetch(rows, "id", *self.fields):
            self._known[columns[0], columns[3], columns[4]] = Known(record_id, 0, columns)

    def grid_of(self, said: Said) -> Grid:
        region = self.region_of(said)
        return self.book.find(said["grid"], region.path if region else "")

    def key_of(self, said: Said) -> Any:
        grid = self.grid_of(said)
        return self.one_of(said).id, grid.kind, grid.sector

    def known(self, key: Any) -> Known | None:
        return self._known.get(key)

    def values_of(self, said: Said, key: Any, old: Known | None) -> dict[str, Any]:
        grid, one = self.grid_of(said), self.one_of(said)
        if old is not None and old.values[1] != grid.id:
            there = next((other.name for other in self.book.all if other.id == old.values[1]), "别的网格")
            raise values.Unreadable(
                f"网格：{one.name}已在{there}（{grid.get_kind_display()}）。要划过来，请在网格页面办理“从原网格划过来”。"
            )
        if grid.kind in OF_THE_PLACE and not reaches(grid, one.region_path):
            raise values.Unreadable(f"网格：{one.name}不在{grid.name}的区划内，请核对。")
        return {self.column: one.id, "grid_id": grid.id, "region_path": one.region_path, "kind": grid.kind,
                "sector": grid.sector, "left_at": None}  # fmt: skip

    def extras(self, draft: sheets.Draft) -> dict[str, Any]:
        return {"joined_at": clock.now()}


class SiteGridBatch(InGridBatch):
    """Sites join grids by list."""

    model, column = SiteGrid, "site_id"
    fields = ("site_id", "grid_id", "region_path", "kind", "sector", "left_at")
    same = "与原表第 {} 行是同一处场所，网格的类别也相同：一处场所同类网格只能在一个里面。"

    def look_up(self, chunk: sheets.Chunk) -> None:
        self.owners = Owners(self.actor, chunk, Permission.GRID_EDIT)
        self.remember({site.id for found in self.owners.all_sites() for site in found})

    def one_of(self, said: Said) -> Site:
        return self.owners.site(said)


class ObjectGridBatch(InGridBatch):
    """Supervised objects join grids by list: by their name within the township, and their kind where it is said."""

    model, column = ObjectGrid, "supervised_object_id"
    fields = ("supervised_object_id", "grid_id", "region_path", "kind", "sector", "left_at")
    same = "与原表第 {} 行是同一处监管对象，网格的类别也相同：一处对象同类网格只能在一个里面。"

    def look_up(self, chunk: sheets.Chunk) -> None:
        names = {name for name in chunk.columns["object_name"] if name}
        rows = SupervisedObject.objects.order_by("id").visible_to(self.actor, Permission.GRID_EDIT)
        rows = rows.filter(sheets.bulk.among(SupervisedObject, "name", names), status__in=STANDING)
        self._by_name: dict[str, list[SupervisedObject]] = {}
        for one in rows.select_for_update(of=("self",)):
            self._by_name.setdefault(one.name, []).append(one)
        self.remember({one.id for found in self._by_name.values() for one in found})

    def one_of(self, said: Said) -> SupervisedObject:
        name, kind = said["object_name"], said["kind"]
        region = self.region_of(said)
        township = territory.paths_above(region.path if region else self.grid_of(said).region_path)[:TOWNSHIP_DEPTH][-1]
        same = [one for one in self._by_name.get(name, []) if one.region_path.startswith(township)]
        if len(same) > 1 and region is not None:
            same = [one for one in same if one.region_path.startswith(region.path)] or same
        if kind:
            same = [one for one in same if one.kind == kind]
        if len(same) == 1:
            return same[0]
        if not same:
            raise values.Unreadable(
                f"对象名称：在{'这个乡镇（街道）' if len(township.split('/')) > TOWNSHIP_DEPTH else '您的管辖范围'}没有找到"
                f"“{name}”。请先登记监管对象，或核对名称、类别和所属乡镇（街道）。"
            )
        raise values.Unreadable(f"对象名称：叫“{name}”的有 {len(same)} 处，请写明类别和所属村（社区）。")

    def label_of(self, said: Said) -> str:
        return str(said["object_name"])
