"""The one periodic job of all deadlines."""

from typing import Any

from procrastinate.contrib.django import app

from anlan.authz.actors import system_actors
from anlan.processes.deadlines import may_sweep, sweep


@app.periodic(cron="* * * * *")
@app.task(name="processes.sweep_deadlines", queueing_lock="processes.sweep_deadlines")
def sweep_deadlines(timestamp: int, **_: Any) -> None:
    """Fire reminders and escalations that have come due, county by county."""
    if not may_sweep():
        return
    for actor in system_actors():
        sweep(actor)
