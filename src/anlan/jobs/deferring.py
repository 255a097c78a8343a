"""Deferring work on Django's own connection: the job exists exactly when the transaction that asked for it commits."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ParamSpec

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.retry import RetryStrategy
from procrastinate.tasks import Task

from anlan.lib import hashing

P = ParamSpec("P")

# 2, 4, 8 … seconds, a day in all: what fails because the database is away is done when it is back.
PATIENCE = RetryStrategy(max_attempts=15, exponential_wait=2)
# In a worker procrastinate's own jobs go by a pool of its own; ours must stand or fall with our transaction there too.
_IN_OUR_TRANSACTION = JobManager(DjangoConnector())


def task(**options: Any) -> Callable[[Callable[P, None]], "Task[P, None, P]"]:
    """Declare a task in a slice's ``tasks.py``. It gets what JSON knows (a UUID arrives as text), runs at least
    once and must therefore be idempotent. ``options`` are procrastinate's (``queue``, ``lock`` …)."""
    return app.task(**{"retry": PATIENCE, **options})


def defer(task: "Task[..., Any, ...]", /, **arguments: Any) -> None:
    """Run ``task`` once the caller's transaction has committed; nothing happens when it rolls back."""
    canonical = hashing.canonical_value(arguments)
    inline_queue = _inline.get()
    if inline_queue is None:
        deferrer = task.configure()
        deferrer.job_manager = _IN_OUR_TRANSACTION
        deferrer.defer(**canonical)
    else:
        transaction.on_commit(_Call(inline_queue, task, canonical))


@contextmanager
def inline() -> Iterator[None]:
    """Inside the block no worker is needed: what is deferred runs here, in order, as soon as its outermost
    transaction has committed; what such a task defers itself runs before the next one. Errors reach the caller."""
    token = _inline.set(_InlineQueue())
    try:
        yield
    finally:
        _inline.reset(token)


def run_pending() -> int:
    """Inside :func:`inline`: run now what the still open transaction has deferred (tests live in one). Returns how many."""
    count = 0
    while calls := _take_uncommitted_calls():
        for call in calls:
            call()
        count += len(calls)
    return count


def is_inline() -> bool:
    return _inline.get() is not None


@dataclass
class _InlineQueue:
    waiting: deque[tuple["Task[..., Any, ...]", dict[str, Any]]] = field(default_factory=deque)
    is_running: bool = False

    def add(self, task: "Task[..., Any, ...]", arguments: dict[str, Any]) -> None:
        self.waiting.append((task, arguments))
        if self.is_running:
            return
        self.is_running = True
        try:
            while self.waiting:
                next_task, next_arguments = self.waiting.popleft()
                next_task(**next_arguments)
        finally:
            self.is_running = False


_inline: ContextVar[_InlineQueue | None] = ContextVar("anlan_inline_jobs", default=None)


@dataclass(frozen=True)
class _Call:
    """A deferral as a commit hook: Django drops it with the savepoint it was made in."""

    queue: _InlineQueue
    task: "Task[..., Any, ...]"
    arguments: dict[str, Any]

    def __call__(self) -> None:
        self.queue.add(self.task, self.arguments)


def _take_uncommitted_calls() -> list[_Call]:
    if not is_inline():
        raise RuntimeError("run_pending() belongs inside `with inline():`")
    hooks = connection.run_on_commit
    calls = [entry[1] for entry in hooks if isinstance(entry[1], _Call)]
    connection.run_on_commit = [entry for entry in hooks if not isinstance(entry[1], _Call)]
    return calls
