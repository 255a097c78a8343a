"""Who and where the words of a ledger mean: enterprises, sites, supervised objects, organisations, regions. A few queries
for each chunk."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Organisation, Region
from anlan.hidden_dangers.ledger_words import person_in
from anlan.organisations import api as organisations
from anlan.register import api as register
from anlan.sheets import api as sheets

Unreadable = sheets.values.Unreadable
Facts = dict[str, Any]
"""What a row says, by the names of the columns; what it does not say is not in it."""


@dataclass
class Where:
    """Whose, and where in the tree. ``organisation`` is the party that is no enterprise, ``person`` the one that is
    neither; of an ``object`` these are who answers for it."""

    region: Region
    place: str
    enterprise: register.Enterprise | None
    site: register.Site | None
    organisation: Organisation | None
    person: str = ""
    object: register.SupervisedObject | None = None


@dataclass
class Stated:
    """A row with everybody it names found. ``facts`` are its words."""

    facts: Facts
    where: Where
    lead: Organisation
    regulator: Organisation | None
    named_decider: Organisation | None

    def day(self, name: str) -> date | None:
        found: date | None = self.facts.get(name)
        return found

    def text(self, name: str) -> str:
        return str(self.facts.get(name, ""))


class Names:
    """Everybody a ledger may name, found once for a run."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.office = organisations.organisation_of(actor)
        self.places = register.Places(actor)
        self.regulators = organisations.regulators_of(self.office.region)
        self._organs: dict[str, set[UUID]] = defaultdict(set)
        self._by_id: dict[UUID, Organisation] = {}
        for organ in organisations.visible_organisations(actor).exclude(kind=OrganisationKind.ENTERPRISE):
            self._by_id[organ.id] = organ
            above = organ.region.parent_id
            for word in _words_for(organ, self.places.by_id.get(above) if above else None):
                self._organs[word].add(organ.id)
        self._enterprises: dict[str, list[register.Enterprise]] = {}
        self._sites: dict[UUID, list[register.Site]] = {}
        self._objects: dict[str, list[register.SupervisedObject]] = {}

    def load(self, rows: Iterable[Facts]) -> None:
        """Look for the enterprises that the rows name, and their sites."""
        given = list(rows)
        codes = {facts["credit_code"] for facts in given if "credit_code" in facts}
        names = {facts["enterprise"] for facts in given if "enterprise" in facts}
        seen = register.enterprises(self.actor, register.EnterpriseFilters()).select_related("organisation__region")
        found: dict[UUID, register.Enterprise] = {}
        by_word: dict[str, dict[UUID, register.Enterprise]] = defaultdict(dict)
        for column, words in (("unified_social_credit_code", codes), ("name", names), ("short_name", names)):
            if not words:
                continue
            for one in seen.filter(sheets.bulk.among(register.Enterprise, column, words)).order_by():
                found[one.id] = one
                by_word[getattr(one, column)][one.id] = one
        self._enterprises = {word: list(ones.values()) for word, ones in by_word.items()}
        self._sites = defaultdict(list)
        if found:
            mine = sheets.bulk.among(register.Site, "enterprise_id", list(found))
            for site in register.sites(self.actor, register.SiteFilters()).filter(mine).select_related("region"):
                self._sites[site.enterprise_id].append(site)

        self._objects = defaultdict(list)
        if rest := names - by_word.keys() - self._organs.keys():
            things = register.supervised_objects(self.actor, register.ObjectFilters()).select_related(
                "region", "party_enterprise__organisation__region", "party_organisation__region"
            )
            for thing in things.filter(sheets.bulk.among(register.SupervisedObject, "name", rest)):
                self._objects[thing.name].append(thing)

    def organ(self, written: str) -> Organisation | None:
        """The organ of that name or short name, None when there is none. Raises Unreadable for several."""
        found = self._organs.get(written) or self._organs.get(_shorter(written)) or set()
        if len(found) > 1:
            names = "、".join(sorted(self._by_id[one].name for one in found)[:4])
            raise Unreadable(f"“{written}”有好几个（{names}），请写全称。")
        return self._by_id[next(iter(found))] if found else None

    def enterprise(self, facts: Facts) -> register.Enterprise | None:
        """The enterprise a row names. Raises Unreadable when there are several, or none of that code."""
        code, name = facts.get("credit_code"), facts.get("enterprise", "")
        if code:
            found = self._enterprises.get(code, [])
            if not found:
                raise Unreadable(f"统一社会信用代码：底册里没有“{code}”，请先登记或导入这家企业。")
            return found[0]
        found = self._enterprises.get(name, []) if name else []
        if len(found) > 1:
            raise Unreadable(f"受检单位：叫“{name}”的企业有 {len(found)} 家，请填写统一社会信用代码。")
        return found[0] if found else None

    def state(self, facts: Facts) -> Stated:
        """The row of a ledger of hidden dangers with everybody found. Raises Unreadable."""
        return Stated(
            facts=facts,
            where=self.where(facts, takes_people=True),
            lead=self.organ_in("lead", "主办单位", facts) or self.office,
            regulator=self.regulators.get(facts.get("sector", "")),
            named_decider=self.organ_in("decided_by", "重大判定部门", facts),
        )

    def where(self, facts: Facts, *, takes_people: bool = False) -> Where:
        """Whose and where; ``takes_people``: it may be a natural person's. Raises Unreadable with the column and what to
        do."""
        enterprise = self.enterprise(facts)
        name = facts.get("enterprise", "")
        organisation = self.organ(name) if name and enterprise is None else None
        if name and enterprise is None and organisation is None and (thing := self._object_called(name, facts)):
            return _at(thing, facts)
        person = person_in(name) if takes_people and enterprise is None and organisation is None else ""
        if name and enterprise is None and organisation is None and not person:
            hint = "；是个人或商铺的，写成“张三（沿街商铺）”" if takes_people else ""
            raise Unreadable(
                f"受检单位：企业底册、监管对象和机构名录里都没有“{name}”。"
                f"请先登记或导入，或者改成底册里的名称（不要加备注）{hint}。"
            )
        site = self._site_of(enterprise, facts.get("site", ""))
        region = self._region_of(facts, enterprise, site, organisation)
        place = facts.get("place") or self._usual_place(enterprise, site, name)
        if not place:
            raise Unreadable("地点：没有填写，也没有写受检单位，不知道在哪里。")
        return Where(region, place[:200], enterprise, site, organisation, person)

    def _object_called(self, name: str, facts: Facts) -> register.SupervisedObject | None:
        """The supervised object of that name in the township or village the row names. Raises Unreadable."""
        named = self.places.find(None, facts.get("township"), facts.get("village"))
        above = named.path if named else self.office.region.wall_path
        found = [one for one in self._objects.get(name, []) if one.region_path.startswith(above)]
        if len(found) > 1:
            raise Unreadable(f"受检单位：叫“{name}”的监管对象有 {len(found)} 个，请写明所属乡镇（街道）、村（社区）。")
        return found[0] if found else None

    def _site_of(self, enterprise: register.Enterprise | None, name: str) -> register.Site | None:
        sites = self._sites.get(enterprise.id, []) if enterprise else []
        if name:
            found = (
                [one for one in sites if one.name == name]
                or [one for one in sites if name in one.former_names]
                or [one for one in sites if name in one.name]
            )
            if len(found) != 1:
                raise Unreadable(f"场所：这家企业没有叫“{name}”的场所，请核对，或者留空。")
            return found[0]
        return sites[0] if len(sites) == 1 else None

    def _region_of(
        self,
        facts: Facts,
        enterprise: register.Enterprise | None,
        site: register.Site | None,
        organisation: Organisation | None,
    ) -> Region:
        if site is not None:
            return site.region
        named = self.places.find(None, facts.get("township"), facts.get("village"))
        other = enterprise.region_id if enterprise else organisation.region_id if organisation else None
        region = named or (self.places.by_id.get(other) if other else None) or self.places.home
        if region is None or region.wall_path != self.office.region.wall_path:
            raise Unreadable("所属乡镇（街道）：没有填写，或者不在本县（市、区）。台账由所在县（市、区）导入。")
        return region

    @staticmethod
    def _usual_place(enterprise: register.Enterprise | None, site: register.Site | None, name: str) -> str:
        if site is not None:
            return site.address or site.name
        return (enterprise.registered_address or enterprise.name) if enterprise else name

    def organ_in(self, column: str, label: str, facts: Facts) -> Organisation | None:
        """The organ of the county that a column names; None where it names none. Raises Unreadable."""
        written = facts.get(column)
        if not written:
            return None
        try:
            found = self.organ(written)
        except Unreadable as why:
            raise Unreadable(f"{label}：{why}") from None
        if found is None or found.region.wall_path != self.office.region.wall_path:
            raise Unreadable(f"{label}：本县（市、区）的机构名录里没有“{written}”，请写机构的全称或简称。")
        return found


