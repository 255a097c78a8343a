"""Long work of 统计."""

from typing import Any

from anlan.authz.actors import Actor
from anlan.jobs.api import Job, Result, long_task, result_folder
from anlan.oversight.exports import file_name, write_book


@long_task("oversight.export")
def export_indicators(job: Job, actor: Actor, query: dict[str, Any], base: str) -> Result:
    """Write the numbers of that address, as the person may see them now."""
    path = result_folder(job) / "indicators.xlsx"
    write_book(path, job, actor, query, base)
    return Result(path, file_name(actor))
