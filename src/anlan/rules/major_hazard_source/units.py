"""Places joined to units (GB 18218 3.5, 3.6), and the level of a unit between bounds."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from anlan.rules.major_hazard_source.book import plain

KINDS = {"PRODUCTION": "生产单元（切断阀之间）", "TANK_FARM": "罐区（防火堤）", "WAREHOUSE": "仓库（独立库房）"}
KEYS = {"PRODUCTION": "section", "TANK_FARM": "dike", "WAREHOUSE": "building"}
NOT_MAJOR = 5
"""As a level: one below the fourth."""

Bounds = tuple[Fraction, Fraction | None]
"""Lowest and highest value; None above means without end."""


@dataclass(slots=True)
class Substance:
    """A substance with what is known of it; ``beta`` None is open between the ends of table 4."""

    pointer: str
    shown: dict[str, Any]
    q_t: Fraction | None
    critical_t: Fraction
    beta: Fraction | None
    ratio: Fraction | None = None

    def __post_init__(self) -> None:
        self.ratio = None if self.q_t is None else self.q_t / self.critical_t


@dataclass(frozen=True, slots=True)
class Sums:
    """S and R ÷ α of a unit, exact or between ends; None above means without end."""

    s: Bounds
    r: Bounds

    @property
    def exact_s(self) -> Fraction | None:
        """S, or None when an amount is not known."""
        return self.s[0] if self.s[0] == self.s[1] else None

    def exact_r(self, alpha: Fraction | None) -> Fraction | None:
        """R, or None when α, a β or an amount is not known and can change it: nothing stays nothing."""
        if self.r[1] == 0:
            return Fraction(0)
        return None if alpha is None or self.r[0] != self.r[1] else alpha * self.r[0]


@dataclass(slots=True)
class Unit:
    """What stands together: its name, its places, its substances."""

    name: str | None
    places: list[str] = field(default_factory=list)
    substances: list[Substance] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scale:
    """Thresholds of the level and the ends between which what is not known may lie."""

    least_s: Fraction
    bands: tuple[tuple[Fraction, int], ...]
    alpha: tuple[Fraction, Fraction]
    beta: tuple[Fraction, Fraction]

    def sums(self, unit: Unit) -> Sums:
        """What the substances of ``unit`` add up to."""
        s = low = more = Fraction(0)
        is_open = False
        for substance in unit.substances:
            ratio = substance.ratio
            if ratio is None:
                is_open = True
                continue
            s += ratio
            low += ratio * (substance.beta or self.beta[0])
            if substance.beta is None:
                more += ratio * (self.beta[1] - self.beta[0])
        return Sums((s, None), (low, None)) if is_open else Sums((s, s), (low, low + more if more else low))

    def levels(self, sums: Sums) -> tuple[int, int]:
        """The least and the most serious level that is possible."""
        least = self._level(sums.s[0], sums.r[0] * self.alpha[0])
        if sums.s[1] is None or sums.r[1] is None:
            return least, 1
        if sums.r[0] == sums.r[1] and self.alpha[0] == self.alpha[1]:
            return least, least
        return least, self._level(sums.s[1], sums.r[1] * self.alpha[1])

    def _level(self, s: Fraction, r: Fraction) -> int:
        if s < self.least_s:
            return NOT_MAJOR
        return next(level for edge, level in self.bands if r >= edge)


def join(places: list[dict[str, Any]], substances: list[list[Substance]]) -> tuple[list[Unit], list[Unit], list[str]]:
    """Units as they stand, units if everything open stood together, and the facts that leave it open."""
    apart: dict[object, Unit] = {}
    together: dict[object, Unit] = {}
    lacking: list[str] = []
    kinds = [place["kind"] for place in places]
    anywhere = len(places) > 1 and None in kinds
    open_kinds = {kind for kind in kinds if kind and _is_open(kind, places)}
    for number, (place, found) in enumerate(zip(places, substances, strict=True)):
        kind = place["kind"]
        name = place[KEYS[kind]] if kind else None
        shown = place["id"] or f"places/{number}"
        key = (kind, plain(name)) if name else ("place", number)
        _put(apart, key, name or shown, shown, found)
        merged = ("all",) if anywhere else (kind,) if kind in open_kinds else key
        _put(together, merged, name or shown, shown, found)
        if len(places) > 1 and not kind:
            lacking.append(f"places/{number}/kind")
        elif kind in open_kinds and not name:
            lacking.append(f"places/{number}/{KEYS[kind]}")
    return list(apart.values()), list(together.values()), lacking


def _is_open(kind: str, places: list[dict[str, Any]]) -> bool:
    """Whether a place of this kind lacks its unit while another of the kind stands beside it."""
    same = [place for place in places if place["kind"] == kind]
    return len(same) > 1 and any(not place[KEYS[kind]] for place in same)


def _put(units: dict[object, Unit], key: object, name: str, place: str, found: list[Substance]) -> None:
    unit = units.setdefault(key, Unit(name))
    unit.places.append(place)
    unit.substances.extend(found)
