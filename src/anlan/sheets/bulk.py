"""Many rows at once: COPY into a temporary table (row-level security forbids COPY into the table itself), then one
statement that the wall judges like any other. Everything runs in the caller's transaction.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL
from psycopg import sql

from anlan.lib.text_format import ESCAPES, NULL, Lines, escaped

Row = Sequence[Any]

_BETWEEN = "\x1f"
_APART = "\ue000"  # private use: nobody types it

# Nothing is known of what is staged, and a hash of the whole table is made for it: each row is found by its key instead.
_BY_INDEX = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_material = off"
_BY_ANY = (
    "SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT; SET LOCAL enable_material TO DEFAULT"
)


class Rows:
    """Rows made ready for the database, as text. Making them keeps off it; each of the verbs is one COPY and one statement.

    What says the same in every row does not travel: it stands in the statement. Rows that are :class:`Lines` travel as
    they are.
    """

    def __init__(self, model: type[Model], columns: Sequence[str], given: Sequence[Sequence[Any]] | Lines) -> None:
        """``given``: what stands in each of the columns, or nothing when there are no rows."""
        self.model, self.columns = model, columns
        self._same: dict[str, Any] = {}
        self._travelling: Sequence[str] = columns
        self._left: Sequence[Sequence[Any]] = ()
        self._keys: Sequence[Any] = ()
        self._lines: list[str] | None
        if isinstance(given, Lines):
            self.count, self._lines = len(given), given
            return
        self.count = len(given[0]) if given else 0
        given = given if self.count else ()
        self._same = {name: column[0] for name, column in zip(columns[1:], given[1:], strict=False) if _is_same(column)}
        self._travelling = [name for name in columns if name not in self._same]
        travelling = [column for name, column in zip(columns, given, strict=False) if name not in self._same]
        self._lines = _lines_or_none(travelling)
        self._left = travelling if self._lines is None else ()
        self._keys = given[columns.index(self._key)] if given and self._key in columns else ()

    @property
    def _key(self) -> str:
        return str(self.model._meta.pk.column)

    def insert(self) -> set[Any]:
        """Insert them; the primary keys that went in. One that a constraint already holds is left out, not an error."""
        if not self.count:
            return set()
        key, table = _quote(self._key), _quote(self.model._meta.db_table)
        with connection.cursor() as cursor:
            if not self._keys:
                self._insert(cursor, f" ON CONFLICT DO NOTHING RETURNING {key}")
                return {row[0] for row in cursor.fetchall()}
            if self._insert(cursor, " ON CONFLICT DO NOTHING") != self.count:
                cursor.execute(f"SELECT {key} FROM {table} WHERE {key} = ANY(%s)", [list(self._keys)])  # noqa: S608
                return {row[0] for row in cursor.fetchall()}
        return set(self._keys)

    def append(self) -> int:
        """Insert them where nothing can hold them already. Returns how many."""
        with connection.cursor() as cursor:
            return self._insert(cursor, "") if self.count else 0

    def update(self) -> int:
        """Set the columns of the rows whose ``id`` (the first column) is given; their ``version``, where there is one
        and it is not among the columns, goes up by one. Returns how many."""
        if not self.count:
            return 0
        with connection.cursor() as cursor:
            staged, values = self._stage(cursor)
            sets = ", ".join(f"{_quote(name)} = {values.get(name, f'new.{_quote(name)}')}" for name in self.columns[1:])
            if "version" in {field.name for field in self.model._meta.fields} - set(self.columns):
                sets += ", version = old.version + 1"
            table, own = _quote(self.model._meta.db_table), f"new.{_quote(self.columns[0])}"
            cursor.execute(_BY_INDEX)
            cursor.execute(
                f"MERGE INTO {table} AS old USING {staged} AS new ON old.id = {own}"
                f" WHEN MATCHED THEN UPDATE SET {sets} WHEN NOT MATCHED AND false THEN INSERT DEFAULT VALUES"
            )
            count = int(cursor.rowcount)
            cursor.execute(_BY_ANY)
            return count

    def _insert(self, cursor: Any, conflict: str) -> int:
        staged, values = self._stage(cursor)
        table, names = _quote(self.model._meta.db_table), ", ".join(map(_quote, self.columns))
        chosen = ", ".join(values.get(name, _quote(name)) for name in self.columns)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {staged}{conflict}")  # noqa: S608
        return int(cursor.rowcount)

    def _stage(self, cursor: Any) -> tuple[str, dict[str, str]]:
        """COPY the rows into a temporary table; its name, and as literals the columns that say the same in every row.

        The table is made once a transaction, with every column: making it costs the database more than emptying it.
        """
        table = self.model._meta.db_table
        staged, names = _quote(f"staged_{table}"), ", ".join(map(_quote, self._travelling))
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {staged} ON COMMIT DROP AS SELECT * FROM {_quote(table)} WITH NO DATA"  # noqa: S608
        )
        cursor.execute(f"TRUNCATE {staged}")
        with cursor.copy(f"COPY {staged} ({names}) FROM STDIN") as copy:
            if self._lines is not None:
                copy.write("\n".join([*self._lines, ""]))
            else:
                for row in zip(*self._left, strict=True):
                    copy.write_row(row)
        types = {field.column: field.db_type(connection) for field in self.model._meta.concrete_fields}
        return staged, {name: f"{_literal(value)}::{types[name]}" for name, value in self._same.items()}


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> set[Any]:
    """See :meth:`Rows.insert`."""
    return Rows(model, columns, _by_column(rows)).insert()


def append(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """See :meth:`Rows.append`."""
    return Rows(model, columns, _by_column(rows)).append()


def update(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """See :meth:`Rows.update`."""
    return Rows(model, columns, _by_column(rows)).update()


def _by_column(rows: Iterable[Row] | Lines) -> Sequence[Sequence[Any]] | Lines:
    return rows if isinstance(rows, Lines) else list(zip(*rows, strict=True))


def fetch(rows: QuerySet[Any], *columns: str) -> list[tuple[Any, ...]]:
    """The columns of all rows at once, as the driver gives them: Django would fetch a hundred at a time and walk each
    value through its converters. Not for columns that need one (JSON)."""
    statement, params = rows.values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def text_lines(rows: Iterable[Row]) -> list[str]:
    """Each row as a line of PostgreSQL's text format (tabs between the columns, ``\\N`` for null), made column by
    column. It says every row in one way only, which makes it fit for hashing too. TypeError for a type it does not know.
    """
    return list(map("\t".join, zip(*map(_texts, zip(*rows, strict=True)), strict=True)))


def _texts(column: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, column))
    if kinds == {str}:
        return _escaped(column)
    if kinds == {str, type(None)}:
        words = _escaped(["" if value is None else value for value in column])
        return [NULL if value is None else word for value, word in zip(column, words, strict=True)]
    if kinds == {UUID}:
        return list(map(_hex, column))
    if kinds == {datetime}:
        return list(map(datetime.isoformat, column))
    if kinds == {datetime, type(None)}:
        return [NULL if value is None else value.isoformat() for value in column]
    distinct = dict(zip(map(id, column), column, strict=True))  # few, mostly: organisations, people, days, states
    texts = dict(zip(distinct, map(_text, distinct.values()), strict=True))
    return list(map(texts.__getitem__, map(id, column)))


def _escaped(column: Sequence[str]) -> Sequence[str]:
    together = _APART.join(column)
    if not any(sign in together for sign in ESCAPES):
        return column
    if together.count(_APART) != len(column) - 1:
        return [escaped(value) for value in column]
    for sign, written in ESCAPES.items():  # the backslash comes first
        if sign in together:
            together = together.replace(sign, written)
    return together.split(_APART)


def _hex(value: UUID) -> str:
    return f"{value.int:032x}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: escaped,
    type(None): lambda value: NULL,
    bool: lambda value: "t" if value else "f",
    int: str,
    float: repr,
    Decimal: str,
    UUID: _hex,
    date: date.isoformat,
    datetime: datetime.isoformat,
    bytes: lambda value: "\\\\x" + value.hex(),
    list: lambda value: escaped(_array(value)),
}


def _array(words: Sequence[Any]) -> str:
    """Words as PostgreSQL writes an array of text. TypeError for anything but words."""
    together = '","'.join(words)
    if together.count('"') != 2 * len(words) - 2 or "\\" in together:
        together = '","'.join([word.replace("\\", "\\\\").replace('"', '\\"') for word in words])
    return f'{{"{together}"}}' if words else "{}"


def _text(value: Any) -> str:
    write = _TEXTS.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, str):  # a member of TextChoices, a StrEnum
        return escaped(str(value))
    raise TypeError(f"no text for {type(value)}")


def delete(model: type[Model], ids: Collection[UUID]) -> int:
    """Delete rows that nothing refers to."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_quote(model._meta.db_table)} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608
        return int(cursor.rowcount)


