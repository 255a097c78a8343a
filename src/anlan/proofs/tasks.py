"""The sealer: one periodic job, so that no act waits for the tree."""

from procrastinate.contrib.django import app

from anlan.proofs import actions


@app.periodic(cron="* * * * *")
@app.task(name="proofs.seal", queueing_lock="proofs.seal")
def seal(timestamp: int) -> None:
    """Seal everything that has been committed, batch by batch."""
    while actions.seal():
        pass
