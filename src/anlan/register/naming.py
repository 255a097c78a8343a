"""Which region or industry is meant by what an office writes."""

import re
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import RegionLevel
from anlan.authz.models import Region
from anlan.register.models import Industry
from anlan.register.selectors import industries
from anlan.sheets.api import values
from anlan.territory import api as territory

_TAIL = re.compile(
    r"(人民政府|街道办事处|街道办|街道|办事处|居民委员会|村民委员会|社区居委会|居委会|村委会|社区|镇|乡|村|居)$"
)
_HOMES = (RegionLevel.COUNTY, RegionLevel.TOWNSHIP, RegionLevel.VILLAGE)


class Places:
    """The regions an actor works in, found by code or by name; each pair of words is looked for once."""

    def __init__(self, actor: Actor) -> None:
        regions = list(territory.regions_of(actor, *_HOMES))
        self.by_id: dict[UUID, Region] = {region.id: region for region in regions}
        self.home = next((region for region in regions if region.path == actor.region_path), None)
        self._by_code = {region.code.ljust(12, "0"): region for region in regions}
        self._townships = _by_words(region for region in regions if region.level == RegionLevel.TOWNSHIP)
        self._villages = _by_words(region for region in regions if region.level == RegionLevel.VILLAGE)
        self._found: dict[tuple[str | None, str | None, str | None], Region | None] = {}

    def find(self, code: str | None, township: str | None, village: str | None) -> Region | None:
        """The region the cells name; None when they are empty. Raises Unreadable."""
        key = (code, township, village)
        if key not in self._found:
            self._found[key] = self._find(code or "", township or "", village or "")
        return self._found[key]

    def _find(self, code: str, township: str, village: str) -> Region | None:
        if code:
            found = self._by_code.get(code.ljust(12, "0"))
            if found is None:
                raise values.Unreadable(f"区划代码“{code}”不存在，或者不在您的管辖范围内。")
            return found
        if not township and not village:
            return None
        above = self._one(self._townships, township, "乡镇（街道）") if township else None
        if not village:
            return above
        inside = [one for one in _named(self._villages, village) if above is None or one.parent_id == above.id]
        if len(inside) == 1:
            return inside[0]
        if above is not None:
            raise values.Unreadable(f"{above.name}没有叫“{village}”的村（社区），请核对。")
        what = "有好几个，请写明所在乡镇（街道）" if inside else "不存在，或者不在您的管辖范围内"
        raise values.Unreadable(f"村（社区）“{village}”{what}。")

    def _one(self, names: dict[str, list[Region]], word: str, what: str) -> Region:
        found = _named(names, word)
        if len(found) != 1:
            raise values.Unreadable(f"{what}“{word}”不存在，或者不在您的管辖范围内。")
        return found[0]


class Industries:
    """Headings of GB/T 4754 by code, by code and name, or by name."""

    def __init__(self) -> None:
        known: list[Industry] = list(industries())
        self._by_code = {one.code: one.code for one in known}
        self._by_name = {one.name: one.code for one in known}
        self._found: dict[str, str] = {}

    def code_of(self, written: str) -> str:
        """The code that is meant. Raises Unreadable."""
        if written not in self._found:
            self._found[written] = self._code_of(written)
        return self._found[written]

    def _code_of(self, written: str) -> str:
        first = re.match(r"[A-Ta-t]?\d{2,4}|[A-Ta-t](?![A-Za-z])", written)
        if first:
            code = first[0].upper()
            digits = code.lstrip("ABCDEFGHIJKLMNOPQRST")
            if found := self._by_code.get(digits or code):
                return found
        if found := self._by_name.get(re.sub(r"^[A-Ta-t]?\d*[\s.、-]*", "", written)):
            return found
        raise values.Unreadable(f"“{written[:20]}”不是 GB/T 4754-2017 的行业代码或名称。")


def _by_words(regions: Iterable[Region]) -> dict[str, list[Region]]:
    """Regions by their full name and by the name without 街道, 镇, 社区 …"""
    found: dict[str, list[Region]] = defaultdict(list)
    for region in regions:
        for word in {region.name, _TAIL.sub("", region.name)}:
            found[word].append(region)
    return found


def _named(names: dict[str, list[Region]], word: str) -> list[Region]:
    exact = [region for region in names.get(word, []) if region.name == word]
    return exact or names.get(word, []) or names.get(_TAIL.sub("", word), [])
