"""Reads of indicators: many in few grouped queries, each with exactly the rows behind it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.authz.models import Organisation, Region
from anlan.hidden_dangers import api as loop
from anlan.inspections import api as inspections
from anlan.lib.refusals import Invalid
from anlan.oversight.catalogue import Indicator, Measure, narrows_for, sides, splits_for
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
    """A question and the split its counts are grouped by; many arms are one query."""

    name: str
    asked: Question
    split: str = ""


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
    if split not in splits_for(actor, one):
        raise Invalid.at("/split", f"“{one.name}”不能按“{split}”细分。")
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


def check_narrowing(actor: Actor, one: Indicator, asked: Question) -> None:
    """Invalid (422) for a filter that does not narrow the indicator."""
    for name in ("sector", "source", "level"):
        if getattr(asked, name) and name not in narrows_for(actor, one):
            raise Invalid.at(f"/{name}", f"“{one.name}”不能按这个条件缩小。")


# ── counting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def count(actor: Actor, arms: Sequence[Arm], indicators: Iterable[Indicator]) -> Counted:
    """All the indicators of all the arms: one query for each population, however many rows, arms and indicators."""
    by_population: dict[int, dict[str, Measure]] = defaultdict(dict)
    for measure in (measure for one in indicators for measure in one.measures):
        by_population[id(measure.population)][measure.code] = measure
    counts: dict[tuple[str, str], Counts] = defaultdict(dict)
    names: dict[str, str] = {}
    changed: dict[str, datetime] = {}
    for measures in by_population.values():
        kind = next(iter(measures.values())).population.code
        for row in _grouped(actor, arms, list(measures.values())):
            cell = counts[row["arm"], row["key"] or ""]
            cell |= {code: row[f"n_{code}"] for code in measures}
            if row["name"]:
                names[row["key"]] = row["name"]
            if row["changed"]:
                changed[kind] = max(row["changed"], changed.get(kind, row["changed"]))
    return Counted(dict(counts), names, changed)


def _grouped(actor: Actor, arms: Sequence[Arm], measures: Sequence[Measure]) -> QuerySet[Any, dict[str, Any]]:
    population = measures[0].population
    known = [arm for arm in arms if not arm.split or arm.split in population.keys]
    each = [_arm(actor, arm, population, measures) for arm in known]
    if not each:
        return loop.hidden_dangers(actor, loop.Filters(), arms[0].asked.day).none().values()
    return each[0].union(*each[1:], all=True) if len(each) > 1 else each[0]


def _arm(actor: Actor, arm: Arm, population: Population, measures: Sequence[Measure]) -> QuerySet[Any, dict[str, Any]]:
    asked = arm.asked
    rows = population.rows(actor, asked)
    key = _key(population, arm.split, asked, actor) if arm.split else EMPTY
    name = population.names.get(arm.split)
    label = Coalesce(Cast(F(name), TextField()), EMPTY) if name else EMPTY
    grouped = rows.annotate(arm=Value(arm.name, TextField()), key=key, name=label).values("arm", "key", "name")
    columns: dict[str, Any] = {f"n_{one.code}": _counted(actor, one, arm) for one in measures}
    stamp = "check_record__changed_at" if population.code == "self_check_finding" else "changed_at"
    return grouped.annotate(**columns, changed=Max(stamp)).order_by()


def _key(population: Population, split: str, asked: Question, actor: Actor) -> Any:
    return Coalesce(Cast(population.keys[split](asked, actor), TextField()), EMPTY)


def _counted(actor: Actor, measure: Measure, arm: Arm) -> Count:
    condition = measure.condition(arm.asked)
    if measure.distinct:
        seen = Q(**{f"{measure.distinct}__in": _enterprises(actor).values("id")})
        return Count(measure.distinct, filter=condition & seen, distinct=True)
    return Count("pk", filter=condition, distinct=arm.split in measure.population.multiplied)


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
    if asked.split and asked.split not in splits_for(actor, one):
        raise Invalid.at("/split", f"“{one.name}”不能按“{asked.split}”细分。")
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
