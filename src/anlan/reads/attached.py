"""What rows point to, read behind them: a join for each foreign key would cost more to plan, and to run, than the rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet, TextField, Value
from django.db.models.query import ModelIterable

from anlan.reads.prepared import Ids, prepared

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
End = tuple[Any, Sequence[Model], Sequence[Any]]
"""A foreign key, the records it is asked of, and what it says in each."""

CALLED = ("name", "short_name")
"""What a list calls a record by; one without a short name has the name only."""


def attaching(rows: Rows, *names: str) -> Rows:
    """The queryset with the names of what these foreign keys point to, all in one query more: records of which the id and
    what they are `CALLED` by are there, and the rest is deferred."""
    found = rows._chain()  # type: ignore[attr-defined]
    found._iterable_class = _iterable(names)
    return found


def attach(links: Iterable[tuple[Model, str]], related: Sequence[str] = ()) -> None:
    """Load what these foreign keys, each of a record, point to, whole and with its own ``related``: a query for each
    model. A key that is null, or whose record stands behind the wall, has None."""
    by_key = defaultdict(list)
    for record, name in links:
        by_key[type(record), name].append(record)
    ends = _by_model(_end(model._meta.get_field(name), records) for (model, name), records in by_key.items())
    for model, of_model in ends.items():
        if wanted := _wanted(of_model):
            _set(of_model, {one.pk: one for one in _whole(model, tuple(related), wanted)})


def attach_names(records: Sequence[Model], names: Iterable[str]) -> None:
    """The same for records of one kind, with no more than the names, in one query."""
    if not records:
        return
    ends = _by_model(_end(records[0]._meta.get_field(name), records) for name in names)
    models = sorted(ends, key=lambda model: model._meta.label)
    found: dict[Any, dict[Any, Model]] = defaultdict(dict)
    for number, *values in _names(tuple(models), *(_wanted(ends[model]) for model in models)):
        found[models[number]][values[0]] = _named(models[number], values)
    for model in models:
        _set(ends[model], found[model])


def _end(field: Any, records: Sequence[Model]) -> End:
    name = field.attname
    return field, records, [one.__dict__[name] if name in one.__dict__ else getattr(one, name) for one in records]


def _by_model(ends: Iterable[End]) -> dict[type[Model], list[End]]:
    found = defaultdict(list)
    for end in ends:
        found[end[0].related_model].append(end)
    return found


def _wanted(ends: list[End]) -> Ids:
    return Ids({key for _, _, keys in ends for key in keys} - {None})


def _set(ends: list[End], found: dict[Any, Model]) -> None:
    for field, records, keys in ends:
        for record, key in zip(records, keys, strict=True):
            field.set_cached_value(record, found.get(key))


@prepared
def _whole(model: Any, related: Any, ids: Ids) -> QuerySet[Any, Any]:
    rows = model._base_manager.filter(pk__any=ids)
    return rows.select_related(*related) if related else rows


@prepared
def _names(models: Any, *ids: Ids) -> QuerySet[Any, Any]:
    each = [_names_of(number, model, wanted) for number, (model, wanted) in enumerate(zip(models, ids, strict=True))]
    return each[0].union(*each[1:], all=True)


def _names_of(number: int, model: Any, ids: Ids) -> QuerySet[Any, Any]:
    columns = [name if name in _called(model) else Value("", TextField()) for name in CALLED]
    return model._base_manager.filter(pk__any=ids).order_by().values_list(Value(number), "pk", *columns)


def _named(model: Any, values: Sequence[Any]) -> Model:
    """The record of so few columns: every other is deferred."""
    columns = (model._meta.pk.attname, *_called(model))
    record: Model = model.from_db(DEFAULT_DB_ALIAS, columns, values[: len(columns)])
    return record


@cache
def _called(model: Any) -> list[str]:
    fields = {field.name for field in model._meta.concrete_fields}
    return [name for name in CALLED if name in fields]


class _AttachingIterable(ModelIterable):
    names: Sequence[str]

    def __iter__(self) -> Iterator[Any]:
        rows = super().__iter__()
        while some := list(islice(rows, self.chunk_size)):
            yield from self.finish(some)

    @classmethod
    def finish(cls, records: list[Any]) -> list[Any]:
        attach_names(records, cls.names)
        return records


@lru_cache
def _iterable(names: tuple[str, ...]) -> type[_AttachingIterable]:
    return type("AttachingIterable", (_AttachingIterable,), {"names": names})
