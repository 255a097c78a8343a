"""``anlan restore``: a backup becomes an ANLAN_HOME again.

Everything is unpacked, compared and looked at in a folder of its own inside the home; only then does it take its
place, the keys last: a home without them does not start on a database that is not whole. Nothing that was there is
deleted: it is refused, or set aside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import disk_usage, rmtree

from anlan.config import database, env, secrets, wal
from anlan.config.backup import databases
from anlan.config.backup.archive import About, BackupError, Manifest, Reader, told
from anlan.config.backup.encryption import Passphrase
from anlan.config.backup.progress import Progress
from anlan.config.fingerprint import SOURCES
from anlan.lib import clock, file_archive
from anlan.lib.lock import hold
from anlan.lib.whole_files import sync

STAGING = "restoring"
ROOM_TO_SPARE = 64 * 1024 * 1024
# What a home may hold and still count as empty.
HARMLESS = frozenset({"run", "logs", "static", STAGING, f"{secrets.FILE_NAME}.lock"})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to do besides: set aside what is there; follow the log in ``wal_archive``, to its end or ``until``; with
    what to read an encrypted backup."""

    replace: bool = False
    passphrase: Passphrase | None = None
    wal_archive: Path | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Missing:
    """A file that the restored database names and neither backup nor archive holds."""

    sha256: str
    name: str
    uploaded_at: datetime


@dataclass(frozen=True)
class Restored:
    """What stands in the restored database: entries of the ledger, the last one's time, files; how many of them came
    from the archive, and those that are nowhere."""

    entries: int
    last_at: datetime | None
    files: int
    brought: int
    missing: list[Missing]


def restore(environment: env.Environment, file: Path, wanted: Wanted) -> Restored:
    """Put the backup into the home. BackupError says what hinders it; the home is then as it was."""
    home, progress = environment.home, Progress()
    with Reader(file, wanted.passphrase) as source:
        _require_fit(environment, source.manifest.about, wanted)
        with told(f"写入 {home}"):
            home.mkdir(mode=0o711, parents=True, exist_ok=True)
            (home / "run").mkdir(mode=0o700, exist_ok=True)
            with hold(home / "run" / "up.lock") as ours:
                _require_rest(environment, ours=ours)
                occupied = _occupied(home)
                if occupied and not wanted.replace:
                    raise BackupError(
                        f"{home} 里已有数据,不会覆盖。换一个空的 ANLAN_HOME,或加 --replace 把现有的移到一旁"
                    )
                _unpack(environment, source, progress)
                if occupied:
                    progress.say(f"现有数据移到 {_set_aside(home, occupied)}")
                _take_place(home)
    return _start_and_look(environment, source.manifest.about, wanted, progress)


# Before


def _require_fit(environment: env.Environment, about: About, wanted: Wanted) -> None:
    copied = databases.of(environment)
    if about.database != copied.kind:
        kinds = {databases.FILES: "内嵌数据库", databases.DUMP: "DATABASE_URL 指定的数据库"}
        raise BackupError(f"备份的是{kinds.get(about.database, about.database)},现在设置的是{kinds[copied.kind]}")
    unknown = [name for name in about.migrations if not _is_known(name)]
    if unknown:
        raise BackupError(f"备份来自更新的程序(有本程序没有的迁移 {unknown[-1]}):请用做备份的那一版或更新的程序恢复")
    copied.receive(about)
    _require_log(about, wanted)


def _is_known(migration: str) -> bool:
    """Whether our code has this migration; other people's packages are pinned and not asked."""
    app, _, name = migration.partition(".")
    folder = SOURCES / app / "migrations"
    return not folder.is_dir() or (folder / f"{name}.py").exists()


def _require_log(about: About, wanted: Wanted) -> None:
    if wanted.wal_archive is None:
        if wanted.until is not None:
            raise BackupError("恢复到某一时刻需要归档的数据库日志:请用 --wal 给出做备份时 ANLAN_WAL_ARCHIVE 的文件夹")
        return
    if about.database != databases.FILES:
        raise BackupError("恢复到某一时刻只适用于内嵌数据库;已有的 PostgreSQL 请用它自己的办法")
    if not (wanted.wal_archive / about.archive).is_dir():
        raise BackupError(f"{wanted.wal_archive} 里没有这个备份之后的日志(文件夹 {about.archive})")
    if wanted.until is not None and wanted.until < datetime.fromisoformat(about.made_at):
        raise BackupError(f"备份做于 {about.made_at},晚于要恢复到的时刻:请用更早的备份")


