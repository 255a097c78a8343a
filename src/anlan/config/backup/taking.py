"""``anlan backup``: everything of ANLAN_HOME that cannot be made again, while the site works.

The database first, the files after it: a file is on disk before the row that names it, and originals are never
altered, so every file of the copied database is among them.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path

from anlan.config import database, env, secrets
from anlan.config.backup import databases
from anlan.config.backup.archive import About, BackupError, Writer, told, write
from anlan.config.backup.encryption import Passphrase
from anlan.config.backup.progress import Progress
from anlan.lib import clock, file_archive

# Made again by the next start, or of this machine only.
LEFT_OUT = frozenset(
    {"postgres", "run", "logs", "static", "renditions", "ledger-head.json", file_archive.FOLDER, secrets.FILE_NAME}
)
SET_ASIDE = ("restoring", "replaced-")  # by restores, see restoring.py
UNFINISHED = ".writing-"


def back_up(environment: env.Environment, file: Path, passphrase: Passphrase | None = None) -> Path:
    """Write the backup ``file`` (or one named after the time, in that folder), and read it back; its place."""
    progress = Progress()
    made_at = clock.now().astimezone(clock.SHANGHAI)
    if file.is_dir():
        file = file / (default_name(made_at) + (".enc" if passphrase else ""))
    _require_outside(environment.home, file)
    copied = databases.of(environment)
    with told(f"备份到 {file}"):
        database.ensure_running(environment)
        about = About(
            made_at=made_at.isoformat(timespec="seconds"),
            program=metadata.version("anlan"),
            database=copied.kind,
            **databases.describe(environment),
        )

    def fill(writer: Writer) -> None:
        with (environment.home / secrets.FILE_NAME).open("rb") as source:
            writer.add(secrets.FILE_NAME, source)
        progress.begin("复制数据库")
        copied.take(writer)
        progress.begin("复制上传的文件")
        for path in kept_files(environment.home):
            _add(writer, environment.home, path)
        progress.begin("写到磁盘并逐项核对")

    write(file, about, fill, progress.count, passphrase)
    progress.end()
    return file


def _require_outside(home: Path, file: Path) -> None:
    """A backup would copy itself, and every later one this one."""
    place = file.resolve()
    if place.is_relative_to(home.resolve()) and place.relative_to(home.resolve()).parts[0] not in LEFT_OUT:
        raise BackupError(f"备份不能放在 ANLAN_HOME({home})里:会把自己也备份进去。请放到别处,最好是另一块磁盘")


def default_name(made_at: datetime) -> str:
    return f"anlan-{made_at:%Y%m%d-%H%M%S}.zip"


def kept_files(home: Path) -> Iterator[Path]:
    """Every file below the home but those left out, in order."""
    for place in sorted(home.iterdir()):
        if place.name in LEFT_OUT or place.name.startswith(SET_ASIDE) or place.suffix == ".lock":
            continue
        if place.is_file():
            yield place
        for folder, subfolders, names in os.walk(place):
            subfolders.sort()
            for name in sorted(names):
                if not name.startswith(UNFINISHED):
                    yield Path(folder, name)


def _add(writer: Writer, home: Path, path: Path) -> None:
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return  # a result that had grown old and was removed meanwhile
    with source:
        writer.add(str(path.relative_to(home)), source, packed=False)
