"""Long work of supervision."""

from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.jobs.api import Job, Result, long_task, result_folder
from anlan.supervision.selectors import signed_lists as selectors
from anlan.supervision.signed_exports import file_name, write_list


@long_task("supervision.export_signed_list")
def export_signed_list(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write a signed list as an Excel ledger."""
    signed = selectors.signed_list(actor, UUID(query["signed_list"][0]))
    path = result_folder(job) / "signed-list.xlsx"
    write_list(path, signed)
    return Result(path, file_name(signed))
