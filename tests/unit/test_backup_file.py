"""The backup file: whole or not there at all, and whatever was done to it is found before anything is written."""

import errno
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from anlan.config import env
from anlan.config.backup.archive import MANIFEST, About, BackupError, Reader, Writer, write
from anlan.config.backup.restoring import Wanted, restore
from anlan.config.backup.taking import back_up

ABOUT = About(made_at="2026-11-29T10:00:00+08:00", program="0.1.0", server=180006, database="files", migrations=[])
CONTENTS = {"secrets.json": b"{}", "files/ab/cd/abcd": os.urandom(300_000), "postgres/data/PG_VERSION": b"18\n"}


def fill(writer: Writer) -> None:
    writer.folder("postgres/data/pg_notify/")
    for name, content in CONTENTS.items():
        writer.add(name, io.BytesIO(content), packed=not name.startswith("files"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write(tmp_path / "backup.zip", ABOUT, fill, lambda _: None)
    return tmp_path / "backup.zip"


def verify(file: Path) -> None:
    with Reader(file) as reader:
        reader.verify(lambda _: None)


def is_intact(file: Path) -> bool:
    try:
        verify(file)
    except BackupError:
        return False
    return True


def rewritten(file: Path, changed: Callable[[str, bytes], bytes], **added: bytes) -> None:
    """As by somebody who knows zip files: every checksum of the zip itself is right."""
    before = file.with_suffix(".before")
    file.rename(before)
    with zipfile.ZipFile(before) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            target.writestr(name, changed(name, source.read(name)))
        for name, content in added.items():
            target.writestr(name, content)


def test_what_went_in_comes_out(file: Path, tmp_path: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    with Reader(file) as reader:
        assert reader.manifest.about == ABOUT
        assert reader.manifest.size == sum(map(len, CONTENTS.values()))
        reader.unpack(tmp_path / "there", lambda _: None)
    assert {name: (tmp_path / "there" / name).read_bytes() for name in CONTENTS} == CONTENTS
    assert (tmp_path / "there" / "postgres" / "data" / "pg_notify").is_dir()
    assert (tmp_path / "there" / "files").stat().st_mode & 0o777 == 0o700


def test_an_existing_file_is_not_overwritten(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(BackupError, match="已经存在,不会覆盖"):
        write(file, ABOUT, fill, lambda _: None)
    assert file.read_bytes() == before


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "磁盘空间不足"), (errno.EIO, "Input/output error")])
def test_a_disk_that_refuses_leaves_nothing(tmp_path: Path, number: int, words: str) -> None:
    def refused(writer: Writer) -> None:
        fill(writer)
        raise OSError(number, os.strerror(number))

    with pytest.raises(BackupError, match=words):
        write(tmp_path / "backup.zip", ABOUT, refused, lambda _: None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["backup.zip", "backups/backup.zip", "../link/backup.zip"])
def test_a_backup_that_would_copy_itself_is_refused(tmp_path: Path, place: str) -> None:
    home = tmp_path / "home"
    (home / "backups").mkdir(parents=True)
    (tmp_path / "link").symlink_to(home)
    with pytest.raises(BackupError, match="会把自己也备份进去"):
        back_up(env.read({"ANLAN_HOME": str(home)}), home / place)
    assert [path.name for path in home.iterdir()] == ["backups"]


def test_every_flipped_byte_is_found(file: Path) -> None:
    whole = file.read_bytes()
    for place in range(0, len(whole) - 200, len(whole) // 40):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        if is_intact(file):  # a byte of the zip that says nothing of the content: what comes out is what went in
            with zipfile.ZipFile(file) as archive:
                assert {name: archive.read(name) for name in CONTENTS} == CONTENTS


@pytest.mark.parametrize("part", [0.0, 0.3, 0.99])
def test_a_truncated_file_is_found(file: Path, part: float) -> None:
    os.truncate(file, int(file.stat().st_size * part))
    with pytest.raises(BackupError, match="不完整或已损坏"):
        verify(file)


def test_a_member_changed_added_or_taken_away_is_found(file: Path) -> None:
    rewritten(file, lambda name, content: b"[]" if name == "secrets.json" else content)
    with pytest.raises(BackupError, match=r"secrets\.json 与清单不符"):
        verify(file)
    file.unlink()
    write(file, ABOUT, fill, lambda _: None)
    rewritten(file, lambda _, content: content, stowaway=b"x")
    with pytest.raises(BackupError, match="与它的清单不符"):
        verify(file)


def test_a_path_out_of_the_home_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    write(file, ABOUT, lambda writer: writer.add("files/../../away", io.BytesIO(b"x")), lambda _: None)
    with pytest.raises(BackupError, match="不该有的路径"), Reader(file) as reader:
        reader.unpack(tmp_path / "deep" / "home", lambda _: None)
    assert not (tmp_path / "deep" / "away").exists()
    assert not (tmp_path / "away").exists()


def about(file: Path, **changes: object) -> None:
    def changed(name: str, content: bytes) -> bytes:
        if name != MANIFEST:
            return content
        manifest = json.loads(content)
        manifest["about"] |= changes
        return json.dumps(manifest).encode()

    rewritten(file, changed)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"migrations": ["ledger.0001_initial", "ledger.9999_not_yet_written"]}, "来自更新的程序.*9999_not_yet"),
        ({"server": 190001}, "来自 PostgreSQL 19"),
        ({"database": "dump"}, "备份的是DATABASE_URL 指定的数据库,现在设置的是内嵌数据库"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused_before_anything_is_written(
    file: Path, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    about(file, **changes)
    home = tmp_path / "home"
    with pytest.raises(BackupError, match=words):
        restore(env.read({"ANLAN_HOME": str(home)}), file, Wanted())
    assert not home.exists()


def test_a_damaged_backup_leaves_an_empty_home_empty(file: Path, tmp_path: Path) -> None:
    rewritten(file, lambda name, content: content[:-1] if name.startswith("files") else content)
    home = tmp_path / "home"
    with pytest.raises(BackupError, match="与清单不符"):
        restore(env.read({"ANLAN_HOME": str(home)}), file, Wanted())
    assert [path.name for path in home.iterdir()] == ["run"]


def test_a_file_that_is_not_there_or_no_backup_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="没有找到备份文件"):
        Reader(tmp_path / "nothing.zip")
    (tmp_path / "note.txt").write_text("不是备份")
    with pytest.raises(BackupError, match="不完整或已损坏"):
        Reader(tmp_path / "note.txt")
