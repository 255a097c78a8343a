"""A job as a page shows it."""

from dataclasses import dataclass

from django.urls import reverse

from anlan.jobs.choices import State
from anlan.jobs.models import Job

BAR = {
    State.QUEUED: "waiting",
    State.RUNNING: "running",
    State.DONE: "done",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}


@dataclass(frozen=True)
class Row:
    """``bar`` is the state in the words of ``<c-job>``."""

    job: Job
    bar: str
    note: str
    page_url: str
    progress_url: str
    result_url: str


def row_of(job: Job) -> Row:
    state = State(job.state)
    notes = {State.FAILED: job.error, State.CANCELLED: "已取消，没有任何内容被修改。"}
    return Row(
        job=job,
        bar=BAR[state],
        note=notes.get(state, job.note),
        page_url=reverse("jobs:page", args=[job.id]),
        progress_url=reverse("jobs:progress", args=[job.id]),
        result_url=reverse("jobs:result", args=[job.id]) if job.result_path else "",
    )
