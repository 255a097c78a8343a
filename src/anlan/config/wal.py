"""The database's log kept elsewhere (ANLAN_WAL_ARCHIVE), so that a backup can be followed to any instant since."""

import shlex
import uuid
from collections.abc import Mapping
from pathlib import Path

from anlan.config.env import Environment
from anlan.config.secrets import write_private

AT_LEAST_EVERY = "60s"  # what may be lost with the disk when little is written


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


def restore_command(folder: Path) -> str:
    """How a recovering server fetches a piece."""
    return f"cp {_word(folder)}/%f %p"


def _word(folder: Path) -> str:
    return shlex.quote(str(folder)).replace("%", "%%")
