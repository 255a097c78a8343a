"""``/api/v1/files``: uploads travel apart from the act that uses them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import AwareDatetime

from anlan.authz.actors import Actor
from anlan.files import actions, selectors
from anlan.files.marks import for_readers
from anlan.files.models import Kind, StoredFile
from anlan.lib.refusals import Invalid

router = Router(tags=["附件"])


class FileOut(Schema):
    """A stored file. ``sha256`` lets the client make sure that it arrived whole."""

    id: UUID
    kind: Kind
    kind_label: str = Field(alias="get_kind_display")
    sha256: str
    size: int
    content_type: str
    original_name: str
    width: int | None
    height: int | None
    taken_at: datetime | None
    longitude: Decimal | None
    latitude: Decimal | None
    accuracy_m: Decimal | None
    uploaded_at: datetime


class UploadIn(Schema):
    kind: Kind = Kind.OTHER
    taken_at: AwareDatetime | None = Field(None, description="拍摄时间，带时区")
    longitude: Decimal | None = Field(None, ge=-180, le=180, description="经度（WGS-84），与纬度同时填写")
    latitude: Decimal | None = Field(None, ge=-90, le=90)
    accuracy_m: Decimal | None = Field(None, ge=0, le=1_000_000, description="定位精度，米")

    def position(self) -> actions.Position | None:
        if self.longitude is None and self.latitude is None:
            return None
        if self.longitude is None or self.latitude is None:
            lacking = "longitude" if self.longitude is None else "latitude"
            raise Invalid.at(f"/{lacking}", "经度和纬度须同时填写。")
        return actions.Position(self.longitude, self.latitude, self.accuracy_m)


@router.post("/files", response={201: FileOut}, summary="上传附件", url_name="file_upload")
@for_readers
def upload_file(request: HttpRequest, file: File[UploadedFile], details: Form[UploadIn]) -> Any:
    stored = actions.store(
        actor=_actor(request),
        upload=file,
        kind=details.kind,
        taken_at=details.taken_at,
        position=details.position(),
    )
    return Status(201, stored)


@router.get("/files/{uuid:file_id}", response=FileOut, summary="读附件的说明", url_name="file")
@for_readers
def read_file(request: HttpRequest, file_id: UUID) -> StoredFile:
    return selectors.file_for(_actor(request), file_id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
