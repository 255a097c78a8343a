"""Writes to the divisions: they come in bulk, from published files."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import RegionLevel
from anlan.authz.models import Region
from anlan.ledger import api as ledger
from anlan.lib import hashing, ids
from anlan.lib.refusals import Forbidden
from anlan.territory.reference import Division

BATCH = 2000


@dataclass
class RegionLoad:
    """What a load found in the files and what it did, by level."""

    found: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    renamed: Counter[str] = field(default_factory=Counter)

    @property
    def changed(self) -> bool:
        return bool(self.added or self.renamed)


def load_regions(*, actor: Actor, divisions: Iterable[Division]) -> RegionLoad:
    """Add the divisions that are missing and take over changed names; nothing is ever deleted.

    Each parent must come before its children. A second load of the same files changes nothing and records nothing.
    Raises Forbidden unless the system acts; KeyError when a parent is unknown.
    """
    if not actor.is_system:
        raise Forbidden("forbidden", "区划由系统命令统一载入，不能手工增改。")
    with transaction.atomic():
        load = _Loading(divisions)
        Region.objects.bulk_create(load.new, batch_size=BATCH)
        Region.objects.bulk_update(load.stale, ["name"], batch_size=BATCH)
        if load.result.changed:
            _record(actor, load)
    return load.result


class _Loading:
    """Compares the files with the table, in memory: 45,000 rows at most."""

    def __init__(self, divisions: Iterable[Division]) -> None:
        regions = Region.objects.only("code", "name", "level", "path", "wall_path", "valid_to").order_by()
        self.known: dict[str, Region] = {}
        self.paths: set[str] = set()
        for region in regions:
            self.paths.add(region.path)
            if region.valid_to is None:
                self.known[region.code] = region
        self.new: list[Region] = []
        self.stale: list[Region] = []
        self.result = RegionLoad()
        for division in divisions:
            self._take(division)

    def _take(self, division: Division) -> None:
        self.result.found[division.level] += 1
        region = self.known.get(division.code)
        if region is None:
            self.known[division.code] = region = self._mint(division)
            self.new.append(region)
            self.result.added[division.level] += 1
        elif region.name != division.name:
            region.name = division.name
            self.stale.append(region)
            self.result.renamed[division.level] += 1

    def _mint(self, division: Division) -> Region:
        parent = self.known[division.parent_code] if division.parent_code else None
        path = mint_path(parent.path if parent else "", division.tail, self.paths)
        self.paths.add(path)
        below_county = parent is not None and division.level in (RegionLevel.TOWNSHIP, RegionLevel.VILLAGE)
        return Region(
            code=division.code,
            name=division.name,
            level=division.level,
            parent=parent,
            path=path,
            wall_path=parent.wall_path if parent and below_county else path,
        )


def mint_path(above: str, tail: str, taken: set[str]) -> str:
    """The path of a new division: its code's tail under its parent's path, with a suffix where an older one has it."""
    path = f"{above}{tail}/"
    for number in count(2):
        if path not in taken:
            break
        path = f"{above}{tail}-{number}/"
    return path


def _record(actor: Actor, load: _Loading) -> None:
    """One entry for the whole load: counts, and a hash over the rows it wrote."""
    rows = [[region.code, region.name, region.path] for region in [*load.new, *load.stale]]
    ledger.record(
        actor=actor,
        subject_type="region_load",
        subject_id=ids.uuid7(),
        region_path=actor.region_path,
        event="region.loaded",
        payload={
            "found": dict(load.result.found),
            "added": dict(load.result.added),
            "renamed": dict(load.result.renamed),
            "rows_hash": hashing.leaf_hash(rows).hex(),
        },
    )
