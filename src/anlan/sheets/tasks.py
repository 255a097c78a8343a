"""Long work of imports. A job that dies leaves nothing: its writes and its end are one transaction, and it is tried
again."""

from functools import partial
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.jobs.api import Job, Result, long_task, progress, result_folder
from anlan.sheets import actions
from anlan.sheets.models import SheetImport
from anlan.sheets.selectors import BAD_ROWS_NAME


@long_task("sheets.check")
def check_sheet(job: Job, actor: Actor, import_id: str) -> Result | None:
    """The dry run."""
    path = result_folder(job) / BAD_ROWS_NAME
    path.unlink(missing_ok=True)
    entry = actions.run_check(actor=actor, import_id=UUID(import_id), bad_rows=path, progress=partial(_progress, job))
    progress(job, entry.row_count, entry.row_count, summary(entry, "将"))
    return _result(entry, job)


@long_task("sheets.import")
def import_sheet(job: Job, actor: Actor, import_id: str) -> Result | None:
    """The good rows go in."""
    path = result_folder(job) / BAD_ROWS_NAME
    path.unlink(missing_ok=True)
    entry = actions.run_import(actor=actor, import_id=UUID(import_id), bad_rows=path, progress=partial(_progress, job))
    progress(job, entry.row_count, entry.row_count, summary(entry, "已"))
    return _result(entry, job)


@long_task("sheets.undo")
def undo_sheet(job: Job, actor: Actor, import_id: str) -> None:
    """Everything is as it was before."""
    entry = actions.run_undo(actor=actor, import_id=UUID(import_id), progress=partial(_progress, job))
    left = f"，{entry.remaining_count} 条保留" if entry.remaining_count else ""
    progress(
        job, entry.change_count, entry.change_count, f"已撤销 {entry.change_count - entry.remaining_count} 条{left}。"
    )


def summary(entry: SheetImport, will: str) -> str:
    """``已新增 12 条、更新 3 条，未变 5 条，有误 2 条。``"""
    return (
        f"{will}新增 {entry.created_count} 条、更新 {entry.updated_count} 条，"
        f"未变 {entry.unchanged_count} 条，有误 {entry.bad_count} 条。"
    )


def _progress(job: Job, done: int, total: int) -> None:
    progress(job, min(done, max(total - 1, 0)), total)


def _result(entry: SheetImport, job: Job) -> Result | None:
    if not entry.bad_count:
        return None
    return Result(result_folder(job) / BAD_ROWS_NAME, bad_rows_name(entry))


def bad_rows_name(entry: SheetImport) -> str:
    """``企业底册_未导入的行.xlsx``."""
    return f"{(entry.file_name.rpartition('.')[0] or entry.file_name)[:100]}_未导入的行.xlsx"
