"""Long work of checks."""

from typing import Any

from anlan.authz.actors import Actor
from anlan.inspections.exports import file_name, write_ledger, write_unchecked
from anlan.jobs.api import Job, Result, long_task, result_folder


@long_task("inspections.export")
def export_checks(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write the list of that address as an Excel ledger, with what the person may see now."""
    path = result_folder(job) / "checks.xlsx"
    write_ledger(path, job, actor, query)
    return Result(path, file_name(actor))


@long_task("inspections.export_unchecked")
def export_unchecked(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write the sites nobody has been to, with what the person may see now."""
    path = result_folder(job) / "unchecked.xlsx"
    return Result(path, write_unchecked(path, job, actor, query))
