"""Templates of a region's organs (``data/reference/organisation-templates``): TOML in, planned organisations out."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.authz.choices import Capacity, OrganisationKind, RegionLevel, Sector
from anlan.authz.models import Region

# Kinds of which a region has exactly one: a second load knows them even under another name.
ONE_PER_REGION = frozenset(
    {
        OrganisationKind.GOVERNMENT,
        OrganisationKind.COMMITTEE,
        OrganisationKind.COMMITTEE_OFFICE,
        OrganisationKind.FIRE_RESCUE,
        OrganisationKind.TOWNSHIP,
        OrganisationKind.TOWNSHIP_OFFICE,
        OrganisationKind.VILLAGE,
    }
)
_DIVISION_ENDINGS = ("自治县", "街道", "地区", "市", "县", "区", "镇", "乡")


@dataclass(frozen=True, slots=True)
class Planned:
    """An organisation a template asks for. ``key`` and ``parent_key`` hold the plan together."""

    key: str
    parent_key: str
    kind: OrganisationKind
    name: str
    short_name: str
    region: Region
    sectors: tuple[Sector, ...] = ()
    capacity: Capacity = Capacity.NONE
    document_prefix: str = ""
    seal_name: str = ""


@dataclass(frozen=True)
class Template:
    """A read template: ``level`` is the level of the regions it is made for."""

    title: str
    level: RegionLevel
    organisations: list[dict[str, Any]]
    below: dict[str, dict[str, Any]]

    def plan(self, region: Region, below: Iterable[Region] = ()) -> Iterator[Planned]:
        """The organs of ``region``, then those of its townships and villages, each parent before its children."""
        words = _words(region)
        for entry in self.organisations:
            yield _planned(entry, entry["key"], entry.get("parent", ""), OrganisationKind(entry["kind"]), region, words)
        townships: dict[Any, dict[str, str]] = {}
        for inner in below:
            if inner.level == RegionLevel.TOWNSHIP and "township" in self.below:
                townships[inner.id] = words | _township_words(inner)
                yield from self._township(inner, townships[inner.id])
            elif inner.parent_id in townships and "village" in self.below:
                yield self._village(inner, townships[inner.parent_id])

    def _township(self, region: Region, words: dict[str, str]) -> Iterator[Planned]:
        entry = self.below["township"]
        yield _planned(entry, region.path, entry["parent"], OrganisationKind.TOWNSHIP, region, words)
        if office := self.below.get("township_office"):
            key = f"{region.path}office"
            yield _planned(office, key, region.path, OrganisationKind.TOWNSHIP_OFFICE, region, words)

    def _village(self, region: Region, words: dict[str, str]) -> Planned:
        above = region.path[: region.path.rstrip("/").rindex("/") + 1]
        words = words | {"village": region.name, "village_organ": village_organ(region.name)}
        return _planned(self.below["village"], region.path, above, OrganisationKind.VILLAGE, region, words)


def read_template(path: Path) -> Template:
    """Read a template. Raises FileNotFoundError; ValueError or KeyError when it is not well-formed."""
    content = tomllib.loads(path.read_text("utf-8"))
    return Template(
        title=content["title"],
        level=RegionLevel(content["level"]),
        organisations=content["organisation"],
        below={key: content[key] for key in ("township", "township_office", "village") if key in content},
    )


def stem(name: str) -> str:
    """``临海市`` → ``临海``; a name of two characters (``沙县``) stays whole."""
    for ending in _DIVISION_ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


def township_organ(name: str) -> str:
    """``古城街道`` → ``古城街道办事处``, ``汛桥镇`` → ``汛桥镇人民政府``."""
    if name.endswith("街道"):
        return f"{name}办事处"
    return f"{name}人民政府" if name.endswith(("镇", "乡")) else name


def village_organ(name: str) -> str:
    """``文化社区`` → ``文化社区居民委员会``, ``谢里王村`` → ``谢里王村村民委员会``."""
    if name.endswith(("社区", "居")):
        return f"{name.removesuffix('居')}居民委员会"
    return f"{name}村民委员会" if name.endswith("村") else name


def _words(region: Region) -> dict[str, str]:
    short = stem(region.name)
    return {"region": region.name, "stem": short, "abbr": short[0]}


def _township_words(region: Region) -> dict[str, str]:
    return {
        "township": region.name,
        "township_stem": stem(region.name),
        "township_organ": township_organ(region.name),
    }


def _planned(
    entry: dict[str, Any], key: str, parent_key: str, kind: OrganisationKind, region: Region, words: dict[str, str]
) -> Planned:
    name = entry["name"].format_map(words)
    return Planned(
        key=key,
        parent_key=parent_key,
        kind=kind,
        name=name,
        short_name=entry["short_name"].format_map(words),
        region=region,
        sectors=tuple(Sector(sector) for sector in entry.get("sectors", ())),
        capacity=Capacity(entry.get("capacity", Capacity.NONE)),
        document_prefix=entry.get("document_prefix", "").format_map(words),
        seal_name=entry.get("seal_name", "" if kind == OrganisationKind.VILLAGE else name).format_map(words),
    )
