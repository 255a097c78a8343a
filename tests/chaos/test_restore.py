"""The drill: a working site is backed up, the backup restored elsewhere, and everything acknowledged is there."""

import http.client
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from anlan.lib import clock, file_archive
from tests.chaos.clients import Book, Deed, Work, at_work
from tests.chaos.harness import await_quiet, make_world
from tests.chaos.reckoning import Reckoning, Stand, reckon
from tests.chaos.site import FIRST_START_SECONDS, Site, new_home, wait_for
from tests.database import this_run

pytestmark = pytest.mark.chaos

PEOPLE = ("town", "town2", "village")


@dataclass
class Drill:
    """A site with people at work in it, the backup taken meanwhile, and when."""

    site: Site
    work: Work
    book: Book
    file: Path
    begun: float
    between: datetime
    """An instant after the backup with acknowledged writes on both sides."""
    uploaded: list[str]
    """The SHA-256 of files uploaded between the backup and that instant."""

    def deeds(self, until: float) -> Book:
        """The same deeds, those answered after ``until`` as if nobody had been told."""
        book = Book()
        for deed in self.book.deeds:
            known = deed.is_acknowledged and deed.answered_at < until
            book.open(Deed(**{**vars(deed), "answer": deed.answer if known else None}))
        return book


def uploads(book: Book, since: float) -> set[str]:
    """The files uploaded since then, by their SHA-256."""
    return {
        str(deed.answer["sha256"])
        for deed in book.acknowledged()
        if deed.kind == "upload" and deed.answer is not None and deed.sent_at > since
    }


@pytest.fixture(scope="module")
def archive() -> Path:
    folder = this_run() / "wal-archive"
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def drill(archive: Path) -> Iterator[Drill]:
    site = Site(ANLAN_WAL_ARCHIVE=str(archive))
    site.start()
    try:
        wait_for(site.is_well, FIRST_START_SECONDS, "first start")
        work = make_world(site, ladders=3)
        file = site.home.with_name("backup.zip")
        with at_work(work, PEOPLE) as book:
            wait_for(lambda: len(book.acknowledged()) > 30, 60, "some work")
            begun = time.monotonic()
            result = site.run("backup", str(file))
            assert result.returncode == 0, result.stdout + result.stderr
            done, backed_up = len(book.acknowledged()), time.monotonic()
            wait_for(lambda: len(book.acknowledged()) > done + 20, 60, "work after the backup")
            wait_for(lambda: len(uploads(book, backed_up)) > 1, 120, "uploads after the backup")
            uploaded = sorted(uploads(book, backed_up))
            between = clock.now()
            wait_for(lambda: len(book.acknowledged()) > done + 40, 60, "more of it")
        await_quiet(site)
        yield Drill(site, work, book, file, begun, between, uploaded)
    finally:
        site.stop()


def restored(file: Path, *words: str, **variables: str) -> tuple[Site, subprocess.CompletedProcess[str]]:
    """Another home with the backup in it, not started; and what `anlan restore` said."""
    other = Site(new_home(), **variables)
    return other, other.run("restore", str(file), *words)


def stand_of(site: Site) -> Stand:
    """The restored database as it stands; started for this, and left running for the site."""
    from anlan.config import database

    database.cluster(site.environment).start()
    return Stand(site.environment.administrator().conninfo(), site.home)


def assert_whole(result: Reckoning) -> None:
    assert result.complaints == []
    assert result.acknowledged == result.found > 0


def post(site: Site, drill: Drill, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any], str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", site.environment.port, timeout=30)
    headers = {
        "Authorization": f"Bearer {drill.work.world['tokens']['town']}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
    }
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read()), response.headers.get("Idempotency-Replayed")
    connection.close()
    return answer


def test_everything_acknowledged_before_the_backup_is_in_the_restored_site_and_it_works(drill: Drill) -> None:
    other, said = restored(drill.file)
    try:
        assert said.returncode == 0, said.stdout + said.stderr
        assert_whole(reckon(drill.deeds(until=drill.begun), stand_of(other)))
        checked = other.run("check")
        assert (checked.returncode, "全部符合" in checked.stdout) == (0, True), checked.stdout + checked.stderr
        assert "相符" in other.run("verify").stdout
        other.start()
        wait_for(other.is_well, FIRST_START_SECONDS, "the restored site")
        body = {"description": "恢复之后", "source": "GRASSROOTS_CHECK", "site": drill.work.world["sites"]["town"]}
        status, answer, _ = post(other, drill, "/api/v1/hidden-dangers", body, "after-restore")
        assert (status, answer["description"]) == (201, "恢复之后")
    finally:
        other.stop()


def test_the_log_leads_on_to_any_instant_after_the_backup(drill: Drill, archive: Path) -> None:
    with psycopg.connect(drill.site.environment.administrator().conninfo(), autocommit=True) as connection:
        connection.execute("SELECT pg_switch_wal()")
        query = "SELECT last_archived_wal, pg_walfile_name(pg_current_wal_lsn()) FROM pg_stat_archiver"

        def is_archived() -> bool:
            row = connection.execute(query).fetchone()
            return row is not None and row[0] is not None and row[0][8:] >= f"{int(row[1][8:], 16) - 1:016X}"

        wait_for(is_archived, 60, "the log is archived")
    # Files are archived besides: by the next minute, and then nothing waits any more.
    wait_for(lambda: file_archive.waiting(drill.site.home) is None, 180, "the files are archived")
    lost = file_archive.original(archive / "files", drill.uploaded[0])
    content = lost.read_bytes()
    lost.write_bytes(content[:-1])  # one copy has gone bad
    until = drill.between.astimezone(clock.SHANGHAI).isoformat()
    other, said = restored(drill.file, "--wal", str(archive), "--to", until)
    try:
        # All but the bad one come back; it is named, and copied by hand.
        assert said.returncode == 1, said.stdout + said.stderr
        assert "缺 1 个文件" in said.stdout
        assert "上传的“a.png”" in said.stdout
        assert lost.name in said.stdout
        assert "个文件已从归档取回" in said.stdout
        assert file_archive.original(other.home / "files", drill.uploaded[1]).is_file()
        assert not file_archive.original(other.home / "files", lost.name).exists()
        lost.write_bytes(content)
        file_archive.copy(archive / "files", other.home / "files", lost.name)
        since = time.monotonic() - (clock.now() - drill.between).total_seconds()
        result = reckon(drill.deeds(until=since - 0.05), stand_of(other))
        assert_whole(result)
        later = [deed for deed in drill.book.acknowledged() if deed.sent_at > since + 0.05]
        assert later
        marks = {row["mark"] for row in stand_of(other).matters}
        assert not marks & {deed.mark for deed in later if deed.kind == "register"}
    finally:
        other.stop()


def test_an_encrypted_backup_is_restored_with_its_passphrase_and_not_without(drill: Drill) -> None:
    passphrase, wrong = (drill.site.home.with_name(name) for name in ("passphrase", "wrong"))
    for place, words in ((passphrase, "correct horse battery staple"), (wrong, "correct horse battery stap1e")):
        place.touch(mode=0o600)
        place.write_text(f"{words}\n")
    file = drill.site.home.with_name("backup.zip.enc")
    said = drill.site.run("backup", "--encrypt", str(passphrase), str(file))
    assert (said.returncode, "已加密" in said.stdout) == (0, True), said.stdout + said.stderr
    other, refused = restored(file)
    try:
        assert (refused.returncode, "已加密" in refused.stderr) == (2, True)
        refused = other.run("restore", "--passphrase-file", str(wrong), str(file))
        assert (refused.returncode, "口令不对" in refused.stderr) == (2, True)
        assert not (other.home / "secrets.json").exists()
        done = other.run("restore", "--passphrase-file", str(passphrase), str(file))
        assert done.returncode == 0, done.stdout + done.stderr
        assert_whole(reckon(drill.book, stand_of(other)))
        shown = "".join(one.stdout + one.stderr for one in (said, refused, done))
        logs = "".join(log.read_text("utf-8", errors="replace") for log in (drill.site.home / "logs").glob("*.log"))
        assert "horse" not in shown + logs
    finally:
        other.stop()


def test_a_home_with_data_is_refused_or_set_aside(drill: Drill) -> None:
    other, said = restored(drill.file)
    try:
        assert said.returncode == 0, said.stderr
        (other.home / "files" / "mine").write_text("不能丢")
        again = other.run("restore", str(drill.file))
        assert (again.returncode, "里已有数据,不会覆盖" in again.stderr) == (2, True)
        assert (other.home / "files" / "mine").exists()
        again = other.run("restore", str(drill.file), "--replace")
        assert again.returncode == 0, again.stderr
        assert [found.read_text() for found in other.home.glob("replaced-*/files/mine")] == ["不能丢"]
        assert not (other.home / "files" / "mine").exists()
    finally:
        other.stop()


def test_a_running_site_is_not_restored_over(drill: Drill) -> None:
    said = drill.site.run("restore", str(drill.file), "--replace")
    assert (said.returncode, "还在运行" in said.stderr) == (2, True)
    assert drill.site.is_well()
    said = drill.site.run("backup", "--check", str(drill.file))
    assert (said.returncode, "备份完好" in said.stdout) == (0, True)
