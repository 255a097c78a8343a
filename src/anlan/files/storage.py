"""Bytes on disk: originals under their SHA-256, written whole or not at all; renditions beside them."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

CHUNK = 1024 * 1024


def original_path(sha256: str) -> Path:
    return _place("files", sha256)


def rendition_path(sha256: str, name: str) -> Path:
    return _place("renditions", sha256).with_name(f"{sha256}-{name}.webp")


def keep(file: BinaryIO) -> str:
    """Keep the bytes as they are and return their SHA-256. On disk when it returns.

    They are written anew each time, even if they are there: how long it takes tells nobody anything.
    """
    folder = Path(settings.DATA_DIR) / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()

    def write(target: BinaryIO) -> None:
        file.seek(0)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)

    write_whole(folder, write, lambda: original_path(digest.hexdigest()))
    return digest.hexdigest()


def write_whole(folder: Path, write: Callable[[BinaryIO], None], place: Callable[[], Path]) -> Path:
    """Write a temporary file in ``folder``, then move it to ``place()``, which may depend on what was written."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".writing-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            write(target)
            target.flush()
            os.fsync(target.fileno())
        final = place()
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.replace(final)
        _sync_folder(final.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return final


def _place(area: str, sha256: str) -> Path:
    return Path(settings.DATA_DIR) / area / sha256[:2] / sha256[2:4] / sha256


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
