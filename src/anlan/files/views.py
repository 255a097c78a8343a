"""Originals as downloads, never inline; pictures as re-encoded copies."""

from pathlib import Path
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from anlan.files import selectors, storage
from anlan.files.marks import for_readers
from anlan.files.models import StoredFile
from anlan.files.renditions import rendition
from anlan.lib.refusals import NotInScope

INERT = "default-src 'none'; sandbox"


@for_readers
@require_safe
def original(request: HttpRequest, file_id: UUID) -> FileResponse:
    """The uploaded bytes, to be saved: ``Content-Disposition: attachment``."""
    file = _file(request, file_id)
    path = storage.original_path(file.sha256)
    return _answer(path, file.content_type, name=file.original_name, as_attachment=True)


@for_readers
@require_safe
def view(request: HttpRequest, file_id: UUID) -> FileResponse:
    """The picture for a page, at most 1600 pixels. 404 for anything that is no picture."""
    return _picture(request, file_id, "view")


@for_readers
@require_safe
def thumb(request: HttpRequest, file_id: UUID) -> FileResponse:
    """The small picture for a list."""
    return _picture(request, file_id, "thumb")


def _picture(request: HttpRequest, file_id: UUID, name: str) -> FileResponse:
    file = _file(request, file_id)
    if not file.is_image:
        raise NotInScope("照片")
    try:
        path = rendition(file, name)
    except FileNotFoundError as error:
        raise NotInScope("照片") from error
    return _answer(path, "image/webp", name=f"{file.id}.webp")


def _file(request: HttpRequest, file_id: UUID) -> StoredFile:
    return selectors.file_for(request.actor, file_id)  # type: ignore[attr-defined]


def _answer(path: Path, content_type: str, *, name: str = "", as_attachment: bool = False) -> FileResponse:
    """Private to the person who asked, and inert whatever is in it. 404 when the bytes are gone from the disk."""
    try:
        content = path.open("rb")
    except FileNotFoundError as error:
        raise NotInScope("附件") from error
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": INERT,
        "Cache-Control": "private, max-age=3600",
    }
    return FileResponse(content, as_attachment=as_attachment, filename=name, content_type=content_type, headers=headers)
