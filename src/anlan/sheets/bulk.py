"""Many rows at once: COPY into a temporary table (row-level security forbids COPY into the table itself), then one
statement that the wall judges like any other. Everything runs in the caller's transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL
from psycopg.types.json import Jsonb

Row = Sequence[Any]


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> set[Any]:
    """Insert rows; the primary keys that went in. One that a constraint already holds is left out, not an error."""
    table, names, staged = _names(model, columns, "new")
    key = _quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        _stage(cursor, table, names, staged, rows)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {staged} ON CONFLICT DO NOTHING RETURNING {key}"  # noqa: S608
        )
        return {row[0] for row in cursor.fetchall()}


def update(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Set the columns of the rows whose ``id`` (the first column) is given; their ``version``, where there is one,
    goes up by one. Returns how many."""
    table, names, staged = _names(model, columns, "changed")
    sets = ", ".join(f"{_quote(name)} = new.{_quote(name)}" for name in columns[1:])
    if "version" in {field.name for field in model._meta.fields}:
        sets += ", version = old.version + 1"
    with connection.cursor() as cursor:
        _stage(cursor, table, names, staged, rows)
        cursor.execute(f"UPDATE {table} AS old SET {sets} FROM {staged} AS new WHERE old.id = new.id")  # noqa: S608
        return int(cursor.rowcount)


def delete(model: type[Model], ids: Collection[UUID]) -> int:
    """Delete rows that nothing refers to."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_quote(model._meta.db_table)} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608
        return int(cursor.rowcount)


def as_json(value: Any) -> Any:
    """A value of a JSON column, for a row."""
    return Jsonb(value)


def among(model: type[Model], column: str, values: Collection[Any]) -> RawSQL:
    """The condition that a column holds one of many values, as one array: ``filter(among(…))``. Django's ``__in`` makes a
    parameter of each, which costs more than the search."""
    place = f"{_quote(model._meta.db_table)}.{_quote(column)}"
    return RawSQL(f"{place} = ANY(%s)", [list(values)], BooleanField())  # noqa: S611


def _names(model: type[Model], columns: Sequence[str], purpose: str) -> tuple[str, str, str]:
    table = model._meta.db_table
    return _quote(table), ", ".join(_quote(name) for name in columns), _quote(f"{purpose}_{table}")


def _stage(cursor: Any, table: str, names: str, staged: str, rows: Iterable[Row]) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {staged}")
    cursor.execute(f"CREATE TEMP TABLE {staged} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
    with cursor.copy(f"COPY {staged} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
