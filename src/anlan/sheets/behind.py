"""A second thread for what waits for the database, so that the next rows can be read meanwhile. It works with the
caller's connection, in the caller's transaction; the caller keeps off the database until ``wait`` returns."""

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

SWITCH_SECONDS = 0.0005
"""Coming back from the database, the second thread waits at most so long for the interpreter: as a rule ten times as long,
some dozen times for each lot of rows."""
_USUAL_SECONDS = sys.getswitchinterval()


class Behind:
    """Does one thing after the other, in the order given, until one raises: what comes after it raises the same."""

    def __enter__(self) -> "Behind":
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._connection.ensure_connection()
        self._connection.inc_thread_sharing()
        sys.setswitchinterval(SWITCH_SECONDS)
        self._pool = ThreadPoolExecutor(1, initializer=_adopt, initargs=(self._connection,))
        self._last: Future[None] | None = None
        self._failure: BaseException | None = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._pool.shutdown(cancel_futures=True)  # before anybody ends the transaction
        finally:
            sys.setswitchinterval(_USUAL_SECONDS)
            self._connection.dec_thread_sharing()

    def start(self, work: Callable[[], None]) -> "Future[None]":
        """Do the work when what was given before is done."""
        self._last = self._pool.submit(copy_context().run, self._do, work)
        return self._last

    def wait(self) -> None:
        """Until everything is done. Raises what the work raised."""
        if self._last is not None:
            self._last.result()

    def _do(self, work: Callable[[], None]) -> None:
        if self._failure is not None:
            raise self._failure
        try:
            work()
        except BaseException as failure:
            self._failure = failure
            raise


def _adopt(connection: Any) -> None:
    connections[DEFAULT_DB_ALIAS] = connection
