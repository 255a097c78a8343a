"""Many counts by many keys in one pass over the rows, which Django has no word for (``GROUPING SETS``)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Case, Expression, F, Q, QuerySet, Value, When


@dataclass(frozen=True)
class Tally:
    """How many rows all the conditions hold for; with ``distinct``, how many values of that column they have."""

    conditions: tuple[Q, ...]
    distinct: str = ""


@dataclass(frozen=True)
class Group:
    """What was counted for one key of one set; ``changed`` is the latest of its rows, whether they were counted or not."""

    name: str
    key: str
    counts: Mapping[Any, int]
    changed: datetime | None


def grouped(
    rows: QuerySet[Any], sets: Mapping[str, Expression | F | None], tallies: Mapping[Any, Tally], changed: str
) -> Iterator[Group]:
    """Every tally for every key of every set: ``sets`` by name, None for all rows together.

    Django says which rows there are, and of each row what it can be grouped by and which conditions hold; the database
    then counts them in one pass. Each condition is asked once a row, in however many tallies it stands.
    """
    columns = _Columns(rows)
    keys = {name: columns.new(key) for name, key in sets.items() if key is not None}
    latest = columns.new(F(changed))
    counts = [_count(columns, tally) for tally in tallies.values()]
    try:
        told, params = columns.as_sql()
    except EmptyResultSet:
        return
    by = [f"({keys.get(name, '')})" for name in sets]
    key = f"COALESCE({', '.join(f'{one}::text' for one in keys.values())}, '')" if keys else "''"
    which = f"GROUPING({', '.join(keys.values())})" if keys else "0"
    # OFFSET 0: a row is told before it is counted; without it every count would ask its conditions anew.
    sql = f"""SELECT {which}, {key}, MAX({latest}), {", ".join(counts)} FROM ({told} OFFSET 0) AS told
        GROUP BY GROUPING SETS ({", ".join(by)})"""  # noqa: S608 - Django's SQL, names of ours
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    names = {_bits(name, keys): name for name in sets}
    for bits, value, instant, *numbers in found:
        yield Group(names[bits], value, dict(zip(tallies, numbers, strict=True)), instant)


def _bits(name: str, keys: Mapping[str, str]) -> int:
    """What GROUPING says of that set: a bit for each key, set where the rows are not grouped by it."""
    return int("".join("0" if one == name else "1" for one in keys) or "0", 2)


def _count(columns: "_Columns", tally: Tally) -> str:
    what = f"DISTINCT {columns.new(F(tally.distinct))}" if tally.distinct else "*"
    holds = [columns.holds(one) for one in tally.conditions if one]
    return f"COUNT({what})" + (f" FILTER (WHERE {' AND '.join(holds)})" if holds else "")


class _Columns:
    """What is told of each row."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows = rows
        self.told: dict[str, Any] = {}
        self.asked: dict[Q, str] = {}

    def new(self, what: Any) -> str:
        """The name of the column that tells it."""
        name = f"c{len(self.told)}"
        self.told[name] = what
        return name

    def holds(self, condition: Q) -> str:
        """The name of the column that tells whether it holds; one column, however often it is asked for."""
        if condition not in self.asked:
            said = Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
            self.asked[condition] = self.new(said)
        return self.asked[condition]

    def as_sql(self) -> tuple[str, Sequence[Any]]:
        query = self.rows.order_by().annotate(**self.told).values_list(*self.told).query
        return query.sql_with_params()
