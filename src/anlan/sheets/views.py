"""The pages of imports: the list, the steps of one, the template, the rows that did not go in."""

from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.lib.refusals import Invalid, NotInScope
from anlan.sheets import actions, selectors, tasks
from anlan.sheets.choices import ImportState
from anlan.sheets.forms import MappingForm, TableForm, UploadForm
from anlan.sheets.kinds import is_kind, kinds_for
from anlan.sheets.models import SheetImport
from anlan.sheets.presenters import ImportPage, page_of
from anlan.sheets.writing import write_template
from anlan.ui.lists import Column, asked_page

COLUMNS = [
    Column("文件", width="wide"),
    Column("状态", width="narrow"),
    Column("新增", align="end", width="narrow"),
    Column("更新", align="end", width="narrow"),
    Column("有误", align="end", width="narrow"),
    Column("导入单位"),
    Column("上传时间", width="narrow"),
]
BAD_COLUMNS = [Column("原表行号", align="end", width="narrow"), Column("内容"), Column("原因", width="wide")]
MAPPING_COLUMNS = [Column("文件里的列"), Column("里面的内容"), Column("对应到", width="wide")]
REMAINING_COLUMNS = [
    Column("原表行号", align="end", width="narrow"),
    Column("名称"),
    Column("为什么保留", width="wide"),
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires(Permission.SHEET_IMPORT)
def import_list(request: ActingRequest) -> HttpResponse:
    """The imports the person sees, the newest first."""
    rows = selectors.imports(request.actor)
    page = asked_page(request, rows)
    shown = [(entry, selectors.kind_to_show(entry.kind)) for entry in page.of(rows)]
    return render(request, "sheets/list.html", {"columns": COLUMNS, "page": page, "rows": shown})


@require_http_methods(["GET", "POST"])
@requires(Permission.SHEET_IMPORT)
def import_new(request: ActingRequest) -> HttpResponse:
    """First step: what, and which file."""
    initial = {"kind": request.GET.get("kind", "")}
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*sent, actor=request.actor, initial=initial)
    if form.is_valid():
        try:
            kind, file = form.cleaned_data["kind"], form.cleaned_data["file"]
            entry = actions.upload(actor=request.actor, kind_code=kind, file=file)
        except Invalid as refusal:
            form.take(refusal)
        else:
            return redirect("sheets:import", entry.id)
    context = {"form": form, "kinds": kinds_for(request.actor)}
    return render(request, "sheets/new.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(Permission.SHEET_IMPORT)
def template(request: ActingRequest, kind_code: str) -> HttpResponse:
    """The empty table of a kind, to fill in."""
    if not is_kind(kind_code):
        raise NotInScope("模板")
    kind = selectors.kind_for(request.actor, kind_code)
    content = BytesIO()
    write_template(content, kind)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(kind.label + '导入模板.xlsx')}"
    return response


@require_GET
@requires(Permission.SHEET_IMPORT)
def import_page(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """One import: the columns, the dry run, the result, whichever it has come to."""
    entry = selectors.sheet_import(request.actor, import_id)
    return _show(request, page_of(request.actor, entry))


@require_POST
@requires(Permission.SHEET_IMPORT)
def import_mapping(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """Second step: say which column is which fact, and try it out."""
    entry = selectors.sheet_import(request.actor, import_id)
    form = _mapping_form(request, entry)
    if form is None:
        return redirect("sheets:import", import_id)
    if form.is_valid():
        try:
            actions.set_mapping(actor=request.actor, import_id=import_id, mapping=form.mapping())
            _start(request, import_id, tasks.check_sheet, "试算", actions.check_ready)
        except Invalid as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("sheets:import", import_id)
    return _show(request, page_of(request.actor, entry), form, status=422)


@require_POST
@requires(Permission.SHEET_IMPORT)
def import_table(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """Read the file once more, in the way the person says."""
    form = TableForm(request.POST, entry=selectors.sheet_import(request.actor, import_id))
    if form.is_valid():
        actions.choose_table(actor=request.actor, import_id=import_id, **form.said())
    else:
        messages.error(request, "请从列出的工作表中选。")
    return redirect("sheets:import", import_id)


@require_POST
@requires(Permission.SHEET_IMPORT)
def import_confirm(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """Third step: let the good rows in."""
    _start(request, import_id, tasks.import_sheet, "导入", actions.check_ready)
    return redirect("sheets:import", import_id)


@require_POST
@requires(Permission.SHEET_IMPORT)
def import_undo(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """Take the whole import back."""
    _start(request, import_id, tasks.undo_sheet, "撤销导入", actions.check_undoable)
    return redirect("sheets:import", import_id)


@require_GET
@requires(Permission.SHEET_IMPORT)
def progress(request: ActingRequest, import_id: UUID) -> HttpResponse:
    """The bar htmx asks for again and again; the page is shown anew when the job has ended."""
    page = page_of(request.actor, selectors.sheet_import(request.actor, import_id))
    response = render(request, "sheets/_progress.html", {"page": page})
    if not page.busy:
        response["HX-Refresh"] = "true"
    return response


@require_GET
@requires(Permission.SHEET_IMPORT)
def bad_rows(request: ActingRequest, import_id: UUID) -> FileResponse:
    """The rows that did not go in, as an Excel file with the reasons. NotInScope (404) when there are none."""
    entry = selectors.sheet_import(request.actor, import_id)
    content = selectors.bad_rows_path(entry).open("rb")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return FileResponse(content, as_attachment=True, filename=tasks.bad_rows_name(entry), headers=headers)


def _start(request: ActingRequest, import_id: UUID, work: Any, title: str, check: Any) -> None:
    actions.start(actor=request.actor, import_id=import_id, work=work, title=title, check=check)


def _mapping_form(request: ActingRequest, entry: SheetImport) -> MappingForm | None:
    """None for what is imported already, or when nobody imports that kind any more."""
    kind = selectors.kind_to_show(entry.kind)
    if kind is None or entry.state in (ImportState.IMPORTED, ImportState.UNDONE):
        if request.method == "POST":
            messages.error(request, "这份文件已经导入过。要再导入，请重新上传。")
        return None
    sent = request.POST if request.method == "POST" else None
    return MappingForm(sent, kind=kind, header=entry.header, mapping=entry.mapping)


def _show(request: ActingRequest, page: ImportPage, form: MappingForm | None = None, status: int = 200) -> HttpResponse:
    at_columns = page.entry.state == ImportState.UPLOADED or "columns" in request.GET or form is not None
    if at_columns and form is None and not page.busy:
        form = _mapping_form(request, page.entry)
    context = {
        "page": page,
        "entry": page.entry,
        "form": form,
        "table_form": TableForm(entry=page.entry) if form else None,
        "bad_columns": BAD_COLUMNS,
        "mapping_columns": MAPPING_COLUMNS,
        "remaining_columns": REMAINING_COLUMNS,
    }
    return render(request, "sheets/import.html", context, status=status)
