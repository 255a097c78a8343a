"""Reads of indicators: many in few grouped queries, each with exactly the rows behind it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.authz.models import Organisation, Region
from anlan.hidden_dangers import api as loop
from anlan.inspections import api as inspections
from anlan.lib.refusals import Invalid
from anlan.oversight.catalogue import INDICATORS, Indicator, Measure, narrows_for, sides, splits_for
from anlan.oversight.grouping import Group, Tally, grouped
from anlan.oversight.populations import AGES, OLDEST, Population
from anlan.oversight.questions import Question
from anlan.register import api as enterprises

EMPTY = Value("", TextField())
CENT = Decimal("0.01")
Counts = dict[str, int]


@dataclass(frozen=True)
class Figure:
    """One number with what it was counted from; ``value`` is None when there is nothing to divide by."""

    indicator: Indicator
    numerator: int
    denominator: int | None = None

    @property
    def value(self) -> Decimal | int | None:
        """Half up to two decimals, for display; compare the two numbers, which are exact (D6)."""
        if self.denominator is None:
            return self.numerator
        if not self.denominator:
            return None
        factor = 100 if self.indicator.is_percent else 1
        return (Decimal(self.numerator * factor) / self.denominator).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Part:
    """One part of a split."""

    key: str
    label: str
    figure: Figure


@dataclass(frozen=True)
class Arm:
    """A question and the split its counts are grouped by; many arms are one query. ``codes`` are the indicators wanted
    of it, where it is not all that are counted."""

    name: str
    asked: Question
    split: str = ""
    codes: tuple[str, ...] | None = None

    def wants(self, measure: Measure) -> bool:
        return self.codes is None or any(measure in INDICATORS[code].measures for code in self.codes)


@dataclass(frozen=True)
class Counted:
    """What was counted, by arm and key; ``names`` are those of keys that are no words,
    ``changed_at`` the last change by kind of row."""

    counts: dict[tuple[str, str], Counts]
    names: dict[str, str]
    changed_at: dict[str, datetime]

    def keys(self, arm: str) -> list[str]:
        return [key for name, key in self.counts if name == arm]

    def figure(self, one: Indicator, arm: str, key: str = "") -> Figure:
        found = self.counts.get((arm, key), {})
        numerator = sum(found.get(measure.code, 0) for measure in one.numerator)
        if not one.denominator:
            return Figure(one, numerator)
        return Figure(one, numerator, sum(found.get(measure.code, 0) for measure in one.denominator))


def figure(actor: Actor, one: Indicator, asked: Question) -> Figure:
    """The indicator for the actor."""
    return count(actor, [Arm("all", asked)], [one]).figure(one, "all")


def parts(actor: Actor, one: Indicator, asked: Question, split: str) -> list[Part]:
    """The indicator by the split. Invalid (422) for a split it does not have."""
    check_split(actor, one, split)
    counted = count(actor, [Arm("parts", asked, split)], [one])
    return parts_of(actor, counted, one, "parts", split)


def parts_of(actor: Actor, counted: Counted, one: Indicator, arm: str, split: str) -> list[Part]:
    keys = [key for key in counted.keys(arm) if _is_shown(counted.figure(one, arm, key))]
    labels = labels_of(split, keys, counted.names)
    found = [Part(labels[key][0], labels[key][1], counted.figure(one, arm, key)) for key in keys]
    return sorted(found, key=_order(split))


def _is_shown(found: Figure) -> bool:
    return bool(found.numerator or found.denominator)


def _order(split: str) -> Any:
    if split == "age":
        order = [str(days) for days, _ in AGES]
        return lambda part: order.index(part.key) if part.key in order else len(order)
    if split in ("month", "region"):
        return lambda part: (part.key == "", part.key)
    return lambda part: (part.key == "", -(part.figure.denominator or part.figure.numerator), part.key)


def check_split(actor: Actor, one: Indicator, split: str) -> None:
    """Invalid (422) for a split the indicator does not have."""
    if split not in splits_for(actor, one):
        raise Invalid.at("/split", f"“{one.name}”不能按“{split}”细分。")


def check_narrowing(actor: Actor, one: Indicator, asked: Question) -> None:
    """Invalid (422) for a filter that does not narrow the indicator."""
    for name in ("sector", "source", "level"):
        if getattr(asked, name) and name not in narrows_for(actor, one):
            raise Invalid.at(f"/{name}", f"“{one.name}”不能按这个条件缩小。")


# ── counting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def count(actor: Actor, arms: Sequence[Arm], indicators: Iterable[Indicator]) -> Counted:
    """All the indicators of all the arms: each table is gone through once, whatever the number of indicators and
    splits; once more only for a question about other rows."""
    by_population: dict[int, dict[str, Measure]] = defaultdict(dict)
    for measure in (measure for one in indicators for measure in one.measures):
        by_population[id(measure.population)][measure.code] = measure
    counts: dict[tuple[str, str], Counts] = defaultdict(dict)
    changed: dict[str, datetime] = {}
    for measures in by_population.values():
        kind = next(iter(measures.values())).population.code
        wanted = {arm: [code for code, measure in measures.items() if arm.wants(measure)] for arm in arms}
        for arm, found in _told(actor, [arm for arm in arms if wanted[arm]], list(measures.values())):
            for code in wanted[arm]:
                if number := found.counts[code, arm.asked]:
                    counts[arm.name, found.key][code] = number
            if found.changed:
                changed[kind] = max(found.changed, changed.get(kind, found.changed))
    return Counted(dict(counts), _names(arms, counts), changed)


def _told(actor: Actor, arms: Sequence[Arm], measures: Sequence[Measure]) -> Iterator[tuple[Arm, Group]]:
    """What was counted of one population, for each arm it has anything to say to."""
    population = measures[0].population
    passes: dict[Hashable, list[Arm]] = defaultdict(list)
    for arm in arms:
        if not arm.split or arm.split in population.keys:
            passes[_rows_asked_for(population, arm)].append(arm)
    for together in passes.values():
        for found in _pass(actor, together, measures):
            yield from ((arm, found) for arm in together if arm.split == found.name)


def _rows_asked_for(population: Population, arm: Arm) -> Hashable:
    """Arms that have this in common are counted over the same rows."""
    asked = arm.asked if population.of_period else replace(arm.asked, first=arm.asked.last)
    return asked, arm.split if arm.split in population.multiplied else ""


def _pass(actor: Actor, arms: Sequence[Arm], measures: Sequence[Measure]) -> Iterator[Group]:
    population, asked = measures[0].population, arms[0].asked
    sets = {arm.split: population.keys[arm.split](asked, actor) if arm.split else None for arm in arms}
    said = cache(lambda condition, asked: condition(asked))
    tallies: dict[tuple[str, Question], Tally] = {}
    for arm, measure in product(arms, measures):
        if arm.wants(measure) and (measure.code, arm.asked) not in tallies:
            conditions = [said(condition, arm.asked) for condition in measure.conditions]
            tallies[measure.code, arm.asked] = _tally(actor, measure, conditions, arm.split)
    stamp = "check_record__changed_at" if population.code == "self_check_finding" else "changed_at"
    return grouped(population.rows(actor, asked), sets, tallies, stamp)


def _tally(actor: Actor, measure: Measure, conditions: Sequence[Q], split: str) -> Tally:
    if measure.distinct:
        seen = Q(**{f"{measure.distinct}__in": _enterprises(actor).values("id")})
        return Tally((*conditions, seen), measure.distinct)
    return Tally(tuple(conditions), "pk" if split in measure.population.multiplied else "")


def _names(arms: Sequence[Arm], counts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The names of the units that anything was counted of; at most one query."""
    units = {arm.name for arm in arms if arm.split == "organisation"}
    found = {key for name, key in counts if name in units and key}
    rows = Organisation.objects.filter(id__in=sorted(found)) if found else Organisation.objects.none()
    return {str(one): name for one, name in rows.values_list("id", "short_name")}