_ORGAN = re.compile(
    r"(?:(?<=村)村民委员会|(?<=村)委会|居民委员会|村民委员会|居委会|村委会|(?<=街道)办(?:事处)?|人民政府|政府)$"
)


def _shorter(written: str) -> str:
    """``文化社区居委会`` → ``文化社区``, ``汛桥镇政府`` → ``汛桥镇``."""
    return _ORGAN.sub("", written)


def _at(thing: register.SupervisedObject, facts: Facts) -> Where:
    """At a supervised object, with whoever answers for it."""
    person = thing.party_name if thing.party_kind == register.PartyKind.PERSON else ""
    place = (facts.get("place") or thing.address)[:200]
    return Where(thing.region, place, thing.party_enterprise, None, thing.party_organisation, person, thing)


def _words_for(organ: Organisation, above: Region | None) -> set[str]:
    """``临海市应急管理局`` is also 应急管理局 and 市应急管理局; the organ of a township or village also has its name, with
    and without what lies above (the township, ``above``)."""
    words = {organ.name, organ.short_name}
    region = organ.region
    if organ.kind in (OrganisationKind.TOWNSHIP, OrganisationKind.VILLAGE):
        words |= {region.name, f"{above.name}{region.name}" if above else region.name}
        return words | {_shorter(word) for word in words}
    if region.level in (RegionLevel.TOWNSHIP, RegionLevel.VILLAGE):
        return words
    for word in list(words):
        for prefix in (region.name, region.name.rstrip("市县区")):
            if word.startswith(prefix) and len(word) > len(prefix) + 1:
                rest = word.removeprefix(prefix)
                words |= {rest, f"{region.name[-1]}{rest}"}
    return words
