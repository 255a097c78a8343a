"""Uploaded originals kept a second time, beside the archive of the database's log (ANLAN_WAL_ARCHIVE).

An upload leaves a note in ``unarchived``, on disk before the upload is acknowledged; a job copies what the notes name,
under its SHA-256 and whole or not at all, and takes the notes away. Killed anywhere, it does the same again.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anlan.lib.whole_files import sync, write_whole

FOLDER = "unarchived"
REASON = ".reason"
CHUNK = 1024 * 1024


class AlteredError(OSError):
    """The bytes are not those of the name."""


@dataclass(frozen=True)
class Waiting:
    """What waits for its copy: how many, since when (a timestamp), and what the last attempt said."""

    count: int
    since: float
    reason: str


def original(folder: Path, sha256: str) -> Path:
    """Where an original is below a folder of originals."""
    return folder / sha256[:2] / sha256[2:4] / sha256


def note(home: Path, sha256: str) -> None:
    """Let this original be copied. On disk when it returns."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / sha256).touch(mode=0o600)
    sync(folder)


def waiting(home: Path) -> Waiting | None:
    """What waits; None if nothing does."""
    times = []
    for mark in _marks(home):
        with suppress(FileNotFoundError):
            times.append(mark.stat().st_mtime)
    if not times:
        return None
    try:
        reason = (home / FOLDER / REASON).read_text("utf-8")
    except FileNotFoundError:
        reason = ""
    return Waiting(len(times), min(times), reason)


def copy_waiting(home: Path, archive: Path) -> tuple[int, str]:
    """Copy what waits, the oldest first or not; how many were copied, and what hindered the rest."""
    count, reason = 0, ""
    for mark in _marks(home):
        try:
            copy(home / "files", archive, mark.name)
            mark.unlink(missing_ok=True)
            count += 1
        except OSError as error:
            reason = str(error) if isinstance(error, AlteredError) else error.strerror or str(error)
    _tell(home / FOLDER / REASON, reason)
    return count, reason


def bring_back(archive: Path, files: Path, names: Iterable[str]) -> list[str]:
    """Copy originals from the archive; the names of those that are not there, or not as they were."""
    left = []
    for name in names:
        try:
            copy(archive, files, name)
        except (FileNotFoundError, NotADirectoryError, AlteredError):
            left.append(name)
    return left


def copy(source: Path, target: Path, sha256: str) -> None:
    """Copy one original between folders of originals, unless it is there. AlteredError when the bytes are not those of
    the name."""
    place = original(target, sha256)
    with original(source, sha256).open("rb") as file:
        if place.is_file() and place.stat().st_size == original(source, sha256).stat().st_size:
            return
        target.mkdir(mode=0o700, exist_ok=True)
        write_whole(target, lambda out: _copied(file, out, sha256), lambda: place)


def _copied(source: BinaryIO, target: BinaryIO, sha256: str) -> None:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
    if digest.hexdigest() != sha256:
        raise AlteredError(f"{sha256[:8]}… 的内容与它的校验值不符")


def _marks(home: Path) -> list[Path]:
    folder = home / FOLDER
    return [mark for mark in folder.iterdir() if not mark.name.startswith(".")] if folder.is_dir() else []


def _tell(file: Path, reason: str) -> None:
    if reason:
        file.write_text(reason, "utf-8")
    else:
        file.unlink(missing_ok=True)