def _key(population: Population, split: str, asked: Question, actor: Actor) -> Any:
    return Coalesce(Cast(population.keys[split](asked, actor), TextField()), EMPTY)


def _enterprises(actor: Actor) -> QuerySet[Any]:
    return enterprises.enterprises(actor, enterprises.EnterpriseFilters()).order_by()


# ── the rows behind a number ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class RowList:
    """The rows of one side of an indicator: of one table after the other."""

    kinds: tuple[tuple[str, QuerySet[Any]], ...]

    def count(self) -> int:
        return sum(rows.order_by().count() for _, rows in self.kinds)

    def page(self, start: int, size: int) -> list[tuple[str, Any]]:
        """The rows from ``start``, with the kind of each."""
        found: list[tuple[str, Any]] = []
        for kind, rows in self.kinds:
            wanted = size - len(found)
            if wanted <= 0:
                break
            if len(self.kinds) == 1:
                return [(kind, row) for row in rows[start : start + size]]
            total = rows.order_by().count()
            found += [(kind, row) for row in rows[start : start + wanted]] if start < total else []
            start = max(0, start - total)
        return found


def rows(actor: Actor, one: Indicator, side: str, asked: Question) -> RowList:
    """Exactly the rows that were counted, narrowed to ``asked.key`` of ``asked.split`` where there is one."""
    if asked.split:
        check_split(actor, one, asked.split)
    return RowList(tuple(_rows_of(actor, measure, asked) for measure in sides(one)[side]))


