"""An archive that cannot be written hinders nobody, so it has to be told: at the terminal, by the health, by status."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anlan.config import processes, wal
from anlan.lib import file_archive
from tests.chaos.site import FIRST_START_SECONDS, Site, started, wait_for
from tests.database import this_run

pytestmark = pytest.mark.chaos

SHA256 = "0" * 64
"""Of no file: its original is not there."""


@pytest.fixture(scope="module")
def archive() -> Path:
    folder = this_run() / "troubled-archive"
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def site(archive: Path) -> Iterator[Site]:
    yield from started(Site(ANLAN_WAL_ARCHIVE=str(archive)))


def end_piece(site: Site) -> None:
    """Something is written, and the piece of log it is in is whole."""
    with psycopg.connect(site.environment.administrator().conninfo(), autocommit=True) as connection:
        connection.execute("SELECT pg_logical_emit_message(false, 'test', 'x')")
        connection.execute("SELECT pg_switch_wal()")


def archive_says(site: Site) -> str | None:
    return site.health()[1].get("archive")


def test_a_log_that_is_not_archived_is_told_with_since_when_and_why_and_work_goes_on(site: Site) -> None:
    folder = wal.folder(site.environment)
    assert folder is not None
    end_piece(site)
    wait_for(lambda: any(folder.iterdir()), 60, "the first piece is archived")
    assert archive_says(site) == "ok"
    assert "归档:正常" in site.run("status").stdout

    # When the folder cannot be written any more
    folder.chmod(0o500)
    end_piece(site)
    wait_for(lambda: archive_says(site) == "down", 60, "the failure is told")

    # Then it is told everywhere, and people work on
    status, words = site.health()
    assert (status, words["status"], words["database"], words["worker"]) == (200, "degraded", "ok", "ok")
    assert "以来的数据库日志没有归档:没有写入权限" in words["archive_trouble"]
    assert str(folder) not in str(words)  # anybody may ask
    said = site.run("status")
    assert (said.returncode, "归档:异常" in said.stdout, "没有写入权限" in said.stdout) == (1, True, True)
    wait_for(lambda: "归档异常" in site.terminal(), 30, "it is said at the terminal")

    # Nor does it keep a killed database from coming back
    postmaster = site.postmaster()
    postmaster.send(signal.SIGKILL)
    assert processes.wait_until_gone([postmaster], 5)
    wait_for(site.is_well, 60, "the database is back")
    wait_for(lambda: archive_says(site) == "down", 150, "the failure is told again")

    # And when it can be written again all that waited is archived
    folder.chmod(0o700)
    end_piece(site)
    wait_for(lambda: archive_says(site) == "ok", 120, "it goes on")
    wait_for(lambda: "归档已恢复" in site.terminal(), 30, "it is said at the terminal")
    wait_for(lambda: site.run("status").returncode == 0, 60, "all is well")


def test_an_archive_that_cannot_be_written_is_refused_at_the_start(site: Site, archive: Path) -> None:
    """When somebody is there to mend it."""
    folder = wal.folder(site.environment)
    assert folder is not None
    assert site.process is not None
    site.process.send_signal(signal.SIGINT)
    site.process.wait(60)
    folder.chmod(0o500)
    site.start()
    assert site.process.wait(60) == 2
    assert "数据库写不进日志归档文件夹" in site.terminal()
    folder.chmod(0o700)
    site.start()
    wait_for(site.is_well, FIRST_START_SECONDS, "started again")


def test_uploaded_files_that_are_not_archived_are_told_too(site: Site, archive: Path) -> None:
    file_archive.note(site.home, SHA256)
    mark = site.home / file_archive.FOLDER / SHA256
    os.utime(mark, (mark.stat().st_mtime - 3600,) * 2)
    wait_for(lambda: archive_says(site) == "down", 30, "the failure is told")
    assert "以来的 1 个上传的文件没有归档" in site.health()[1]["archive_trouble"]
    wait_for(lambda: "文件夹不在" in site.health()[1].get("archive_trouble", ""), 150, "the worker says why")
    mark.unlink()
    assert archive_says(site) == "ok"
