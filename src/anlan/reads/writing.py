"""Rows written many times a second: Django makes the SQL of an INSERT or UPDATE anew each time, here it is made once for
each model. No signals, no conflicts; the values are what the fields make of them, as in any other write."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import AutoField, Model

from anlan.reads.prepared import PreparedSQL


def insert(record: Model) -> None:
    """Put in a new record. A key that the database gives is on it afterwards."""
    insertion = _insertion(type(record))
    with connection.cursor() as cursor:
        cursor.execute(insertion.sql, _values(record, insertion.fields, add=True))
        if insertion.gives_key:
            (record.pk,) = cursor.fetchone()
    _is_there(record)


def insert_all(records: Sequence[Model]) -> None:
    """Put in new records of one model that have their keys, in one statement however many there are."""
    if len(records) < 2:  # arrays are for many
        for record in records:
            insert(record)
        return
    insertion = _insertion_of_many(type(records[0]))
    rows = [_values(record, insertion.fields, add=True) for record in records]
    with connection.cursor() as cursor:
        cursor.execute(insertion.sql, [list(column) for column in zip(*rows, strict=True)])
    for record in records:
        _is_there(record)


def update(record: Model, columns: Collection[str]) -> None:
    """Write these columns (``attname``) of a record that is there."""
    change = _change(type(record), tuple(sorted(columns)))
    with connection.cursor() as cursor:
        cursor.execute(change.sql, [*_values(record, change.fields, add=False), record.pk])
        if cursor.rowcount != 1:
            raise RuntimeError(f"{record._meta.label} {record.pk} is not there to be changed")


class _Statement(NamedTuple):
    sql: PreparedSQL
    fields: Sequence[Any]
    gives_key: bool = False


@cache
def _insertion(model: Any) -> _Statement:
    fields = _fields(model)
    gives_key = isinstance(model._meta.pk, AutoField)
    returning = f" RETURNING {_quoted(model._meta.pk.column)}" if gives_key else ""
    values = ", ".join(_placeholder(field) for field in fields)
    return _Statement(PreparedSQL(f"{_into(model, fields)} VALUES ({values}){returning}"), fields, gives_key)


@cache
def _insertion_of_many(model: Any) -> _Statement:
    """TypeError for a model with a column of arrays, which cannot be put into an array."""
    fields = _fields(model)
    if any(hasattr(field, "get_placeholder") for field in fields) or isinstance(model._meta.pk, AutoField):
        raise TypeError(f"{model._meta.label} is put in one by one")
    columns = ", ".join(f"%s::{field.db_type(connection).partition('(')[0]}[]" for field in fields)
    return _Statement(PreparedSQL(f"{_into(model, fields)} SELECT * FROM unnest({columns})"), fields)  # noqa: S608


@cache
def _change(model: Any, columns: tuple[str, ...]) -> _Statement:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in columns]
    changes = ", ".join(f"{_quoted(field.column)} = {_placeholder(field)}" for field in fields)
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    return _Statement(PreparedSQL(f"UPDATE {table} SET {changes} WHERE {key} = %s"), fields)  # noqa: S608


def _fields(model: Any) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]


def _into(model: Any, fields: Sequence[Any]) -> str:
    names = ", ".join(_quoted(field.column) for field in fields)
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({names})"


def _placeholder(field: Any) -> str:
    known: str = field.get_placeholder(None, None, connection) if hasattr(field, "get_placeholder") else "%s"
    return known


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _values(record: Model, fields: Sequence[Any], *, add: bool) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(record, add), connection) for field in fields]


def _is_there(record: Model) -> None:
    record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS
