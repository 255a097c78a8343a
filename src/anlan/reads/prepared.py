"""Reads that are asked many times a second: put into SQL once, then only given other values.

Django makes the SQL of a queryset anew each time, and the database its plan: for a few rows found by their ids both cost more
than the rows, so what is `prepared` is planned once as well. A list is another matter: which plan is good for it depends on
the values. What is `listed` is put into SQL once and planned each time.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial, wraps
from itertools import product
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, TypeVar
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators

Step = Callable[[list[Any]], list[Any]]
M = TypeVar("M", bound=Model)
P = ParamSpec("P")

SHAPES = 200
"""So many shapes of one read are kept, those asked for last."""


_kept: list[Any] = []


def forget() -> None:
    """Forget every statement: what they are made of has changed, as in a test that takes the scope away."""
    for statements in _kept:
        statements.cache_clear()


class PreparedSQL(str):
    """A statement that one plan serves, whatever values it is given."""

    __slots__ = ()


def planned_once(sql: str) -> bool | None:
    """True: at once; False: never; None: when it has come a few times."""
    return isinstance(sql, PreparedSQL) or (False if sql.startswith(("SELECT", "WITH", "(")) else None)


class PlanningCursor(ServerBindingCursor):
    """Under ``plan_cache_mode = auto``: prepared reads are planned once, writes when they have come a few times, all other
    reads each time. A plan for any range of paths would take every county for a small part of the table."""

    def execute(self, query: Any, params: Any = None, *, prepare: bool | None = None, **options: Any) -> Any:
        if prepare is None and isinstance(query, str):
            prepare = planned_once(query)
        return super().execute(query, params, prepare=prepare, **options)  # type: ignore[misc]


class Parts(NamedTuple):
    """An argument taken apart: its ``shape`` decides the SQL, its ``values`` are put into it."""

    shape: Hashable
    values: Sequence[Any]


class Ids(tuple[UUID, ...]):
    """UUIDs as one argument and one parameter (``= ANY``), however many."""

    __slots__ = ()


class Given(NamedTuple):
    """Any other argument that may be another each time: ``build`` takes its ``value``."""

    value: Hashable

    def parts(self) -> Parts:
        return Parts(None, (self.value,))

    @staticmethod
    def stand_in(shape: None) -> "Given":
        return Given(uuid4().hex)


class HasValues(Protocol):
    """What passes values on to a statement besides having a shape."""

    def parts(self) -> Parts: ...

    @staticmethod
    def stand_in(shape: Any) -> "HasValues":
        """One of that shape with values that are nobody's."""


def prepared(build: Callable[P, QuerySet[M, Any]]) -> Callable[P, list[M]]:
    """The rows of the queryset that ``build`` makes. A UUID, `Ids`, and what has values (`HasValues`) may be another
    each time; every other argument belongs to the shape. All are given by position. TypeError when the statement holds
    something reckoned from a value: that would stay as it was the first time."""
    statements = _Statements(build, PreparedSQL)

    @wraps(build)
    def read(*args: P.args, **kwargs: P.kwargs) -> list[M]:
        assert not kwargs, "by position"
        statement, values = statements.of(*args)
        return statement.rows(values) if statement else []

    return read


class Listing(Generic[M]):
    """A list that was put into SQL before: what may be asked of it is a page, and how long it is."""

    def __init__(self, rows: Callable[[], QuerySet[M, Any]], part: "_Statements", args: Sequence[Any]) -> None:
        self.rows, self._part, self._args = rows, part, args
        """``rows``: the queryset, for any other question."""

    def __getitem__(self, wanted: slice) -> list[M]:
        statement, values = self._part.of(*self._args, _Page(wanted.start or 0, wanted.stop))
        return statement.rows(values) if statement else []

    def count_up_to(self, most: int) -> int:
        statement, values = self._part.of(*self._args, _FirstIds(most))
        return statement.count(values) if statement else 0


