"""Bytes on disk: originals under their SHA-256, written whole or not at all; renditions beside them."""

import hashlib
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from anlan.lib import file_archive
from anlan.lib.whole_files import write_whole

CHUNK = 1024 * 1024


def original_path(sha256: str) -> Path:
    return _place("files", sha256)


def rendition_path(sha256: str, name: str) -> Path:
    return _place("renditions", sha256).with_name(f"{sha256}-{name}.webp")


def keep(file: BinaryIO) -> str:
    """Keep the bytes as they are and return their SHA-256. On disk when it returns.

    They are written anew each time, even if they are there: how long it takes tells nobody anything. Where files are
    archived too, it is noted that this one waits for it.
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
    if settings.FILE_ARCHIVE is not None:
        file_archive.note(Path(settings.DATA_DIR), digest.hexdigest())
    return digest.hexdigest()


def _place(area: str, sha256: str) -> Path:
    return Path(settings.DATA_DIR) / area / sha256[:2] / sha256[2:4] / sha256
