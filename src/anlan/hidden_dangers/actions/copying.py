"""Unsaved records into their table by COPY, thousands at once."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from anlan.sheets import api as sheets


def insert_all(model: type[Model], records: Sequence[Any]) -> set[Any]:
    """Insert unsaved records by COPY; the keys that went in."""
    if not records:
        return set()
    columns = tuple(str(field.column) for field in model._meta.concrete_fields)
    names = tuple(field.attname for field in model._meta.concrete_fields)
    return sheets.bulk.insert(model, columns, (row_of(record, names) for record in records))


def row_of(record: Any, names: Sequence[str]) -> list[Any]:
    """The columns of an unsaved record as the database takes them."""
    fields = {field.attname: field for field in record._meta.concrete_fields}
    return [_adapted(fields[name], getattr(record, name)) for name in names]


def _adapted(field: Any, value: Any) -> Any:
    if field.get_internal_type() == "JSONField" and value is not None:
        return sheets.bulk.as_json(value)
    return value