class _Page(NamedTuple):
    start: int
    stop: int

    def of(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return rows[self.start : self.stop]


class _FirstIds(NamedTuple):
    most: int

    def of(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return rows.order_by().values_list("pk")[: self.most]


def listed(build: Callable[P, QuerySet[M, Any]]) -> Callable[P, Listing[M]]:
    """The list of the queryset that ``build`` makes, in an order; arguments as for `prepared`."""

    def part_of(*args: Any) -> QuerySet[M, Any]:
        *asked, part = args
        found: QuerySet[M, Any] = part.of(build(*asked))  # type: ignore[call-arg]
        return found

    parts = _Statements(part_of, str)

    @wraps(build)
    def found(*args: P.args, **kwargs: P.kwargs) -> Listing[M]:
        assert not kwargs, "by position"
        return Listing(partial(build, *args), parts, args)

    return found


class _Statements:
    """The statements of one read, one for each shape of its arguments."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], kind: type[str]) -> None:
        self.of_shape = lru_cache(maxsize=SHAPES)(lambda *shapes: _compiled(build, kind, shapes))
        _kept.append(self.of_shape)

    def of(self, *args: Any) -> "tuple[_Statement | None, list[Any]]":
        """The statement for these arguments, None when it can find nothing, and its values."""
        parts = [_parts(argument) for argument in args]
        statement = self.of_shape(*(part.shape for part in parts))
        return statement, [value for part in parts for value in part.values]


@dataclass(frozen=True)
class _Statement:
    """``slots``: the places of the parameters that take a value, each with the number of the value. ``steps`` lead from
    what the database gives to what was asked for."""

    sql: str
    params: tuple[Any, ...]
    slots: tuple[tuple[int, int], ...]
    steps: tuple[Step, ...]

    def rows(self, values: Sequence[Any]) -> list[Any]:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self.sql, self._with(values))
            found = cursor.fetchall()
        for step in self.steps:
            found = step(found)
        return found

    def count(self, values: Sequence[Any]) -> int:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({self.sql}) AS found", self._with(values))  # noqa: S608 - Django's SQL
            return int(cursor.fetchone()[0])

    def _with(self, values: Sequence[Any]) -> tuple[Any, ...]:
        params = list(self.params)
        for place, number in self.slots:
            value = values[number]
            params[place] = list(value) if type(value) is Ids else value
        return tuple(params)


class _Records:
    """What makes the rows of a statement into records, as Django's ``ModelIterable`` does, put together once."""

    def __init__(self, compiler: Any) -> None:
        chosen, columns = compiler.klass_info, compiler.select
        fields = chosen["select_fields"]
        self.model, self.own = chosen["model"], slice(fields[0], fields[-1] + 1)
        self.names = [column.target.attname for column, *_ in columns[self.own]]
        self.related = get_related_populators(chosen, columns, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        self.annotations = tuple(compiler.annotation_col_map.items())

    def __call__(self, rows: list[Any]) -> list[Any]:
        return [self._record(row) for row in rows]

    def _record(self, row: Sequence[Any]) -> Any:
        record = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
        for related in self.related:
            related.populate(row, record)
        for name, place in self.annotations:
            setattr(record, name, row[place])
        return record


class _Converted:
    """Makes Python of the columns that the driver leaves as they come."""

    def __init__(self, converters: dict[int, Any]) -> None:
        self.columns = [(place, each, column) for place, (each, column) in converters.items()]

    def __call__(self, rows: list[Any]) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        found = [list(row) for row in rows]
        for place, converters, column in self.columns:
            for row, convert in product(found, converters):
                row[place] = convert(row[place], column, connection)
        return found


def _compiled(build: Callable[..., QuerySet[Any, Any]], kind: type[str], shapes: Sequence[Any]) -> _Statement | None:
    """The statement of that shape; None when it can find nothing (a role without the permission)."""
    one, other = _with_stand_ins(build, kind, shapes), _with_stand_ins(build, kind, shapes)
    if one is None or other is None:
        return None
    if (one.sql, one.params, one.slots) != (other.sql, other.params, other.slots):
        raise TypeError(f"{build.__qualname__}: the statement holds something reckoned from a value")
    return one


def _with_stand_ins(
    build: Callable[..., QuerySet[Any, Any]], kind: type[str], shapes: Sequence[Any]
) -> _Statement | None:
    arguments = [_stand_in(shape) for shape in shapes]
    numbers = {value: n for n, value in enumerate(value for one in arguments for value in _parts(one).values)}
    template = build(*arguments)
    compiler = template.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    given = [tuple(param) if isinstance(param, list) else param for param in params]
    slots = tuple((place, numbers[param]) for place, param in enumerate(given) if param in numbers)
    fixed = tuple(None if given[place] in numbers else param for place, param in enumerate(params))
    return _Statement(kind(sql), fixed, slots, tuple(_steps(template, compiler)))


def _steps(template: Any, compiler: Any) -> Iterator[Step]:
    iterable = template._iterable_class
    if converters := compiler.get_converters([column for column, *_ in compiler.select]):
        yield _Converted(converters)
    if issubclass(iterable, ModelIterable):
        yield _Records(compiler)
    elif iterable is not ValuesListIterable:
        raise TypeError(f"{iterable.__name__}: neither records nor tuples")
    if hasattr(iterable, "finish"):
        yield iterable.finish


class _Shape(NamedTuple):
    kind: Any
    of: Hashable


def _parts(argument: Any) -> Parts:
    kind = type(argument)
    if kind is UUID or kind is Ids:
        return Parts(_Shape(kind, None), (argument,))
    if hasattr(kind, "stand_in"):
        shape, values = argument.parts()
        return Parts(_Shape(kind, shape), values)
    return Parts(_Shape(None, argument), ())


def _stand_in(shape: Any) -> Any:
    if shape.kind is UUID:
        return uuid4()
    if shape.kind is Ids:
        return Ids((uuid4(),))
    return shape.of if shape.kind is None else shape.kind.stand_in(shape.of)
