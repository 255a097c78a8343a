"""Long work of the loop."""

from typing import Any

from anlan.authz.actors import Actor
from anlan.hidden_dangers.exports import file_name, write_ledger
from anlan.jobs.api import Job, Result, long_task, result_folder


@long_task("hidden_dangers.export")
def export_hidden_dangers(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write the list of that address as an Excel ledger, with what the person may see now."""
    path = result_folder(job) / "ledger.xlsx"
    write_ledger(path, job, actor, query)
    return Result(path, file_name(actor))
