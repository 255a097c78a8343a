"""Tasks of the jobs themselves."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from anlan.authz.actors import system_actors
from anlan.authz.scope import acting
from anlan.http.api import forget_idempotency_before
from anlan.jobs import actions, runner
from anlan.jobs.deferring import task
from anlan.lib import clock

STALLED_SECONDS = 30.0
KEEP_QUEUE_HOURS = 24 * 7
KEEP_ANSWERS = timedelta(days=7)


@task(name="jobs.run", queue="long")
def run_job(*, job_id: str) -> None:
    """Run the long work of one job."""
    runner.run(UUID(job_id))


@app.periodic(cron="* * * * *")
@app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Give what a dead worker left to another one; every task is idempotent."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="jobs.clean_queue", queueing_lock="jobs.clean_queue", pass_context=True)
async def clean_queue(context: JobContext, timestamp: int) -> None:
    """Delete entries of the queue that ended a week ago."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_QUEUE_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="27 3 * * *")
@app.task(name="jobs.remove_old", queueing_lock="jobs.remove_old")
def remove_old(timestamp: int) -> None:
    """Delete jobs and their result files after ``ANLAN_EXPORT_DAYS`` days (30)."""
    days = getattr(settings, "ANLAN_EXPORT_DAYS", 30)
    actions.remove_finished_before(instant=clock.now() - timedelta(days=days))


@app.periodic(cron="37 3 * * *")
@app.task(name="jobs.forget_answers", queueing_lock="jobs.forget_answers")
def forget_answers(timestamp: int) -> None:
    """Delete answers kept for ``Idempotency-Key``: nobody repeats a request after a week."""
    for actor in system_actors():
        with acting(actor):
            forget_idempotency_before(clock.now() - KEEP_ANSWERS)
