"""Sites and other supervised objects by the thousand: what stands somewhere and has its departments."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from anlan.authz.choices import Sector
from anlan.authz.models import Region
from anlan.authz.participation import forget
from anlan.authz.permissions import Permission
from anlan.lib import clock, ids
from anlan.register import positions
from anlan.register.actions.grids import follow_objects
from anlan.register.actions.record_sheets import Known, Owners, RecordBatch, Said, people_of
from anlan.register.actions.steps import let_see
from anlan.register.choices import ObjectStatus, OperatingStatus, PartyKind
from anlan.register.models import Enterprise, ObjectRegulator, Site, SiteRegulator, SupervisedObject
from anlan.register.searching import text_of_object, text_of_site
from anlan.sheets import api as sheets
from anlan.sheets.api import values

SECTORS = dict(Sector.choices)
POSITION = ("longitude", "latitude", "source_crs")


class PlaceBatch(RecordBatch):
    """What lies somewhere: a position, a 属地 unit, one department for each sector (``regulator`` holds those)."""

    regulator: Any
    regulator_of: str
    registered = ("registered_at", "changed_at", "version")

    def __init__(self, actor: Any) -> None:
        super().__init__(actor)
        self._known: dict[Any, Known] = {}
        self._sectors: dict[UUID, dict[str, UUID]] = {}

    def known(self, key: Any) -> Known | None:
        return self._known.get(key)

    def remember(self, rows: Any, key: Any) -> None:
        """The records of ``rows`` by what ``key`` makes of their columns, with their departments."""
        self._known, self._sectors = {}, {}
        locked = rows.order_by().select_for_update(of=("self",))
        for record_id, version, *columns in sheets.bulk.fetch(locked, "id", "version", *self.fields):
            self._known[key(dict(zip(self.fields, columns, strict=True)))] = Known(record_id, version, columns)
        found = {one.id for one in self._known.values()}
        if found:
            parts = self.regulator.objects.order_by().filter(
                sheets.bulk.among(self.regulator, self.regulator_of, found)
            )
            for record_id, sector, unit in parts.values_list(self.regulator_of, "sector", "organisation_id"):
                self._sectors.setdefault(record_id, {})[sector] = unit

    def place_of(self, said: Said, region: Region) -> dict[str, Any]:
        """Region and 属地 unit as columns."""
        return {"region_id": region.id, "region_path": region.path, "local_unit_id": self.unit_of(region)}

    def before_of(self, old: Known, more: Said) -> dict[str, Any]:
        there = self._sectors.get(old.id, {})
        return {"sectors": there} if "sectors" in more and more["sectors"] != there else {}

    def extras(self, draft: sheets.Draft) -> dict[str, Any]:
        now = clock.now()
        return dict(zip(self.registered, (now, now, 0), strict=True))

    def settle(self, drafts: Sequence[sheets.Draft]) -> None:
        self._put_sectors(
            {one.record_id: (one.region_path, one.row[1]["sectors"]) for one in drafts if "sectors" in one.row[1]}
        )

    def _put_sectors(self, wanted: Mapping[UUID, tuple[str, Mapping[str, Any]]]) -> None:
        if not wanted:
            return
        self.regulator.objects.filter(sheets.bulk.among(self.regulator, self.regulator_of, wanted.keys())).delete()
        rows = [
            (ids.uuid7(), record_id, path, sector, unit)
            for record_id, (path, sectors) in wanted.items()
            for sector, unit in sorted(sectors.items())
        ]
        columns = ("id", self.regulator_of, "region_path", "sector", "organisation_id")
        sheets.bulk.append(self.regulator, columns, rows)

    def undo(self, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
        reasons = super().undo(kept)
        free = [one for one in kept if one.record_id not in reasons]
        changed = {one.record_id: one.before["sectors"] for one in free if one.before and "sectors" in one.before}
        if changed:
            there = self.model.objects.filter(sheets.bulk.among(self.model, "id", changed.keys()))
            paths = dict(there.values_list("id", "region_path"))
            self._put_sectors({record_id: (paths[record_id], of) for record_id, of in changed.items()})
        forget([one.record_id for one in free if one.outcome == sheets.Outcome.CREATED])
        return reasons


def position_of(said: Said) -> dict[str, Any]:
    """The position in WGS-84; nothing when none is given. Raises Unreadable."""
    east, north, crs = (said[name] for name in POSITION)
    if east is None and north is None:
        return {}
    if east is None or north is None:
        raise values.Unreadable("经度、纬度：要么都填，要么都不填。")
    if crs is None:
        raise values.Unreadable("坐标来源：填了经纬度就要写明来源：手机定位、天地图、高德或者百度。")
    if not (73 <= east <= 136 and 3 <= north <= 54):
        raise values.Unreadable("经度、纬度：经度应在 73 至 136、纬度应在 3 至 54 之间，请核对是否填反。")
    longitude, latitude = positions.to_wgs84(Decimal(east), Decimal(north), crs)
    return {"longitude": longitude, "latitude": latitude, "source_crs": crs}


NOWHERE = {"longitude": None, "latitude": None, "source_crs": ""}


class SiteBatch(PlaceBatch):
    """Sites, each found by its enterprise and its name."""

    model, permission = Site, Permission.SITE_EDIT
    regulator, regulator_of, parts = SiteRegulator, "site_id", (SiteRegulator,)
    same = "与原表第 {} 行是同一处场所（企业和场所名称相同）。"
    fields = (
        "enterprise_id", "name", "address", "region_id", "region_path", "local_unit_id", "status", *POSITION,
        "former_names", "search_text",
    )  # fmt: skip

    def look_up(self, chunk: sheets.Chunk) -> None:
        self.owners = Owners(self.actor, chunk, Permission.SITE_EDIT)
        sites = {site.id for found in self.owners.all_sites() for site in found}
        rows = Site.objects.visible_to(self.actor, Permission.SITE_EDIT)
        self.remember(
            rows.filter(sheets.bulk.among(Site, "id", sites)), lambda row: (row["enterprise_id"], row["name"])
        )
        self._people = people_of(sites)
        merged = Site.objects.order_by().filter(
            sheets.bulk.among(Site, "enterprise_id", self.owners.by_id.keys()), merged_into__isnull=False
        )
        self._merged = {
            (of, name): into for of, name, into in merged.values_list("enterprise_id", "name", "merged_into__name")
        }

    def key_of(self, said: Said) -> Any:
        enterprise, name = self.owners.enterprise(said), said["name"]
        sites = self.owners.sites(enterprise)
        if name is None and len(sites) > 1:
            raise values.Unreadable(f"场所名称：{enterprise.name}有 {len(sites)} 处场所，请写明是哪一处。")
        if (into := self._merged.get((enterprise.id, name))) and all(site.name != name for site in sites):
            raise values.Unreadable(f"场所名称：“{name}”已经并入“{into}”，请改成保留的名称，或者删去这一行。")
        return enterprise.id, name or (sites[0].name if sites else enterprise.short_name or enterprise.name)

    def values_of(self, said: Said, key: Any, old: Known | None) -> dict[str, Any]:
        enterprise = self.owners.enterprise(said)
        region = self.region_of(said)
        found = {name: said[name] for name in ("address", "status") if said[name] is not None} | position_of(said)
        if old is not None:
            self._check_stays(region, found, dict(zip(self.fields, old.values, strict=True)))
            home = self.places.by_id.get(dict(zip(self.fields, old.values, strict=True))["region_id"])
        else:
            home = region or self.places.by_id.get(enterprise.region_id)
            if home is None:
                raise values.Unreadable("所属乡镇（街道）：没有填写。")
            if home.wall_path != enterprise.wall_path:
                raise values.Unreadable("所属乡镇（街道）：不能登记到其他县（市、区）。")
            if "address" not in found:
                raise values.Unreadable("场所地址：新登记的场所要填地址。")
            start = {
                "enterprise_id": enterprise.id,
                "name": key[1],
                "status": OperatingStatus.OPERATING.value,
                **NOWHERE,
            }
            found = {**start, **self.place_of(said, home), **found}
        if said["sectors"] and home is not None:
            found["sectors"] = self.regulators_of(home, said["sectors"], SECTORS)
        return found

    def _check_stays(self, region: Region | None, found: Mapping[str, Any], old: Mapping[str, Any]) -> None:
        """Status and place of a site are acts of their own: evidence, hand-over, grids to leave."""
        if found.get("status", old["status"]) != old["status"]:
            raise values.Unreadable("经营状态：与登记的不同。状态凭证明材料变更，请在场所页面办理，表里这一格留空。")
        if region is not None and not old["region_path"].startswith(region.path):
            raise values.Unreadable("所属乡镇（街道）、村：与登记的不同。搬迁请在场所页面修改或移交，表里这几格留空。")

    def findable(self, now: Said, old: Known | None) -> dict[str, Any]:
        former = now.get("former_names") or []
        site = Site(name=now["name"], address=now["address"], former_names=former)
        people = self._people.get(old.id, []) if old is not None else []
        return {"former_names": former, "search_text": text_of_site(site, people)}

    def settle(self, drafts: Sequence[sheets.Draft]) -> None:
        super().settle(drafts)
        for one in drafts:
            if one.outcome == sheets.Outcome.CREATED:
                owner = self.owners.by_id[one.row[0][0]]
                if owner.organisation is not None:
                    let_see(owner.organisation, one.record_id, one.region_path)


class ObjectBatch(PlaceBatch):
    """Supervised objects, each found by township, kind and name."""

    model, permission = SupervisedObject, Permission.OBJECT_EDIT
    regulator, regulator_of, parts = ObjectRegulator, "supervised_object_id", (ObjectRegulator,)
    same = "与原表第 {} 行是同一个对象（乡镇、类别和名称相同）。"
    fields = (
        "kind", "name", "address", "region_id", "region_path", "local_unit_id", "status", *POSITION, "party_kind",
        "party_enterprise_id", "party_organisation_id", "party_name", "party_phone", "former_names", "search_text",
    )  # fmt: skip

    def look_up(self, chunk: sheets.Chunk) -> None:
        self.owners = Owners(self.actor, chunk, Permission.ENTERPRISE_VIEW, with_sites=False)
        names = {name for name in chunk.columns["name"] if name}
        rows = SupervisedObject.objects.visible_to(self.actor, Permission.OBJECT_EDIT)
        self.remember(
            rows.filter(sheets.bulk.among(SupervisedObject, "name", names)),
            lambda row: (row["local_unit_id"], row["kind"], row["name"]),
        )

    def _home(self, said: Said) -> Region:
        home = self.region_of(said) or self.places.home
        if home is None:
            raise values.Unreadable("所属乡镇（街道）：没有填写。")
        return home

    def key_of(self, said: Said) -> Any:
        return self.unit_of(self._home(said)), said["kind"], said["name"]

    def values_of(self, said: Said, key: Any, old: Known | None) -> dict[str, Any]:
        home = self._home(said)
        found = {name: said[name] for name in ("address", "status") if said[name] is not None} | position_of(said)
        found |= self._party(said)
        if old is None:
            if "address" not in found:
                raise values.Unreadable("地址：新登记的对象要填地址。")
            start = {"kind": said["kind"], "name": said["name"], "status": ObjectStatus.IN_USE.value, **NOWHERE}
            nobody = {"party_kind": "", "party_enterprise_id": None, "party_organisation_id": None}
            found = {**start, **nobody, "party_name": "", "party_phone": "", **self.place_of(said, home), **found}
        elif said["village"]:
            found |= self.place_of(said, home)
        if said["sectors"]:
            found["sectors"] = self.regulators_of(home, said["sectors"], SECTORS)
        return found

    def findable(self, now: Said, old: Known | None) -> dict[str, Any]:
        former = now.get("former_names") or []
        words = {name: now[name] for name in ("name", "address", "party_name", "party_phone")}
        found = SupervisedObject(**words, former_names=former)
        return {"former_names": former, "search_text": text_of_object(found)}

    def _party(self, said: Said) -> dict[str, Any]:
        person = {name: said[name] for name in ("party_name", "party_phone") if said[name] is not None}
        if said["enterprise_name"] or said["enterprise_code"]:
            owner: Enterprise = self.owners.enterprise(said)
            return {"party_kind": PartyKind.ENTERPRISE.value, "party_enterprise_id": owner.id,
                    "party_organisation_id": None, **person}  # fmt: skip
        if "party_name" in person:
            return {"party_kind": PartyKind.PERSON.value, "party_enterprise_id": None, "party_organisation_id": None,
                    **person}  # fmt: skip
        return person

    def settle(self, drafts: Sequence[sheets.Draft]) -> None:
        super().settle(drafts)
        follow_objects(one.record_id for one in drafts if one.before and "region_path" in one.before)
        at = self.fields.index("party_enterprise_id")
        for one in drafts:
            owner = self.owners.by_id.get(one.row[0][at])
            if owner is not None and owner.organisation is not None:
                let_see(owner.organisation, one.record_id, one.region_path)

    def undo(self, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
        reasons = super().undo(kept)
        follow_objects(one.record_id for one in kept if one.before and "region_path" in one.before)
        return reasons
