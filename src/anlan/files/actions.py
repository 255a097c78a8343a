"""Writes of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from anlan.authz.actors import Actor
from anlan.files import selectors, storage
from anlan.files.inspection import inspect
from anlan.files.models import Kind, StoredFile
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope

MEGABYTE = 1024 * 1024
DEFAULT_MAX_MB = 20


@dataclass(frozen=True)
class Position:
    """Where it was taken (WGS-84), with the device's own word on how well it knew."""

    longitude: Decimal
    latitude: Decimal
    accuracy_m: Decimal | None = None


def store(
    *,
    actor: Actor,
    upload: UploadedFile,
    kind: str = Kind.OTHER,
    taken_at: datetime | None = None,
    position: Position | None = None,
) -> StoredFile:
    """Keep an upload of the acting person, not attached to anything yet. Invalid (422) for what is not accepted."""
    if actor.user_id is None or actor.organisation_id is None:
        raise Forbidden("forbidden", "附件须由登录的人员上传。")
    _check_size(upload)
    _check_kind(kind)
    file = cast(BinaryIO, upload)
    content = inspect(file)
    return StoredFile.objects.create(
        region_path=actor.region_path,
        organisation_id=actor.organisation_id,
        uploaded_by_id=actor.user_id,
        uploaded_at=clock.now(),
        kind=kind,
        sha256=storage.keep(file),
        size=upload.size or 0,
        content_type=content.content_type,
        original_name=_clean_name(upload.name or ""),
        width=content.width,
        height=content.height,
        taken_at=taken_at,
        **_columns_of(position),
    )


def attach(
    *,
    actor: Actor,
    file_ids: Sequence[UUID],
    subject_type: str,
    subject_id: UUID,
    region_path: str,
    kind: str,
) -> list[StoredFile]:
    """Make own uploads the evidence of a subject; their hashes enter the ledger with it.

    NotInScope (404) when one is not the acting person's, Invalid (422) when one is attached already.
    """
    _check_kind(kind)
    wanted = list(dict.fromkeys(file_ids))
    with transaction.atomic():
        files = list(selectors.own_uploads(actor, wanted).select_for_update().order_by("id"))
        if len(files) != len(wanted):
            raise NotInScope(selectors.WHAT)
        if any(file.subject_id is not None for file in files):
            raise Invalid.at("/file_ids", "有附件已经用于别的记录，请重新上传。")
        placed = {"subject_type": subject_type, "subject_id": subject_id, "region_path": region_path, "kind": kind}
        for file in files:
            vars(file).update(placed)
        StoredFile.objects.filter(id__in=wanted).update(**placed)
        if files:
            _record(actor, files, subject_type, subject_id, region_path, kind)
    return files


def _record(
    actor: Actor, files: list[StoredFile], subject_type: str, subject_id: UUID, region_path: str, kind: str
) -> None:
    ledger.record(
        actor=actor,
        subject_type=subject_type,
        subject_id=subject_id,
        region_path=region_path,
        event="file.attached",
        payload={"kind": kind, "files": [{"id": file.id, "sha256": file.sha256, "size": file.size} for file in files]},
    )


def _check_size(upload: UploadedFile) -> None:
    limit = getattr(settings, "ANLAN_MAX_UPLOAD_MB", DEFAULT_MAX_MB)
    if not upload.size:
        raise Invalid.at("/file", "文件是空的，请重新选择。")
    if upload.size > limit * MEGABYTE:
        raise Invalid.at("/file", f"文件超过 {limit} MB，请压缩后再上传。")


def _check_kind(kind: str) -> None:
    if kind not in Kind.values:
        raise Invalid.at("/kind", "附件类别只能是整改前、整改后、报告或其他。")


def _columns_of(position: Position | None) -> dict[str, Any]:
    if position is None:
        return {}
    return {
        "longitude": _degrees(position.longitude, 180, "/longitude"),
        "latitude": _degrees(position.latitude, 90, "/latitude"),
        "accuracy_m": position.accuracy_m,
    }


def _degrees(value: Decimal, limit: int, pointer: str) -> Decimal:
    if not value.is_finite() or abs(value) > limit:
        raise Invalid.at(pointer, "定位坐标超出范围，请重新定位。")
    return round(value, 6)


def _clean_name(name: str) -> str:
    """The last part of the name, printable, with its ending kept when it is shortened."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(letter for letter in last if letter.isprintable()).strip() or "附件"
    if len(printable) <= 200:
        return printable
    path = PurePosixPath(printable)
    return path.stem[:150] + path.suffix[:40]
