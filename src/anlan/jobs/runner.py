"""Running long work for the person who started it: under their grant as it is now, with progress others can see."""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.jobs import actions, selectors
from anlan.jobs.choices import State
from anlan.jobs.models import Job
from anlan.lib.refusals import Refusal

logger = logging.getLogger(__name__)

REPORT_SECONDS = 0.5
UNEXPECTED = "任务执行时出错，没有任何内容被修改。请稍后重试；仍不成功请把任务编号 {id} 告诉管理员。"


@dataclass(frozen=True)
class Result:
    """The file a job gives back: written below :func:`result_folder`, offered under ``name``."""

    path: Path
    name: str


LongWork = Callable[..., Result | None]

_work: dict[str, LongWork] = {}


def long_task(kind: str) -> Callable[[LongWork], LongWork]:
    """Declare long work in a slice's ``tasks.py``: ``def export(job, actor, **params) -> Result | None``.

    It runs inside ``acting(actor)``; its writes and the job's end are one transaction. It may run twice when a worker
    dies, but only one run commits.
    """

    def register(work: LongWork) -> LongWork:
        if _work.setdefault(kind, work) is not work:
            raise ValueError(f"long task {kind} is declared twice")
        work.kind = kind  # type: ignore[attr-defined]
        return work

    return register


def kind_of(work: LongWork) -> str:
    kind: str = work.kind  # type: ignore[attr-defined]
    return kind


def result_folder(job: Job) -> Path:
    """The folder for the job's result files; exists afterwards."""
    folder = selectors.results_folder() / str(job.id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class Cancelled(Exception):  # noqa: N818 - an answer, not an error
    """The person stopped the job: raised by ``progress`` inside the work, so that everything is rolled back."""


def progress(job: Job, done: int, total: int | None = None, note: str = "") -> None:
    """Say how far the work is. Cheap to call often; raises Cancelled when the job was stopped."""
    reporter = _reporter.get()
    if reporter is None:
        raise RuntimeError("progress() belongs inside a running job")
    reporter.report(job.id, done, total, note)


def run(job_id: UUID) -> None:
    """Run a job to its end. Never raises for what the work did: the job says so instead."""
    job = actions.begin(job_id=job_id)
    if job is None:
        return
    reporter = _Reporter(own_connection=not connection.in_atomic_block)
    token = _reporter.set(reporter)
    try:
        _run_as_owner(job)
    except Cancelled:
        logger.info("job %s was cancelled", job.id)
    except Refusal as refusal:
        actions.fail(job=job, reason=refusal.reason)
    except Exception:
        logger.exception("job %s (%s) failed", job.id, job.kind)
        actions.fail(job=job, reason=UNEXPECTED.format(id=job.id))
    finally:
        _reporter.reset(token)
        reporter.close()


def _run_as_owner(job: Job) -> None:
    actor: Actor = selectors.actor_for(job)
    with acting(actor):
        result = _work[job.kind](job, actor, **job.params)
        path, name = (result.path, result.name) if result else (None, "")
        if not actions.finish(job=job, result=path, result_name=name):
            raise Cancelled


@dataclass
class _Reporter:
    """Writes progress beside the work's transaction, on a connection of its own, so that it is seen while it runs.

    Inside somebody's open transaction (tests) the job's row is not visible from outside, and the same connection serves.
    """

    own_connection: bool
    last_at: float = 0.0
    second: BaseDatabaseWrapper | None = field(default=None)

    def report(self, job_id: UUID, done: int, total: int | None, note: str) -> None:
        is_last = total is not None and done >= total
        if not is_last and time.monotonic() - self.last_at < REPORT_SECONDS:
            return
        self.last_at = time.monotonic()
        statement = f"UPDATE {Job._meta.db_table} SET done = %s, total = %s, note = %s WHERE id = %s AND state = %s"  # noqa: S608
        with self._connection().cursor() as cursor:
            cursor.execute(statement, [done, total, note[:200], job_id, State.RUNNING])
            if cursor.rowcount == 0:
                raise Cancelled

    def _connection(self) -> BaseDatabaseWrapper:
        if not self.own_connection:
            return connection
        if self.second is None:
            self.second = connections.create_connection(DEFAULT_DB_ALIAS)
            self.second.inc_thread_sharing()  # work may tell of itself from a thread of its own
        return self.second

    def close(self) -> None:
        if self.second is not None:
            self.second.close()


_reporter: ContextVar[_Reporter | None] = ContextVar("anlan_job_reporter", default=None)
