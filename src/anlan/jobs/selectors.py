"""Reads of jobs."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from anlan.authz.actors import Actor, actor_by
from anlan.jobs.choices import OPEN_STATES
from anlan.jobs.models import Job
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, NotInScope


def jobs_of(actor: Actor) -> QuerySet[Job]:
    """The person's own jobs, newest first; not those of a grant that has ended, whose results they may no longer have."""
    day = clock.today()
    if actor.user_id is None:
        return Job.objects.none()
    return Job.objects.filter(
        Q(grant__valid_to=None) | Q(grant__valid_to__gte=day), user_id=actor.user_id, grant__valid_from__lte=day
    )


def job_of(actor: Actor, job_id: UUID) -> Job:
    """One own job, or NotInScope (404)."""
    job = jobs_of(actor).filter(id=job_id).first()
    if job is None:
        raise NotInScope("任务")
    return job


def open_count(actor: Actor) -> int:
    return jobs_of(actor).filter(state__in=OPEN_STATES).count()


def job_by_id(job_id: UUID) -> Job | None:
    """For the runner, which acts for the owner of the job."""
    return Job.objects.filter(id=job_id).first()


def actor_for(job: Job) -> Actor:
    """The actor the job was started by, as the grant is today. Forbidden (403) when it has ended."""
    actor = actor_by(job.user_id, job.grant_id)
    if actor is None:
        raise Forbidden("grant_ended", "提交任务时使用的授权已失效，任务没有执行。请用当前有效的身份重新提交。")
    return actor


def finished_before(instant: datetime) -> Iterable[Job]:
    return Job.objects.filter(finished_at__lt=instant)


def results_folder() -> Path:
    """Where result files are kept until they are too old: ``DATA_DIR/exports``."""
    return Path(settings.DATA_DIR) / "exports"


def result_path(job: Job) -> Path:
    """The job's result on disk, or NotInScope (404)."""
    path = results_folder() / job.result_path
    if not job.result_path or not path.is_file():
        raise NotInScope("结果文件")
    return path
