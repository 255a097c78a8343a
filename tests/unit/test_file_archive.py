"""The archive of uploaded files: each copied once, whole and as it was; what hinders it is kept until it is over."""

import hashlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anlan.config import env, wal
from anlan.lib import file_archive


def keep(home: Path, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    place = file_archive.original(home / "files", sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    file_archive.note(home, sha256)
    return sha256


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "disk").mkdir()
    return tmp_path / "home"


@pytest.fixture
def archive(home: Path) -> Path:
    return home.parent / "disk" / "files"


def test_what_waits_is_copied_once_and_comes_back(home: Path, archive: Path) -> None:
    names = [keep(home, bytes([number]) * 3_000_000) for number in range(3)]
    found = file_archive.waiting(home)
    assert found is not None
    assert (found.count, found.reason) == (3, "")
    assert file_archive.copy_waiting(home, archive) == (3, "")
    assert file_archive.waiting(home) is None
    for name in names:
        copied = file_archive.original(archive, name)
        assert hashlib.sha256(copied.read_bytes()).hexdigest() == name
        assert copied.stat().st_mode & 0o777 == 0o600
    before = file_archive.original(archive, names[0]).stat().st_mtime_ns
    file_archive.note(home, names[0])  # uploaded a second time
    assert file_archive.copy_waiting(home, archive) == (1, "")
    assert file_archive.original(archive, names[0]).stat().st_mtime_ns == before

    nowhere = "0" * 64
    assert file_archive.bring_back(archive, home.parent / "restored", [*names, nowhere]) == [nowhere]
    for name in names:
        assert file_archive.original(home.parent / "restored", name).is_file()


def test_half_a_copy_is_none(home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = keep(home, b"x" * 100)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        file_archive.copy_waiting(home, archive)
    monkeypatch.undo()
    assert not file_archive.original(archive, name).exists()
    assert file_archive.copy_waiting(home, archive) == (1, "")


def test_bytes_that_are_not_those_of_the_name_are_not_archived_nor_brought_back(home: Path, archive: Path) -> None:
    bad, good = keep(home, b"bad"), keep(home, b"good")
    file_archive.original(home / "files", bad).write_bytes(b"BAD")
    count, reason = file_archive.copy_waiting(home, archive)
    assert (count, "校验值不符" in reason) == (1, True)
    found = file_archive.waiting(home)
    assert found is not None
    assert (found.count, found.reason) == (1, reason)
    file_archive.original(archive, good).write_bytes(b"GOOD")
    assert file_archive.bring_back(archive, home.parent / "restored", [good]) == [good]


def test_trouble_is_told_once_it_lasts(home: Path, archive: Path) -> None:
    environment = env.read({"ANLAN_HOME": str(home), "ANLAN_WAL_ARCHIVE": str(archive.parent)})
    name = keep(home, b"x")
    archive.write_text("no folder")
    assert file_archive.copy_waiting(home, archive)[0] == 0
    assert wal.file_trouble(environment) is None  # it may be over by the next minute
    since = time.time() - 3600
    os.utime(home / file_archive.FOLDER / name, (since, since))
    trouble = wal.file_trouble(environment)
    assert trouble is not None
    assert trouble.since == datetime.fromtimestamp(since, UTC)
    assert "1 个上传的文件没有归档:文件夹的位置上是一个文件" in str(trouble)
    archive.unlink()
    file_archive.copy_waiting(home, archive)
    assert wal.file_trouble(environment) is None


LOG = """2026-11-29 02:00:00.000 UTC [7]  LOG:  database system is ready to accept connections
cp: cannot create regular file '/archive: x/0f/.000000010000000000000003.part': {words}
2026-11-29 02:10:00.000 UTC [9]  LOG:  archive command failed with exit code 1
2026-11-29 02:10:00.000 UTC [9]  DETAIL:  The failed archive command was: if [ -f /archive ...
2026-11-29 02:10:03.000 UTC [8] anlan-web ERROR:  something else
"""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Permission denied", "没有写入权限"),
        ("No space left on device", "磁盘已满"),
        ("No such file or directory", "文件夹不在"),
        ("Transport endpoint is not connected", "Transport endpoint is not connected"),
    ],
)
def test_a_piece_of_log_that_waits_too_long_is_told_with_its_reason(home: Path, words: str, reason: str) -> None:
    environment = env.read({"ANLAN_HOME": str(home), "ANLAN_WAL_ARCHIVE": str(home.parent / "disk")})
    (home / "logs").mkdir()
    (home / "logs" / "postgres.log").write_text(LOG.format(words=words))
    status = home / "postgres" / "data" / "pg_wal" / "archive_status"
    status.mkdir(parents=True)
    piece = status / "000000010000000000000003.ready"
    piece.touch()
    assert wal.log_trouble(environment) is None
    os.utime(piece, (time.time() - 3600,) * 2)
    assert str(wal.log_trouble(environment)).endswith(f"以来的数据库日志没有归档:{reason}")
    piece.rename(piece.with_suffix(".done"))
    assert wal.log_trouble(environment) is None
