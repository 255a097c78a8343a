"""Records into their tables by COPY, thousands at once; and as JSON, to be put back one day."""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from django.db.models import Model

from anlan.sheets import api as sheets


def insert_all(model: type[Model], records: Sequence[Any]) -> set[Any]:
    """Insert unsaved records by COPY; the keys that went in."""
    if not records:
        return set()
    columns = tuple(str(field.column) for field in model._meta.concrete_fields)
    names = tuple(field.attname for field in model._meta.concrete_fields)
    return sheets.bulk.insert(model, columns, _rows_of(model, records, names))


def update_all(model: type[Model], records: Iterable[Any], names: Sequence[str]) -> None:
    """Write the columns of records that are there; their versions go up by one."""
    columns = ("id", *names)
    sheets.bulk.update(model, columns, _rows_of(model, records, columns))


def values_of(record: Model) -> dict[str, Any]:
    """Every column of a record, for a before-image."""
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


def read_back(model: type[Model], values: dict[str, Any]) -> Any:
    """The record whose columns JSON has kept, unsaved, in the types of its columns."""
    read = {}
    for field in model._meta.concrete_fields:
        if field.attname in values:
            value, column = values[field.attname], getattr(field, "target_field", field)
            read[field.attname] = value if value is None or isinstance(value, list | dict) else column.to_python(value)
    return model(**read)


def _rows_of(model: type[Model], records: Iterable[Any], names: Sequence[str]) -> Iterator[list[Any]]:
    """The columns of records as the database takes them; past the descriptors of the fields, which cost more."""
    fields = {field.attname: field.get_internal_type() for field in model._meta.concrete_fields}
    as_json = [at for at, name in enumerate(names) if fields[name] == "JSONField"]
    take = itemgetter(*names)
    for record in records:
        row = list(take(vars(record)))
        for at in as_json:
            row[at] = None if row[at] is None else sheets.bulk.as_json(row[at])
        yield row
