"""What the batches of sites, objects, people and grids have in common: each row is one record with a natural key."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation, Region
from anlan.authz.permissions import Permission
from anlan.lib import clock, ids
from anlan.lib.refusals import Invalid, Refused
from anlan.organisations import api as organisations
from anlan.register.models import Enterprise, Site, SitePerson
from anlan.register.naming import Places
from anlan.sheets import api as sheets
from anlan.sheets.api import values

Said = Mapping[str, Any]
QUICKER = "刚刚有人登记了同样的一条，请再导入一次。"


class Known:
    """A record that is there: the columns of ``fields``, and its version where it has one."""

    __slots__ = ("id", "values", "version")

    def __init__(self, record_id: UUID, version: int, columns: Sequence[Any]) -> None:
        self.id, self.version, self.values = record_id, version, tuple(columns)


class RecordBatch(ABC):
    """One run over a file. A kind says what its rows mean (``look_up``, ``key_of``, ``values_of``); the rest is here.

    ``fields`` are the columns an import writes, ``region_path`` among them; ``parts`` the models that go with a record.
    """

    model: Any
    permission: Permission
    fields: tuple[str, ...]
    parts: tuple[type[Any], ...] = ()
    same = "与原表第 {} 行是同一条。"

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.places = Places(actor)
        self.versioned = "version" in {field.name for field in self.model._meta.fields}
        self._seen: dict[Any, int] = {}
        self._units: dict[UUID, Organisation | None] = {}
        self._regulators: dict[str, Mapping[str, Organisation]] = {}

    @abstractmethod
    def look_up(self, chunk: sheets.Chunk) -> None:
        """Read what the rows of the chunk name: a few queries, whatever its length."""

    @abstractmethod
    def key_of(self, said: Said) -> Any:
        """What the row is about. Raises Unreadable."""

    @abstractmethod
    def known(self, key: Any) -> Known | None:
        """The record that is there already. Raises Unreadable when it cannot be told."""

    @abstractmethod
    def values_of(self, said: Said, key: Any, old: Known | None) -> dict[str, Any]:
        """The columns as they shall be; those left out stay as they are. Raises Unreadable, Invalid, Refused."""

    def findable(self, now: Said, old: Known | None) -> dict[str, Any]:
        """The columns that follow from the others: what the record is found by."""
        return {}

    def extras(self, draft: sheets.Draft) -> dict[str, Any]:
        """More columns of a new record."""
        return {}

    def settle(self, drafts: Sequence[sheets.Draft]) -> None:  # noqa: B027 - most kinds have nothing to write
        """Write what hangs on the records."""

    def order(self, chunk: sheets.Chunk) -> list[int]:
        """The rows to look at, those first on which others build."""
        return list(chunk.good())

    def new_id(self, key: Any) -> UUID:
        """The id of a new record."""
        return ids.uuid7()

    def draft(self, chunk: sheets.Chunk) -> list[sheets.Draft]:
        """See :class:`sheets.Batch`."""
        self.look_up(chunk)
        drafts = []
        for place in self.order(chunk):
            said = {name: column[place] for name, column in chunk.columns.items()}
            try:
                drafts.append(self._draft(place, chunk.numbers[place], said))
            except values.Unreadable as why:
                chunk.refuse(place, str(why))
            except (Invalid, Refused) as refusal:
                chunk.refuse(place, refusal.reason)
        return drafts

    def _draft(self, place: int, number: int, said: Said) -> sheets.Draft:
        key = self.key_of(said)
        first = self._seen.setdefault(key, number)
        if first != number:
            raise values.Unreadable(self.same.format(first))
        old = self.known(key)
        was = dict(zip(self.fields, old.values, strict=True)) if old is not None else {}
        now = {**was, **self.values_of(said, key, old)}
        now |= self.findable(now, old)
        row = tuple(now[name] for name in self.fields)
        more = {name: value for name, value in now.items() if name not in self.fields}
        left = None if self.versioned else sheets.left_as(self.fields, row)
        label, path = self.label_of(said), now["region_path"]
        if old is None:
            outcome = sheets.Outcome.CREATED
            return sheets.Draft(place, number, outcome, self.new_id(key), label, path, after=left, row=(row, more))
        before = {name: value for name, value in was.items() if value != now[name]}
        before |= self.before_of(old, more)
        if not before:
            return sheets.Draft(place, number, sheets.Outcome.UNCHANGED, old.id, label, path)
        outcome, version = sheets.Outcome.UPDATED, old.version + 1 if self.versioned else 0
        return sheets.Draft(place, number, outcome, old.id, label, path, version, before, left, (row, more))

    def label_of(self, said: Said) -> str:
        """What the record is called on the page of the import."""
        return str(said.get("name") or said.get("enterprise_name") or "")

    def before_of(self, old: Known, more: Said) -> dict[str, Any]:
        """What hangs on the record and would change, as it is."""
        return {}

    def write(self, chunk: sheets.Chunk, drafts: Sequence[sheets.Draft]) -> Callable[[], list[sheets.Draft]]:
        """See :class:`sheets.Batch`."""
        return partial(self._write, chunk, drafts)

    def _write(self, chunk: sheets.Chunk, drafts: Sequence[sheets.Draft]) -> list[sheets.Draft]:
        made = [draft for draft in drafts if draft.outcome == sheets.Outcome.CREATED]
        if made:
            extras = [self.extras(draft) for draft in made]
            columns = ("id", *self.fields, *extras[0])
            rows = ((one.record_id, *one.row[0], *more.values()) for one, more in zip(made, extras, strict=True))
            inserted = sheets.bulk.insert(self.model, columns, rows)
            for draft in made:
                if draft.record_id not in inserted:
                    chunk.refuse(draft.place, QUICKER)
        changed = [draft for draft in drafts if draft.outcome == sheets.Outcome.UPDATED]
        stamp = (clock.now(),) if self.versioned else ()
        columns = ("id", *self.fields, *(("changed_at",) if stamp else ()))
        sheets.bulk.update(self.model, columns, ((one.record_id, *one.row[0], *stamp) for one in changed))
        written = [draft for draft in drafts if draft.place not in chunk.errors]
        self.settle(written)
        return written

    def undo(self, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
        """See :class:`sheets.Batch`."""
        rows = self.model.objects.visible_to(self.actor, self.permission)
        return sheets.undo(rows, self.fields, kept, parts=self.parts)

    def region_of(self, said: Said) -> Region | None:
        """The region the row names. Raises Unreadable."""
        return self.places.find(said["region_code"], said["township"], said["village"])

    def unit_of(self, region: Region) -> UUID:
        """The 属地 unit of a region. Raises Unreadable."""
        if region.id not in self._units:
            self._units[region.id] = organisations.local_unit_of(region)
        unit = self._units[region.id]
        if unit is None:
            raise values.Unreadable("所属乡镇（街道）：请写到乡镇（街道）或者村（社区），以便确定属地单位。")
        return unit.id

    def regulators_of(self, region: Region, sectors: Sequence[str], label: Mapping[str, str]) -> dict[str, UUID]:
        """Each sector with its department in the county. Raises Unreadable."""
        if region.wall_path not in self._regulators:
            self._regulators[region.wall_path] = organisations.regulators_of(region)
        known = self._regulators[region.wall_path]
        if orphans := [label[sector] for sector in sectors if sector not in known]:
            raise values.Unreadable(f"主管行业：本县（市、区）还没有明确“{'、'.join(orphans)}”的主管部门。")
        return {sector: known[sector].id for sector in sectors}


def people_of(site_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """Name and phone of everybody who answers for these sites, in their order: one query."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    if site_ids:
        people = SitePerson.objects.order_by("id").filter(sheets.bulk.among(SitePerson, "site_id", site_ids))
        for site_id, name, phone in people.values_list("site_id", "name", "phone"):
            found.setdefault(site_id, []).append((name, phone))
    return found


