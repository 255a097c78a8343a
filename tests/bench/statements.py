"""The statements of one request, taken down from the real one and sent again by bare psycopg.

Sent again, what the request made anew gets a new identity: ids of that moment (UUID 7), numbers, the subject of the act.
"""

import re
import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from anlan.lib import ids

NUMBER = re.compile(r"^\d{6}-[A-Z]?\d{4}-[0-9A-Z]{4,6}$")
SIGNS = string.digits + string.ascii_uppercase
OPENS = "set_config('anlan.lo'"


@dataclass(frozen=True)
class Statement:
    """``prepare``: as the site has it planned, once (True), each time (False), or when it has come a few times (None)."""

    sql: str
    params: Any
    many: bool
    prepare: bool | None


@dataclass
class Recording:
    """``statements`` in order, the answer's ``body``, and from when on ids are new."""

    began: datetime
    statements: list[Statement] = field(default_factory=list)
    body: bytes = b""

    def run(self, connection: "psycopg.Connection[Any]", subject: tuple[UUID, UUID] | None = None) -> None:
        """What was sent before the transaction alone, the rest in one. ``subject``: the id then, the id now."""
        renewed = Renewal(self.began, dict([subject] if subject else []))
        first = next(n for n, one in enumerate(self.statements) if OPENS in one.sql)
        cursor = connection.cursor()
        for one in self.statements[:first]:
            _send(cursor, one, renewed)
        with connection.transaction():
            for one in self.statements[first:]:
                _send(cursor, one, renewed)


class Renewal:
    """New ids and numbers for those of the recording, each always the same one within a run."""

    def __init__(self, began: datetime, known: dict[Any, Any]) -> None:
        self.began, self.known = began, known

    def of(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.of(one) for one in value]
        if type(value) is tuple:  # a row of a composite type is another, and has nothing to renew
            return tuple(self.of(one) for one in value)
        if isinstance(value, dict):
            return {name: self.of(one) for name, one in value.items()}
        if isinstance(value, UUID):
            return self._id(value)
        if isinstance(value, str) and NUMBER.match(value):
            return self.known.setdefault(value, _another(value))
        return value

    def _id(self, value: UUID) -> UUID:
        if value not in self.known:
            self.known[value] = ids.uuid7() if _made_at(value) >= self.began else value
        found: UUID = self.known[value]
        return found


def _send(cursor: "psycopg.Cursor[Any]", one: Statement, renewed: Renewal) -> None:
    if one.many:
        cursor.executemany(one.sql, renewed.of(one.params))
        return
    cursor.execute(one.sql, renewed.of(one.params) or None, prepare=one.prepare)
    if cursor.description:
        cursor.fetchall()


def _another(number: str) -> str:
    """With a longer end than the site gives, for nobody looks here whether it is taken."""
    return f"{number.rpartition('-')[0]}-{''.join(secrets.choice(SIGNS) for _ in range(8))}"


def _made_at(value: UUID) -> datetime:
    """The instant in a UUID of version 7; long ago for any other."""
    return datetime.fromtimestamp((value.int >> 80) / 1000 if value.version == 7 else 0, UTC)


@contextmanager
def recording() -> Iterator[Recording]:
    """Everything Django sends in this thread meanwhile."""
    from django.db import connection

    from anlan.reads.prepared import planned_once

    # an id says the millisecond
    found = Recording(datetime.now(UTC).replace(microsecond=datetime.now(UTC).microsecond // 1000 * 1000))

    def take(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        found.statements.append(Statement(str(sql), params or (), many, planned_once(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(take):
        yield found
