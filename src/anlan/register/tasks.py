"""Long work of the register."""

from typing import Any

from anlan.authz.actors import Actor
from anlan.jobs.api import Job, Result, long_task, result_folder
from anlan.register import ledgers
from anlan.register.grid_roster import file_name, write_roster


@long_task("register.export_grid_roster")
def export_grid_roster(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write 网格员名册 of the list of that address, with what the person may see now."""
    path = result_folder(job) / "roster.xlsx"
    write_roster(path, job, actor, query)
    return Result(path, file_name(actor))


@long_task("register.export_sites")
def export_sites(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write the list of sites of that address, with what the person may see now."""
    path = result_folder(job) / "sites.xlsx"
    return Result(path, ledgers.write_sites(path, job, actor, query))


@long_task("register.export_objects")
def export_objects(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write the list of supervised objects of that address, with what the person may see now."""
    path = result_folder(job) / "objects.xlsx"
    return Result(path, ledgers.write_objects(path, job, actor, query))


@long_task("register.export_licences")
def export_licences(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write 证照到期表 of that address, with what the person may see now."""
    path = result_folder(job) / "licences.xlsx"
    return Result(path, ledgers.write_licences(path, job, actor, query))


@long_task("register.export_enterprises")
def export_enterprises(job: Job, actor: Actor, query: dict[str, Any]) -> Result:
    """Write 企业底册 of the list of that address, with what the person may see now."""
    path = result_folder(job) / "enterprises.xlsx"
    return Result(path, ledgers.write_enterprises(path, job, actor, query))
