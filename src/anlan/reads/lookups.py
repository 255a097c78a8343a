"""Conditions that Django has no word for."""

from typing import Any

from django.db.models import Exists, Field, Lookup


@Field.register_lookup
class AnyOf(Lookup):
    """``filter(id__any=ids)``: one parameter however many there are, where ``__in`` makes one of each. Of a subquery that
    has nothing to do with the row (``ArraySubquery``) it is one look at an index, even as one side of an *or*."""

    lookup_name = "any"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        if hasattr(self.rhs, "as_sql"):
            values, more = compiler.compile(self.rhs)
            return f"{column} = ANY({values})", [*params, *more]
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]


class LookedUp(Exists):
    """Looked up for each row that gets so far. PostgreSQL would rather gather all there are beforehand, which for an
    organisation that takes part in a hundred thousand matters takes longer than any list."""

    template = "EXISTS(%(subquery)s OFFSET 0)"
