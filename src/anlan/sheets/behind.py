"""A second thread for what waits for the database, so that the next rows can be read meanwhile. It works with the
caller's connection, in the caller's transaction; the caller keeps off the database until ``wait`` returns."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


class Behind:
    """Does one thing at a time, in the order given. What it raises is raised by ``wait``."""

    def __enter__(self) -> "Behind":
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._connection.ensure_connection()
        self._connection.inc_thread_sharing()
        self._pool = ThreadPoolExecutor(1, initializer=_adopt, initargs=(self._connection,))
        self._work: Future[None] | None = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._pool.shutdown()  # before anybody ends the transaction
        finally:
            self._connection.dec_thread_sharing()

    def start(self, work: Callable[[], None]) -> None:
        """Begin with the work; the one before must be over."""
        self.wait()
        self._work = self._pool.submit(copy_context().run, work)

    def wait(self) -> None:
        """Until nothing is being done. Raises what the work raised."""
        work, self._work = self._work, None
        if work is not None:
            work.result()


def _adopt(connection: Any) -> None:
    connections[DEFAULT_DB_ALIAS] = connection
