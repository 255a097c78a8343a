"""Long and later work: the door for other slices."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from procrastinate.contrib.django import app

from anlan.authz.actors import Actor
from anlan.http.api import ActingRequest
from anlan.jobs import actions, runner, tasks
from anlan.jobs.deferring import defer, inline, run_pending, task
from anlan.jobs.models import Job
from anlan.jobs.runner import Cancelled, LongWork, Result, long_task, progress, result_folder
from anlan.jobs.selectors import job_by_id

__all__ = [
    "Cancelled",
    "Job",
    "LongWork",
    "Result",
    "app",
    "defer",
    "inline",
    "job_by_id",
    "long_task",
    "progress",
    "result_folder",
    "run_pending",
    "start",
    "start_export",
    "task",
]


def start(*, actor: Actor, work: LongWork, title: str, **params: Any) -> Job:
    """Enter a job for the acting person and defer it, in the caller's transaction.

    ``work`` was declared with :func:`long_task`; ``params`` reach it as JSON knows them.
    """
    with transaction.atomic():
        job = actions.create(actor=actor, kind=runner.kind_of(work), title=title, params=params)
        defer(tasks.run_job, job_id=job.id)
    return job


def start_export(request: ActingRequest, work: LongWork, title: str) -> HttpResponse:
    """Start writing the list the person is looking at, narrowed as its address says; go to its progress."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    job = start(actor=request.actor, work=work, title=title, query=query)
    return redirect("jobs:page", job.id)
