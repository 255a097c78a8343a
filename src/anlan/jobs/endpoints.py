"""``/api/v1/jobs``: the own long work. An operation that starts some answers 202 with ``JobOut`` and ``Location``."""

from datetime import datetime
from uuid import UUID

from django.urls import reverse
from ninja import Field, Query, Router, Schema

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, Page, PageQuery, Sheet, paginate, requires
from anlan.jobs import actions, selectors
from anlan.jobs.choices import State
from anlan.jobs.models import Job

router = Router(tags=["后台任务"])


class JobOut(Schema):
    """``total`` is null while it is not known; ``result_url`` appears when there is something to fetch."""

    id: UUID
    kind: str
    title: str
    state: State
    state_label: str = Field(alias="get_state_display")
    done: int
    total: int | None
    note: str
    error: str
    result_url: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @staticmethod
    def resolve_result_url(job: Job) -> str | None:
        return reverse("jobs:result", args=[job.id]) if job.result_path else None


@router.get("/jobs", response=Page[JobOut], summary="列出自己的任务", url_name="job_list")
@requires(Permission.JOB_VIEW)
def list_jobs(request: ActingRequest, page: Query[PageQuery]) -> Sheet:
    return paginate(selectors.jobs_of(request.actor), page)


@router.get("/jobs/{uuid:job_id}", response=JobOut, summary="查看任务进度", url_name="job")
@requires(Permission.JOB_VIEW)
def read_job(request: ActingRequest, job_id: UUID) -> Job:
    return selectors.job_of(request.actor, job_id)


@router.post("/jobs/{uuid:job_id}/cancel", response=JobOut, summary="取消任务", url_name="job_cancel")
@requires(Permission.JOB_VIEW)
def cancel_job(request: ActingRequest, job_id: UUID) -> Job:
    return actions.cancel(actor=request.actor, job_id=job_id)
