"""Where the files that came in are kept: ``DATA_DIR/imports``, byte for byte, under the id of the import."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

CHUNK = 1024 * 1024


def place_of(import_id: UUID, extension: str) -> Path:
    return _folder() / f"{import_id}.{extension}"


def keep(file: BinaryIO, import_id: UUID, extension: str) -> str:
    """Keep the bytes and return their SHA-256. On disk when it returns."""
    digest = hashlib.sha256()
    descriptor, name = tempfile.mkstemp(dir=_folder(), prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            file.seek(0)
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        Path(name).replace(place_of(import_id, extension))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