def _require_rest(environment: env.Environment, *, ours: bool) -> None:
    running = environment.embedded and (environment.home / secrets.FILE_NAME).exists()
    if not ours or (running and database.cluster(environment).postmaster() is not None):
        raise BackupError(f"平台(ANLAN_HOME={environment.home})还在运行,请先停止:anlan stop(或 make stop)")


def _occupied(home: Path) -> list[Path]:
    return [
        place
        for place in sorted(home.iterdir())
        if place.name not in HARMLESS and not place.name.startswith("replaced-")
    ]


# Putting it there


def _unpack(environment: env.Environment, source: Reader, progress: Progress) -> None:
    staging = environment.home / STAGING
    rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    try:
        _require_room(staging, source.manifest)
        progress.begin(f"解开并核对 {len(source.manifest.entries):,} 个文件")
        source.unpack(staging, progress.count)
        progress.begin("核对数据库")
        databases.of(environment).unpacked(staging)
    except BaseException:
        rmtree(staging, ignore_errors=True)
        raise


def _require_room(staging: Path, manifest: Manifest) -> None:
    needed, free = manifest.size + ROOM_TO_SPARE, disk_usage(staging).free
    if needed > free:
        raise BackupError(f"磁盘空间不足:需要 {needed // 2**20:,} MB,{staging.parent} 只剩 {free // 2**20:,} MB")


def _set_aside(home: Path, places: Iterable[Path]) -> Path:
    aside = home / f"replaced-{clock.now().astimezone(clock.SHANGHAI):%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700)
    for place in places:
        place.rename(aside / place.name)
    return aside


def _take_place(home: Path) -> None:
    staging = home / STAGING
    for place in sorted(staging.iterdir(), key=lambda place: place.name == secrets.FILE_NAME):
        place.rename(home / place.name)
    staging.rmdir()
    for left in (home / "run").glob("prepared"):
        left.unlink()  # the note belongs to the database that was here before
    sync(home)


# Afterwards


def _start_and_look(environment: env.Environment, about: About, wanted: Wanted, progress: Progress) -> Restored:
    if environment.embedded:
        progress.begin("启动数据库" if wanted.wal_archive is None else "启动数据库,按日志重做")
        _recover(environment, about, wanted)
    try:
        found = _look(environment, wanted)
    finally:
        if environment.embedded:
            database.cluster(environment).stop()
    progress.end()
    return found


def _recover(environment: env.Environment, about: About, wanted: Wanted) -> None:
    cluster = database.cluster(environment)
    if wanted.wal_archive is None:
        cluster.start()
        return
    fetch = wal.restore_command(wanted.wal_archive / about.archive)
    target = {"recovery_target_time": wanted.until.isoformat()} if wanted.until else {}
    (cluster.data / "recovery.signal").touch(mode=0o600)
    cluster.recover({"restore_command": fetch, "recovery_target_action": "promote", "hot_standby": "off", **target})
    # Now without the settings of the recovery.
    cluster.stop()
    cluster.start()


FILES_NAMED = """
    SELECT DISTINCT ON (sha256) sha256, original_name, uploaded_at FROM files_storedfile ORDER BY sha256, uploaded_at"""


def _look(environment: env.Environment, wanted: Wanted) -> Restored:
    with databases.connected(environment.owner()) as connection:
        entries, last_at = connection.execute("SELECT count(*), max(at) FROM ledger_ledgerentry").fetchone() or (
            0,
            None,
        )
        named = [Missing(*row) for row in connection.execute(FILES_NAMED)]
    files = environment.home / "files"
    absent = {file.sha256: file for file in named if not file_archive.original(files, file.sha256).is_file()}
    left = list(absent)
    if absent and (archive := wal.file_folder(wanted.wal_archive)) is not None:
        with told(f"从 {archive} 取回上传的文件"):
            left = file_archive.bring_back(archive, files, absent)
    missing = sorted((absent[sha256] for sha256 in left), key=lambda file: file.uploaded_at)
    return Restored(entries, last_at, len(named), len(absent) - len(left), missing)
