"""``/api/v1/imports``: a table comes in by one request; how it went is told by the job and by the import."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, Page, PageQuery, Sheet, paginate, requires
from anlan.sheets import actions, selectors, tasks
from anlan.sheets import mapping as mappings
from anlan.sheets.kinds import Kind, kind_of, kinds_for
from anlan.sheets.models import SheetImport
from anlan.sheets.schemas import ImportDetail, ImportIn, ImportKindOut, ImportOut, job_url

router = Router(tags=["表格导入"])


@router.get("/import-kinds", response=list[ImportKindOut], summary="列出可以导入的种类", url_name="import_kinds")
@requires(Permission.SHEET_IMPORT)
def list_kinds(request: ActingRequest) -> list[Kind]:
    return kinds_for(request.actor)


@router.post("/imports", response={202: ImportDetail}, summary="导入表格", url_name="import_create")
@requires(Permission.SHEET_IMPORT)
def create_import(
    request: ActingRequest, response: HttpResponse, file: File[UploadedFile], details: Form[ImportIn]
) -> Any:
    """The columns are recognised by their headings, or as the office says now or has said before."""
    work = tasks.check_sheet if details.dry_run else tasks.import_sheet
    title = "试算" if details.dry_run else "导入"
    with transaction.atomic():
        entry = actions.upload(
            actor=request.actor,
            kind_code=details.kind,
            file=file,
            sheet=details.sheet,
            has_header=details.has_header,
        )
        if details.mapping:
            actions.set_mapping(actor=request.actor, import_id=entry.id, mapping=_mapping(entry, details.mapping))
        return _started(request, response, entry.id, work, title, actions.check_ready)


@router.get("/imports", response=Page[ImportOut], summary="列出导入", url_name="import_list")
@requires(Permission.SHEET_IMPORT)
def list_imports(request: ActingRequest, page: Query[PageQuery]) -> Sheet:
    return paginate(selectors.imports(request.actor), page)


@router.get("/imports/{uuid:import_id}", response=ImportDetail, summary="查看一次导入", url_name="import")
@requires(Permission.SHEET_IMPORT)
def read_import(request: ActingRequest, import_id: UUID) -> SheetImport:
    return selectors.sheet_import(request.actor, import_id)


@router.post(
    "/imports/{uuid:import_id}/confirm", response={202: ImportDetail}, summary="确认导入", url_name="import_confirm"
)
@requires(Permission.SHEET_IMPORT)
def confirm_import(request: ActingRequest, response: HttpResponse, import_id: UUID) -> Any:
    return _started(request, response, import_id, tasks.import_sheet, "导入", actions.check_ready)


@router.post("/imports/{uuid:import_id}/undo", response={202: ImportDetail}, summary="撤销整批", url_name="import_undo")
@requires(Permission.SHEET_IMPORT)
def undo_import(request: ActingRequest, response: HttpResponse, import_id: UUID) -> Any:
    return _started(request, response, import_id, tasks.undo_sheet, "撤销导入", actions.check_undoable)


def _mapping(entry: SheetImport, said: dict[str, str | None]) -> list[str]:
    labels = [heading["label"] for heading in entry.header]
    return mappings.as_said(said, labels, entry.mapping, kind_of(entry.kind))


def _started(
    request: ActingRequest, response: HttpResponse, import_id: UUID, work: Any, title: str, check: Any
) -> Status:
    entry = actions.start(actor=request.actor, import_id=import_id, work=work, title=title, check=check)
    response["Location"] = job_url(entry) or ""
    return Status(202, entry)
