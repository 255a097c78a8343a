"""Writes of imports. What the rows become is written by their kind; here is the frame around it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.jobs import api as jobs
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing
from anlan.lib.refusals import Forbidden, Invalid, Refused
from anlan.sheets import archives, bulk, runs, selectors, storage
from anlan.sheets import mapping as mappings
from anlan.sheets.choices import ImportState, RowOutcome
from anlan.sheets.kinds import Kept, Kind, kind_of
from anlan.sheets.models import ColumnMemory, ImportedRow, SheetImport
from anlan.sheets.reading import Table, best_of, read_table, read_tops
from anlan.sheets.values import text
from anlan.sheets.writing import write_bad_rows

MEGABYTE = 1024 * 1024
SHOWN_BAD_ROWS = 20
UNDONE_AT_ONCE = 5000
NO_HEADER = "没有找到表头，第一行看着就是数据：请在页面上逐列选好，或者在表的第一行写上各列的名称。"
Progress = Callable[[int, int], None]


def upload(
    *, actor: Actor, kind_code: str, file: UploadedFile, sheet: str = "", has_header: bool | None = None
) -> SheetImport:
    """Keep a file that shall be imported, with a guess at its columns; of the sheet of that name, or of the one that fits
    best. Invalid (422) for what is no such table."""
    require(actor, Permission.SHEET_IMPORT)
    kind = selectors.kind_for(actor, kind_code)
    if actor.organisation_id is None:
        raise Forbidden("forbidden", "导入须由登录的人员进行。")
    _check_size(file)
    content = cast(BinaryIO, file)
    facts = archives.look_at(content)
    entry = SheetImport(
        kind=kind.code,
        region_path=actor.region_path,
        organisation_id=actor.organisation_id,
        organisation_path=actor.organisation_path,
        uploaded_by_id=actor.person_id,
        uploaded_at=clock.now(),
        file_name=_clean_name(file.name or ""),
        extension=facts.extension,
        size=file.size or 0,
        salt=hashing.new_salt(),
    )
    entry.sha256 = storage.keep(content, entry.id, entry.extension)
    try:
        _look_at(actor, kind, entry, sheet=sheet, has_header=has_header, facts=facts)
    except Invalid:
        selectors.source_path(entry).unlink(missing_ok=True)
        raise
    entry.save(force_insert=True)
    return entry


def choose_table(*, actor: Actor, import_id: UUID, sheet: str = "", has_header: bool | None = None) -> SheetImport:
    """Say which sheet is to be read, and whether it has a header; the columns are guessed anew. Invalid (422) for a sheet
    that is not there, Refused (409) once it is imported."""
    require(actor, Permission.SHEET_IMPORT)
    with transaction.atomic():
        entry = _lock(actor, import_id)
        _check_not_imported(entry)
        _check_idle(entry)
        kind = selectors.kind_for(actor, entry.kind)
        facts = _facts_of(entry)
        _look_at(actor, kind, entry, sheet=sheet or entry.sheet_name, has_header=has_header, facts=facts)
        entry.state = ImportState.UPLOADED
        entry.save()
    return entry


def _look_at(
    actor: Actor,
    kind: Kind,
    entry: SheetImport,
    *,
    sheet: str,
    facts: archives.FileFacts,
    has_header: bool | None = None,
) -> None:
    """Read the top of the file: its sheets, and of one its columns, a few things in each, and what they probably are."""
    tables = read_tops(selectors.source_path(entry), kind, sheet, has_header)
    table = _named(tables, sheet) if sheet else best_of(tables)
    entry.sheets = [_about(one, facts) for one in tables]
    entry.sheet_name, entry.has_header = table.name, table.has_header
    entry.header = [{"label": word, "samples": table.samples(at)} for at, word in enumerate(table.header)]
    # what "第1列" of another file was says nothing of this one
    remembered = selectors.meanings(actor, kind) if table.has_header else {}
    entry.mapping = mappings.guess(table.header, kind, remembered)


def _about(table: Table, facts: archives.FileFacts) -> dict[str, Any]:
    return {
        "name": table.name,
        "row_count": table.row_count,
        "hidden_row_count": facts.hidden_rows.get(table.name, 0),
        "has_broken_formulas": table.name in facts.broken,
    }


def _facts_of(entry: SheetImport) -> archives.FileFacts:
    """As they were told when the file came in."""
    hidden = {one["name"]: one["hidden_row_count"] for one in entry.sheets}
    broken = [one["name"] for one in entry.sheets if one["has_broken_formulas"]]
    return archives.FileFacts(entry.extension, hidden, broken)


def _named(tables: Sequence[Table], name: str) -> Table:
    found = next((table for table in tables if table.name == name), None)
    if found is None:
        names = "、".join(table.name for table in tables)
        raise Invalid.at("/sheet", f"文件里没有叫“{name[:40]}”的工作表，或者它是空的、隐藏的。有：{names[:400]}。")
    return found


def set_mapping(*, actor: Actor, import_id: UUID, mapping: Sequence[str]) -> SheetImport:
    """Say which column is which fact, and remember it for the office. Invalid (422) when a required one is missing."""
    require(actor, Permission.SHEET_IMPORT)
    with transaction.atomic():
        entry = _lock(actor, import_id)
        _check_not_imported(entry)
        kind = selectors.kind_for(actor, entry.kind)
        chosen = [name if name in kind.names else mappings.IGNORED for name in mapping]
        if len(chosen) != len(entry.header):
            raise Invalid.at("/mapping", "列数与文件不符，请刷新页面后重试。")
        _check_mapping(kind, chosen, has_header=entry.has_header)
        if chosen != entry.mapping or entry.state == ImportState.CHECKED:
            entry.mapping, entry.state = chosen, ImportState.UPLOADED
            entry.save()
        _remember(actor, kind, entry)
    return entry


def start(
    *, actor: Actor, import_id: UUID, work: jobs.LongWork, title: str, check: Callable[[SheetImport], None]
) -> SheetImport:
    """Start a job over the import: a dry run, the import itself, or undoing it (``check`` says whether it may be).
    Refused (409) while one is running."""
    require(actor, Permission.SHEET_IMPORT)
    with transaction.atomic():
        entry = _lock(actor, import_id)
        kind = selectors.kind_for(actor, entry.kind)
        check(entry)
        _check_idle(entry)
        title = f"{title}{kind.label}：{entry.file_name}"
        entry.job_id = jobs.start(actor=actor, work=work, title=title, import_id=entry.id).id
        entry.save(update_fields=["job_id"])
    return entry


def check_ready(entry: SheetImport) -> None:
    """Refused (409) unless it can be imported, Invalid (422) when a required column is missing."""
    _check_not_imported(entry)
    _check_mapping(kind_of(entry.kind), entry.mapping, has_header=entry.has_header)


def check_undoable(entry: SheetImport) -> None:
    """Refused (409) unless there is something to undo: what stayed may go later, when what stood against it is gone."""
    if entry.state != ImportState.IMPORTED and not entry.remaining_count:
        raise Refused("not_imported", "这份文件还没有导入，或者已经撤销，没有可以撤销的内容。")


def run_check(*, actor: Actor, import_id: UUID, bad_rows: Path, progress: Progress) -> SheetImport:
    """The dry run: counts and the bad rows, nothing else is written."""
    with transaction.atomic():
        entry = _lock(actor, import_id)
        check_ready(entry)
        kind = selectors.kind_for(actor, entry.kind)
        table = _table_of(entry, kind)
        report = runs.check(actor, kind, table, entry.mapping, progress)
        _put(entry, report, bad_rows)
        entry.state = ImportState.CHECKED
        entry.save()
    return entry


def run_import(*, actor: Actor, import_id: UUID, bad_rows: Path, progress: Progress) -> SheetImport:
    """Write the good rows: one transaction, one ledger entry that carries the Merkle root of the rows."""
    with transaction.atomic():
        entry = _lock(actor, import_id)
        check_ready(entry)
        kind = selectors.kind_for(actor, entry.kind)
        table = _table_of(entry, kind)
        report = runs.write(actor, kind, table, entry, progress)
        _put(entry, report, bad_rows)
        entry.state, entry.imported_at, entry.imported_by_id = ImportState.IMPORTED, clock.now(), actor.person_id
        entry.merkle_root = report.root
        entry.save()
        _record(actor, entry, "sheet.imported", merkle_root=entry.merkle_root, rows=len(report.leaves))
        bulk.check_references()
    return entry


def run_undo(*, actor: Actor, import_id: UUID, progress: Progress) -> SheetImport:
    """Take the import back: what it changed is as it was, what it made is gone, the rest stays with its reason. Where
    everything stays, it is still imported."""
    with transaction.atomic():
        entry = _lock(actor, import_id)
        check_undoable(entry)
        kind = selectors.kind_for(actor, entry.kind)
        rows, remaining = _take_back(actor, kind, entry, progress)
        entry.remaining_count = remaining
        if remaining < rows or not rows:
            entry.state, entry.undone_at = ImportState.UNDONE, clock.now()
            _record(actor, entry, "sheet.undone", rows=rows, remaining=remaining)
        entry.save()
        bulk.check_references()
    return entry


def _take_back(actor: Actor, kind: Kind, entry: SheetImport, progress: Progress) -> tuple[int, int]:
    """Undo the rows, the last first. Returns how many there are and how many have to stay, each with its reason."""
    batch, kept = kind.open(actor), selectors.rows_to_undo(actor, entry)
    done = remaining = 0
    stayed = entry.remaining_count > 0
    while some := list(islice(kept, UNDONE_AT_ONCE)):
        reasons = batch.undo(some)
        remaining += _remember_why(entry, reasons) if reasons else 0
        if stayed:
            _forget_why(entry, [one.record_id for one in some if one.record_id not in reasons])
        _let_earlier_be_undone(
            one for one in some if one.outcome == RowOutcome.UPDATED and one.record_id not in reasons
        )
        done += len(some)
        progress(done, max(done, entry.remaining_count if stayed else entry.change_count))
    return done, remaining


def _remember_why(entry: SheetImport, reasons: Mapping[UUID, str]) -> int:
    rows = entry.rows.filter(bulk.among(ImportedRow, "record_id", reasons)).values_list("id", "record_id", "version")
    told = [(row_id, reasons[about][:200], version) for row_id, about, version in rows]
    return bulk.update(ImportedRow, ("id", "remaining", "version"), told)


def _forget_why(entry: SheetImport, gone: Sequence[UUID]) -> None:
    entry.rows.filter(bulk.among(ImportedRow, "record_id", gone)).update(remaining="")


def _let_earlier_be_undone(restored: Iterable[Kept]) -> None:
    """The records are as an earlier import left them, but two versions on: its rows are told, or it could not be undone."""
    left = {one.record_id: one.version - 1 for one in restored}
    if left:
        rows = ImportedRow.objects.order_by().filter(bulk.among(ImportedRow, "record_id", left))
        earlier = bulk.fetch(rows, "id", "record_id", "version")
        told = [row_id for row_id, record_id, version in earlier if version == left[record_id]]
        ImportedRow.objects.filter(bulk.among(ImportedRow, "id", told)).update(version=F("version") + 2)


def _lock(actor: Actor, import_id: UUID) -> SheetImport:
    entry: SheetImport = SheetImport.objects.lock_visible(actor, id=import_id)
    if entry.organisation_id != actor.organisation_id:
        raise Forbidden("not_your_import", "这份文件是别的单位导入的，请由该单位办理。")
    return entry


def _check_not_imported(entry: SheetImport) -> None:
    if entry.state in (ImportState.IMPORTED, ImportState.UNDONE):
        raise Refused("already_imported", "这份文件已经导入过。要再导入，请重新上传。")


def _check_idle(entry: SheetImport) -> None:
    job = selectors.job_of(entry)
    if job is not None and job.is_open:
        raise Refused("import_busy", "这份文件正在处理，请等它完成。")


def _table_of(entry: SheetImport, kind: Kind) -> Table:
    path, sheet = selectors.source_path(entry), entry.sheet_name
    errors = archives.formula_errors(path, sheet) if entry.has_broken_formulas else None
    return read_table(path, kind, sheet, has_header=entry.has_header, errors=errors)


def _check_mapping(kind: Kind, mapping: Sequence[str], *, has_header: bool) -> None:
    twice = {name for name in mapping if name and list(mapping).count(name) > 1}
    if twice:
        labels = "、".join(column.label for column in kind.columns if column.name in twice)
        raise Invalid.at("/mapping", f"有两列都对应到“{labels}”，请只留一列。")
    if lacking := mappings.missing(mapping, kind):
        why = "请核对表头，或下载模板填写。" if has_header else NO_HEADER
        raise Invalid.at("/mapping", f"文件里没有找到必填的列：{'、'.join(lacking)}。{why}")


def _check_size(file: UploadedFile) -> None:
    limit = getattr(settings, "ANLAN_MAX_UPLOAD_MB", 20)
    if not file.size:
        raise Invalid.at("/file", "文件是空的，请重新选择。")
    if file.size > limit * MEGABYTE:
        raise Invalid.at("/file", f"文件超过 {limit} MB，请分成几个文件。")


def _remember(actor: Actor, kind: Kind, entry: SheetImport) -> None:
    said = selectors.meanings_of([one["label"] for one in entry.header], entry.mapping)
    memory, _ = ColumnMemory.objects.get_or_create(
        organisation_id=entry.organisation_id, kind=kind.code, defaults={"region_path": actor.region_path}
    )
    if memory.meanings != (together := {**memory.meanings, **said}):
        memory.meanings = together
        memory.save()


def _put(entry: SheetImport, report: runs.Report, bad_rows: Path) -> None:
    entry.row_count = report.row_count
    entry.created_count = report.counts["CREATED"]
    entry.updated_count = report.counts["UPDATED"]
    entry.unchanged_count = report.counts["UNCHANGED"]
    entry.bad_count = len(report.bad)
    entry.first_bad = [
        {"number": bad.number, "label": _label_of(entry, bad), "reason": bad.reason}
        for bad in report.bad[:SHOWN_BAD_ROWS]
    ]
    if report.bad:
        write_bad_rows(bad_rows, [one["label"] for one in entry.header], report.bad)


def _label_of(entry: SheetImport, bad: runs.BadRow) -> str:
    """What the row calls itself: its first mapped cells."""
    used = [at for at, name in enumerate(entry.mapping) if name][:3]
    cells = (bad.cells[at] for at in used if at < len(bad.cells))
    words = [word for cell in cells if (word := cell.strip() if type(cell) is str else text(cell))]
    return "　".join(words)[:80]


def _record(actor: Actor, entry: SheetImport, event: str, **more: object) -> None:
    ledger.record(
        actor=actor,
        subject_type="sheet_import",
        subject_id=entry.id,
        region_path=entry.region_path,
        event=event,
        payload={
            "kind": entry.kind,
            "file_sha256": entry.sha256,
            "created": entry.created_count,
            "updated": entry.updated_count,
            "unchanged": entry.unchanged_count,
            "bad": entry.bad_count,
            **more,
        },
    )


def _clean_name(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(letter for letter in last if letter.isprintable()).strip() or "表格"
    path = Path(printable)
    return printable if len(printable) <= 200 else path.stem[:150] + path.suffix[:40]