def check_references() -> None:
    """Check the foreign keys of everything written so far, which the end of the transaction would do otherwise: with what
    is wrong the file goes back, not the answer."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def as_json(value: Any) -> str:
    """A value of a JSON column, for a row."""
    return json.dumps(value, ensure_ascii=False)


def among(model: type[Model], column: str, values: Collection[Any]) -> RawSQL:
    """The condition that a column holds one of many values, as one array: ``filter(among(…))``. Django's ``__in`` makes a
    parameter of each, which costs more than the search; the driver's arrays go through each value once more, so words
    travel as one text."""
    place = f"{_quote(model._meta.db_table)}.{_quote(column)}"
    words = list(map(str, values)) if _is_words(values) else []
    if words and not any(_BETWEEN in word for word in words):
        kind = "::uuid[]" if type(next(iter(values))) is UUID else ""
        return RawSQL(  # noqa: S611
            f"{place} = ANY(string_to_array(%s, '{_BETWEEN}'){kind})",
            [_BETWEEN.join(words)],
            BooleanField(),
        )
    return RawSQL(f"{place} = ANY(%s)", [list(values)], BooleanField())  # noqa: S611


def _is_words(values: Collection[Any]) -> bool:
    kinds = set(map(type, values))
    return kinds == {str} or kinds == {UUID}


def _is_same(column: Sequence[Any]) -> bool:
    return column[0] is column[-1] and len(set(map(id, column))) == 1


def _lines_or_none(columns: Sequence[Sequence[Any]]) -> list[str] | None:
    """The rows as lines of text, which is quicker than leaving each to the driver; None when one needs the driver."""
    try:
        return list(map("\t".join, zip(*map(_texts, columns), strict=True)))
    except TypeError:
        return None


def _literal(value: Any) -> str:
    """The value as SQL, quoted by the driver; no placeholder is left in it."""
    found: str = sql.Literal(value).as_string(connection.connection)
    return found


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
