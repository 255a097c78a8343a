"""Reads of imports. The first argument is always the actor."""

from collections.abc import Iterator, Sequence
from itertools import starmap
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet

from anlan.authz.actors import Actor
from anlan.jobs import api as jobs
from anlan.lib.refusals import Invalid, NotInScope
from anlan.sheets import storage
from anlan.sheets.kinds import Kept, Kind, is_kind, kind_of, kinds_for
from anlan.sheets.mapping import bare
from anlan.sheets.models import ColumnMemory, ImportedRow, SheetImport

BAD_ROWS_NAME = "bad-rows.xlsx"


def imports(actor: Actor) -> QuerySet[SheetImport]:
    """The imports the actor sees, the newest first, with who brought them."""
    return SheetImport.objects.visible_to(actor).select_related("organisation", "uploaded_by")


def sheet_import(actor: Actor, import_id: UUID) -> SheetImport:
    """One import, or NotInScope (404)."""
    found: SheetImport = imports(actor).get_visible(actor, id=import_id)  # type: ignore[attr-defined]
    return found


def kind_for(actor: Actor, code: str) -> Kind:
    """A kind the actor may import. Invalid (422) otherwise."""
    if not is_kind(code) or (kind := kind_of(code)) not in kinds_for(actor):
        offered = "、".join(f"{one.code}（{one.label}）" for one in kinds_for(actor)) or "无"
        raise Invalid.at("/kind", f"不能导入这一类。您可以导入：{offered}。")
    return kind


def kind_to_show(code: str) -> Kind | None:
    """The kind of an import that is there already; None when its slice is gone."""
    return kind_of(code) if is_kind(code) else None


def meanings(actor: Actor, kind: Kind) -> dict[str, str]:
    """What the actor's office said its headings mean."""
    found = ColumnMemory.objects.visible_to(actor).filter(organisation=actor.organisation_id, kind=kind.code).first()
    return dict(found.meanings) if found else {}


def meanings_of(header: Sequence[str], mapping: Sequence[str]) -> dict[str, str]:
    """The same, as said of one file; headings without words are left out."""
    return {bare(word): name for word, name in zip(header, mapping, strict=True) if bare(word)}


def job_of(entry: SheetImport) -> jobs.Job | None:
    """The latest job of an import the actor sees; None before the first, and when it has been cleared away."""
    return jobs.job_by_id(entry.job_id) if entry.job_id else None


def remaining(actor: Actor, entry: SheetImport) -> QuerySet[ImportedRow]:
    """What undoing could not take back."""
    return ImportedRow.objects.visible_to(actor).filter(sheet_import=entry).exclude(remaining="")


def rows_to_undo(actor: Actor, entry: SheetImport) -> Iterator[Kept]:
    """What the import left of its rows, the last first; after an undo those that stayed. Read from the database bit by
    bit."""
    rows = ImportedRow.objects.visible_to(actor).filter(sheet_import=entry).order_by("-id")
    if entry.undone_at is not None:
        rows = rows.exclude(remaining="")
    columns = ("number", "outcome", "record_id", "label", "version", "before", "after")
    return starmap(Kept, rows.values_list(*columns).iterator(chunk_size=2000))


def source_path(entry: SheetImport) -> Path:
    """The file as it came in. NotInScope (404) when it is gone from the disk."""
    path = storage.place_of(entry.id, entry.extension)
    if not path.is_file():
        raise NotInScope("导入文件")
    return path


def bad_rows_path(entry: SheetImport) -> Path:
    """The Excel file of the rows that did not go in. NotInScope (404) when there is none any more."""
    job = job_of(entry)
    path = jobs.result_folder(job) / BAD_ROWS_NAME if job else None
    if path is None or not path.is_file():
        raise NotInScope("错误清单")
    return path