def _rows_of(actor: Actor, measure: Measure, asked: Question) -> tuple[str, QuerySet[Any]]:
    population = measure.population
    found = population.rows(actor, asked).filter(measure.condition(asked))
    if asked.split:
        key = _path_of(asked.key) if asked.split == "region" else asked.key
        found = found.alias(part=_key(population, asked.split, asked, actor)).filter(part=key)
    if measure.distinct:
        seen = _enterprises(actor).filter(id__in=found.values(measure.distinct))
        return "enterprise", seen.select_related("region__parent").order_by("-id")
    return population.code, _with_names(population.code, found)


def _with_names(kind: str, found: QuerySet[Any]) -> QuerySet[Any]:
    if kind == "self_check_finding":
        return found.select_related("check_record__enterprise", "check_record__region").order_by("-id")
    named: Any = found
    return named.with_names().order_by("-id")


def _path_of(code: str) -> str:
    """The path of a region's code; what is no code is no path either, and has no rows."""
    if not code:
        return ""
    found = Region.objects.filter(code=code).order_by("-path").values_list("path", flat=True).first()
    return found or "?"


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS: dict[str, dict[str, str]] = {
    "sector": dict(Sector.choices),
    "source": dict(loop.Source.choices),
    "level": dict(loop.Level.choices),
    "act_class": dict(inspections.ActClass.choices),
    "age": {**{str(days): label for days, label in AGES}, "more": OLDEST},
}
NONE = {"region": "本级", "sector": "未定行业", "organisation": "未交办", "level": "未定级"}


def labels_of(split: str, keys: Sequence[str], names: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Grouping key → (public key, label). A region's public key is its code; at most one query."""
    if split == "region":
        found = {one.path: (one.code, one.name) for one in Region.objects.filter(path__in=[k for k in keys if k])}
        return {key: found.get(key, ("", NONE["region"])) for key in keys}
    words = WORDS.get(split, names)
    return {key: (key, words.get(key) or NONE.get(split, "—") if not key else words.get(key, key)) for key in keys}


def part_label(asked: Question) -> str:
    """The name of the part a question is narrowed to."""
    if asked.split == "organisation" and asked.key:
        try:
            return str(Organisation.objects.filter(id=UUID(asked.key)).first() or "—")
        except ValueError:
            return "—"
    key = _path_of(asked.key) if asked.split == "region" else asked.key
    return labels_of(asked.split, [key], {})[key][1]


def own_region(actor: Actor) -> Region:
    """The region the actor works in."""
    return Region.objects.get(path=actor.region_path)
