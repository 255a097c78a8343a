"""The published divisions, as files (``data/reference/divisions``, with its SOURCE.md)."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from anlan.authz.choices import RegionLevel

# The length of an official code tells its level, and its parent's code is the code cut to the length above.
LENGTHS = {
    RegionLevel.PROVINCE: 2,
    RegionLevel.CITY: 4,
    RegionLevel.COUNTY: 6,
    RegionLevel.TOWNSHIP: 9,
    RegionLevel.VILLAGE: 12,
}
_LEVELS = {length: level for level, length in LENGTHS.items()}
_ABOVE = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}
_FILES = ("provinces.csv", "cities.csv", "counties.csv", "townships.csv")
# Statistics name the committee of a village; people name the village.
_VILLAGE_ENDINGS = {"村民委员会": "村", "村委会": "村", "社区居委会": "社区", "居民委员会": "社区", "居委会": "居"}


@dataclass(frozen=True, slots=True)
class Division:
    """One official division: ``Division("331082", "临海市")``."""

    code: str
    name: str

    @property
    def level(self) -> RegionLevel:
        return _LEVELS[len(self.code)]

    @property
    def parent_code(self) -> str:
        """The code of the division above; empty for a province."""
        return self.code[: _ABOVE[len(self.code)]]

    @property
    def tail(self) -> str:
        """What the code adds to its parent's."""
        return self.code[_ABOVE[len(self.code)] :]


def read_divisions(folder: Path, counties: Iterable[str] = (), villages: Path | None = None) -> Iterator[Division]:
    """Provinces to townships of the whole country, then the villages of ``counties``, each parent before its children.

    Villages come from ``folder/villages/<county>.csv`` or, when given, from the file ``villages`` (columns ``code``
    and ``name``). Raises FileNotFoundError when a county's file is missing.
    """
    for name in _FILES:
        yield from _read(folder / name)
    for county in counties:
        found = _read(villages or folder / "villages" / f"{county}.csv")
        yield from (Division(row.code, village_name(row.name)) for row in found if row.code.startswith(county))


def village_name(name: str) -> str:
    """``谢里王村委会`` → ``谢里王村``; a name without such an ending stays as it is."""
    for ending, plain in _VILLAGE_ENDINGS.items():
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending) + plain
    return name


def _read(path: Path) -> Iterator[Division]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Division(row["code"], row["name"])
