"""The one periodic job of all deadlines."""

from anlan.authz.actors import system_actors
from anlan.jobs.api import app
from anlan.processes.deadlines import sweep


@app.periodic(cron="* * * * *")
@app.task(name="processes.sweep_deadlines", queueing_lock="sweep_deadlines", pass_context=False)
def sweep_deadlines(timestamp: int) -> None:
    """Fire reminders and escalations that have come due, county by county."""
    for actor in system_actors():
        sweep(actor)
