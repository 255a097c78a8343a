"""Parameters of places: what a province, a city or a county has published, as files of data, dated and cited.

A file speaks for one place: ``region`` (its administrative division code, two, four or six digits), ``name``,
``[sources.*]`` and ``[[version]]`` as in ``params.toml``. Delivered ones stand in ``<rule>/local``; an installation adds
its own in ``$ANLAN_HOME/law/<rule>``, which are read when they change and come before delivered ones.
"""

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from anlan.rules.params import FOLDER, Parameters, Version, parameters_of

MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError)
"""What reading a table that a person wrote wrongly raises."""


class LocalError(ValueError):
    """A file of a place that cannot be read: which, and why."""


@dataclass(frozen=True, slots=True)
class Place:
    """The parameters of one place for one rule."""

    region: str
    name: str
    parameters: Parameters


def place_of(rule_id: str, region: str) -> Place | None:
    """The narrowest place that speaks for ``region``: a county before its city, a city before its province."""
    found = [place for place in places(rule_id) if region.startswith(place.region)]
    return max(found, key=lambda place: len(place.region), default=None)


def version_at(place: Place, on: date, name: str | None) -> Version | None:
    """The version in force on ``on``, or the one ``name`` names (``KeyError`` for none); None before the first."""
    if name is None and on < place.parameters.versions[0].in_force_from:
        return None
    return place.parameters.version_on(on, name)


def places(rule_id: str) -> list[Place]:
    """Every place that is readable, an installation's own before a delivered one of the same region."""
    return _readable([*_own(rule_id), *_delivered(rule_id)])


def delivered(rule_id: str) -> list[Place]:
    """The places that come with the system."""
    return _readable(_delivered(rule_id))


def problems(readers: Mapping[str, Callable[[dict[str, Any]], Any]]) -> list[str]:
    """What keeps files of places from being used, in words; ``readers`` read the parameters of a rule's places."""
    said = []
    for rule_id, read in readers.items():
        for path in [*_own(rule_id), *_delivered(rule_id)]:
            try:
                for version in _read(path, path.stat().st_mtime_ns).parameters.versions:
                    read(version.params)
            except LocalError as error:
                said.append(str(error))
            except MALFORMED as error:
                said.append(f"{path}：{error!r}")
    return said


def own_folder() -> Path:
    """Where an installation keeps its own: ``$ANLAN_HOME/law``."""
    return Path(os.environ.get("ANLAN_HOME") or "~/.anlan").expanduser() / "law"


def _own(rule_id: str) -> list[Path]:
    return sorted((own_folder() / rule_id).glob("*.toml"))


def _delivered(rule_id: str) -> list[Path]:
    return sorted((FOLDER / rule_id / "local").glob("*.toml"))


def _readable(paths: Iterable[Path]) -> list[Place]:
    found: dict[str, Place] = {}
    for path in paths:
        try:
            place = _read(path, path.stat().st_mtime_ns)
        except LocalError:
            continue
        found.setdefault(place.region, place)
    return list(found.values())


@lru_cache(maxsize=512)
def _read(path: Path, _changed: int) -> Place:
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        place = Place(raw["region"], raw["name"], parameters_of(raw))
        if not place.region.isdigit() or len(place.region) not in {2, 4, 6} or not place.parameters.versions:
            raise ValueError("region 应当是两位、四位或六位的行政区划代码，至少要有一个版本")
    except (OSError, *MALFORMED) as error:
        raise LocalError(f"{path}：{error}") from error
    return place
