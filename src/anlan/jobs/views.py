"""The own jobs: a list, a page with progress, the result."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.jobs import actions, selectors
from anlan.jobs.presenters import row_of

SHOWN = 50


@require_GET
@requires(Permission.JOB_VIEW)
def job_list(request: ActingRequest) -> HttpResponse:
    """The latest jobs of the person."""
    rows = [row_of(job) for job in selectors.jobs_of(request.actor)[:SHOWN]]
    return render(request, "jobs/list.html", {"rows": rows, "shown": SHOWN})


@require_GET
@requires(Permission.JOB_VIEW)
def job_page(request: ActingRequest, job_id: UUID) -> HttpResponse:
    """One job, with its progress."""
    job = selectors.job_of(request.actor, job_id)
    return render(request, "jobs/page.html", {"job": job, "row": row_of(job)})


@require_GET
@requires(Permission.JOB_VIEW)
def progress(request: ActingRequest, job_id: UUID) -> HttpResponse:
    """The fragment htmx asks for again and again until the job has ended."""
    return render(request, "jobs/_progress.html", {"row": row_of(selectors.job_of(request.actor, job_id))})


@require_GET
@requires(Permission.JOB_VIEW)
def result(request: ActingRequest, job_id: UUID) -> FileResponse:
    """The result file, to be saved. NotInScope (404) when there is none or it has been cleared away."""
    job = selectors.job_of(request.actor, job_id)
    content = selectors.result_path(job).open("rb")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return FileResponse(content, as_attachment=True, filename=job.result_name, headers=headers)


@require_POST
@requires(Permission.JOB_VIEW)
def cancel(request: ActingRequest, job_id: UUID) -> HttpResponse:
    """Stop an own job."""
    actions.cancel(actor=request.actor, job_id=job_id)
    return redirect(reverse("jobs:page", args=[job_id]))
