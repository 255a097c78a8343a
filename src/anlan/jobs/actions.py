"""Writes of jobs. A job moves QUEUED → RUNNING → DONE | FAILED | CANCELLED and never back."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.jobs import selectors
from anlan.jobs.choices import OPEN_STATES, State
from anlan.jobs.models import Job
from anlan.lib import clock, hashing
from anlan.lib.refusals import Refused

ERROR_LENGTH = 500


def create(*, actor: Actor, kind: str, title: str, params: dict[str, Any]) -> Job:
    """Enter a job for the acting person. The system needs none: it defers tasks."""
    if actor.user_id is None or actor.grant_id is None or actor.organisation_id is None:
        raise ValueError("a job belongs to a person acting under a grant")
    return Job.objects.create(
        kind=kind,
        title=title[:120],
        params=hashing.canonical_value(params),
        user_id=actor.user_id,
        grant_id=actor.grant_id,
        organisation_id=actor.organisation_id,
        created_at=clock.now(),
    )


def begin(*, job_id: UUID) -> Job | None:
    """Mark the job RUNNING and return it; None when it is finished, cancelled or gone. A job found RUNNING was left
    by a worker that died, and begins again."""
    with transaction.atomic():
        started = Job.objects.filter(id=job_id, state__in=OPEN_STATES).update(
            state=State.RUNNING, started_at=clock.now(), done=0, total=None, note="", error=""
        )
    return selectors.job_by_id(job_id) if started else None


def finish(*, job: Job, result: Path | None, result_name: str) -> bool:
    """Mark the job DONE, in the transaction of its work. False when it is no longer RUNNING: the work must be undone."""
    return _end(job.id, State.DONE, result_path="" if result is None else _relative(result), result_name=result_name)


def fail(*, job: Job, reason: str) -> None:
    _end(job.id, State.FAILED, error=reason[:ERROR_LENGTH])


def cancel(*, actor: Actor, job_id: UUID) -> Job:
    """Stop an own job that is not finished. Refused (409) otherwise."""
    job = selectors.job_of(actor, job_id)
    with transaction.atomic():
        stopped = Job.objects.filter(id=job.id, state__in=OPEN_STATES).update(
            state=State.CANCELLED, finished_at=clock.now()
        )
    if not stopped:
        raise Refused("job_finished", "任务已经结束，不能再取消。")
    job.refresh_from_db()
    return job


def remove_finished_before(*, instant: datetime) -> int:
    """Delete jobs that ended before ``instant`` together with their result files. Returns how many."""
    jobs = list(selectors.finished_before(instant))
    _remove_results(jobs)
    Job.objects.filter(id__in=[job.id for job in jobs]).delete()
    return len(jobs)


def _end(job_id: UUID, state: State, **changes: Any) -> bool:
    running = Job.objects.filter(id=job_id, state=State.RUNNING)
    return bool(running.update(state=state, finished_at=clock.now(), **changes))


def _relative(path: Path) -> str:
    return str(path.resolve().relative_to(selectors.results_folder().resolve()))


def _remove_results(jobs: Iterable[Job]) -> None:
    for job in jobs:
        shutil.rmtree(selectors.results_folder() / str(job.id), ignore_errors=True)