def was_called(sites: Iterable[Site], name: str) -> list[Site]:
    """Those that bore the name before, or that one of it was merged into: ledgers go on saying it."""
    return [site for site in sites if name in site.former_names]


class Owners:
    """The enterprises that the rows of a chunk name, by credit code, else by name; and their sites: two queries."""

    def __init__(self, actor: Actor, chunk: sheets.Chunk, permission: Permission, *, with_sites: bool = True) -> None:
        codes = {code for code in chunk.columns["enterprise_code"] if code}
        names = {name for name in chunk.columns["enterprise_name"] if name}
        mine = Enterprise.objects.order_by().select_related("organisation").visible_to(actor, permission)
        among = sheets.bulk.among
        by_code = list(mine.filter(among(Enterprise, "unified_social_credit_code", codes))) if codes else []
        by_name = list(mine.filter(among(Enterprise, "name", names))) if names else []
        self._by_code = {one.unified_social_credit_code: one for one in by_code}
        self._by_name: dict[str, list[Enterprise]] = {}
        for one in by_name:
            self._by_name.setdefault(one.name, []).append(one)
        self.by_id = {one.id: one for one in [*by_code, *by_name]}
        self._sites: dict[UUID, list[Site]] = {}
        found = set(self.by_id)
        if with_sites and found:
            sites = Site.objects.order_by("registered_at").visible_to(actor, permission)
            for site in sites.filter(among(Site, "enterprise_id", found)).select_for_update(of=("self",)):
                self._sites.setdefault(site.enterprise_id, []).append(site)

    def enterprise(self, said: Said) -> Enterprise:
        """The one the row names. Raises Unreadable."""
        code, name = said["enterprise_code"], said["enterprise_name"]
        if not code and not name:
            raise values.Unreadable("企业名称：没有填写，也没有填统一社会信用代码。")
        if code and code in self._by_code:
            return self._by_code[code]
        same = self._by_name.get(name or "", [])
        if len(same) > 1:
            raise values.Unreadable(f"企业名称：叫“{name}”的有 {len(same)} 家，请填写统一社会信用代码。")
        if not same or (code and same[0].unified_social_credit_code):
            raise values.Unreadable(
                f"企业名称：没有找到“{name or code}”，或者不在您的管辖范围内。请先导入企业，或核对名称和代码。"
            )
        return same[0]

    def all_sites(self) -> Iterable[list[Site]]:
        return self._sites.values()

    def sites(self, enterprise: Enterprise) -> list[Site]:
        return self._sites.get(enterprise.id, [])

    def site(self, said: Said) -> Site:
        """The site the row names: by its name, or the only one. Raises Unreadable."""
        enterprise, name = self.enterprise(said), said["site_name"]
        sites = self.sites(enterprise)
        same = [site for site in sites if name in (None, site.name)] or was_called(sites, name)
        if len(same) == 1:
            return same[0]
        if not sites:
            raise values.Unreadable(f"场所名称：{enterprise.name}在您的管辖范围内还没有场所，请先导入场所。")
        if not same:
            raise values.Unreadable(f"场所名称：{enterprise.name}没有叫“{name}”的场所，请核对。")
        raise values.Unreadable(f"场所名称：{enterprise.name}有 {len(same)} 处场所，请写明是哪一处。")
