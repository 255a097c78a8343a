"""The database's log and the uploaded files kept elsewhere (ANLAN_WAL_ARCHIVE), so that a backup can be followed to
any instant since; and whether that is still done."""

import os
import re
import shlex
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from anlan.config import env
from anlan.config.env import Environment
from anlan.config.secrets import write_private
from anlan.lib import clock, file_archive

AT_LEAST_EVERY = "60s"  # what may be lost with the disk when little is written
LATE_SECONDS = 90.0
"""A whole piece of log waits a second or two; a file until the next minute's job."""
TAIL_BYTES = 64 * 1024
FAILED = "archive command failed"
REASONS = {
    "Permission denied": "没有写入权限",
    "No space left on device": "磁盘已满",
    "No such file or directory": "文件夹不在",
    "Not a directory": "文件夹的位置上是一个文件",
    "File exists": "文件夹的位置上是一个文件",
    "Read-only file system": "磁盘只读",
    "Input/output error": "磁盘读写出错",
    "Disk quota exceeded": "磁盘已满",
    "Stale file handle": "文件夹不在",
}


def identity(environment: Environment) -> str:
    """The name of this cluster's folder in the archive; another one after a restore, for its log goes another way."""
    file = environment.postgres_home / "archive-id"
    if not file.exists():
        file.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        write_private(file, uuid.uuid4().hex)
    return file.read_text("utf-8").strip()


def folder(environment: Environment) -> Path | None:
    """Where the log of this cluster goes; None if it is not kept."""
    return None if environment.wal_archive is None else environment.wal_archive / identity(environment)


def settings(folder: Path | None) -> Mapping[str, str]:
    """PostgreSQL's settings: each piece is on disk, whole and under its name before the server may forget it."""
    if folder is None:
        return {}
    kept, part = f"{_word(folder)}/%f", f"{_word(folder)}/.%f.part"
    again = f"cmp -s %p {kept}"  # the server asks again for a piece whose receipt it did not live to note
    command = f"if [ -f {kept} ]; then {again}; else cp %p {part} && sync {part} && mv {part} {kept}; fi"
    return {"archive_mode": "on", "archive_timeout": AT_LEAST_EVERY, "archive_command": command}


def file_folder(archive: Path | None) -> Path | None:
    """Where uploaded files are kept in an archive: by their content, so the same for every cluster."""
    return None if archive is None else archive / "files"


def restore_command(folder: Path) -> str:
    """How a recovering server fetches a piece."""
    return f"cp {_word(folder)}/%f %p"


@dataclass(frozen=True)
class Trouble:
    """What is not archived, since when, and why in a few words without any path; empty if nothing says why."""

    what: str
    since: datetime
    reason: str

    def __str__(self) -> str:
        since = self.since.astimezone(clock.SHANGHAI)
        return f"{since:%Y-%m-%d %H:%M} 以来的{self.what}没有归档" + (f":{self.reason}" if self.reason else "")


def log_trouble(environment: Environment) -> Trouble | None:
    """Whether pieces of the database's log wait longer than they should: also while the database is away, and when the
    command hangs, of which the server itself says nothing."""
    waiting = _oldest(env.data_folder(environment.postgres_home) / "pg_wal" / "archive_status", "*.ready")
    if waiting is None or clock.now().timestamp() - waiting < LATE_SECONDS:
        return None
    return _log_trouble(environment, waiting)


def file_trouble(environment: Environment) -> Trouble | None:
    """Whether uploaded files wait longer for their copy than they should."""
    waiting = file_archive.waiting(environment.home)
    if waiting is None or clock.now().timestamp() - waiting.since < LATE_SECONDS:
        return None
    what = f" {waiting.count:,} 个上传的文件"
    return Trouble(what, datetime.fromtimestamp(waiting.since, UTC), in_words(waiting.reason))


def failed_since(environment: Environment, last_failed: datetime) -> Trouble:
    """The trouble when the server says that its last attempt failed."""
    waiting = _oldest(env.data_folder(environment.postgres_home) / "pg_wal" / "archive_status", "*.ready")
    return _log_trouble(environment, waiting if waiting is not None else last_failed.timestamp())


def _log_trouble(environment: Environment, since: float) -> Trouble:
    reason = _last_reason(environment.home / "logs" / "postgres.log")
    return Trouble("数据库日志", datetime.fromtimestamp(since, UTC), reason)


def in_words(error: str) -> str:
    """A refusal of the system, in Chinese as far as it is a known one, and without the path."""
    words = error.strip().rpartition(": ")[2]
    return REASONS.get(words, words)


def _oldest(folder: Path, pattern: str) -> float | None:
    """The time of the oldest file; None if there is none."""
    times = []
    for path in folder.glob(pattern):
        try:
            times.append(path.stat().st_mtime)
        except FileNotFoundError:
            continue  # archived meanwhile
    return min(times, default=None)


def _last_reason(log: Path) -> str:
    """What the command said when it last failed: its own words stand before the server's, without a time."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL_BYTES))
            lines = file.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    failures = [number for number, line in enumerate(lines) if FAILED in line]
    if not failures:
        return ""
    before = lines[failures[-1] - 1] if failures[-1] else ""
    if re.match(r"\d{4}-\d\d-\d\d ", before):
        return "归档里已有同名而内容不同的日志" if "exit code 1" in lines[failures[-1]] else ""
    return in_words(before)


def _word(folder: Path) -> str:
    return shlex.quote(str(folder)).replace("%", "%%")
