"""What a site says while it cannot work: the database away, its disk full, the queue stuck. Never that it was done."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anlan.config import processes
from tests.chaos.clients import Book, Work, at_work
from tests.chaos.harness import await_quiet, make_world
from tests.chaos.reckoning import Stand, reckon
from tests.chaos.site import Site, new_home, started, wait_for
from tests.database import template

pytestmark = pytest.mark.chaos

PEOPLE = ("town", "town2", "village")
DISK_MEGABYTES = 320
PIECE = 64 * 1024


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    yield from started(Site())


@pytest.fixture(scope="module")
def books() -> list[Book]:
    """What was sent to the common site so far."""
    return []


@pytest.fixture(scope="module")
def work(site: Site) -> Work:
    return make_world(site, ladders=3)


def reckoned(site: Site, *books: Book) -> None:
    """Everything that was ever sent to this site."""
    book = Book()
    book.deeds = [deed for one in books for deed in one.deeds]
    assert [oddity for one in books for oddity in one.oddities] == []
    result = reckon(book, Stand(site.environment.administrator().conninfo(), site.home))
    assert result.complaints == []
    assert result.acknowledged == result.found > 0


def acknowledged(book: Book) -> int:
    return len(book.acknowledged())


def test_while_the_database_is_away_nothing_is_acknowledged_and_afterwards_everything_is(
    site: Site, work: Work, books: list[Book]
) -> None:
    with at_work(work, PEOPLE) as book:
        books.append(book)
        assert book.await_acknowledgement(time.monotonic(), 30) is not None
        supervisor, server = site.supervisor(), site.postmaster()
        supervisor.send(signal.SIGSTOP)  # or it would be back in a moment
        server.send(signal.SIGKILL)
        assert processes.wait_until_gone([server], 5)
        wait_for(lambda: site.health()[1].get("database") == "down", 60, "the last backends are gone")
        time.sleep(1)
        before, answers = acknowledged(book), dict(book.statuses)
        time.sleep(2)
        assert acknowledged(book) == before
        assert {status for status in book.statuses if book.statuses[status] != answers.get(status)} <= {0, 503}
        assert site.health()[1].get("database") == "down"
        supervisor.send(signal.SIGCONT)
        wait_for(lambda: acknowledged(book) > before + 5, 60, "works again")
    reckoned(site, *books)


def test_while_the_queue_is_stuck_acts_count_and_their_effects_wait(site: Site, work: Work, books: list[Book]) -> None:
    wait_for(site.is_well, 60, "well")
    worker = site.child("worker")
    worker.send(signal.SIGSTOP)
    try:
        with at_work(work, ("town",)) as book:
            books.append(book)
            wait_for(lambda: acknowledged(book) > 5, 30, "acts go on")
        wait_for(lambda: site.health()[1].get("worker") == "down", 40, "its silence is told")
        waiting = jobs(site, "todo")
        assert waiting > 0
        time.sleep(1)
        assert jobs(site, "todo") == waiting
    finally:
        worker.send(signal.SIGCONT)
    await_quiet(site)
    assert jobs(site, "failed") == 0
    reckoned(site, *books)


def jobs(site: Site, status: str) -> int:
    with psycopg.connect(site.environment.administrator().conninfo()) as connection:
        row = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = %s", [status]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A home on a disk of its own with room for little more than the database."""
    home = new_home()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=711", "anlan-chaos", str(home)]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("没有 mount 命令,不能试磁盘写满")
    if result.returncode != 0:
        pytest.skip(f"本机不许挂载小磁盘,不能试磁盘写满:{result.stderr.strip()}")
    try:
        subprocess.run(["cp", "-a", f"{template()}/.", str(home)], check=True)
        yield home
    finally:
        subprocess.run(["umount", "--lazy", str(home)], check=False)


@pytest.fixture
def site_on_a_small_disk(small_disk: Path) -> Iterator[Site]:
    yield from started(Site(small_disk))


def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept(site_on_a_small_disk: Site) -> None:
    site = site_on_a_small_disk
    with at_work(make_world(site, ladders=1), PEOPLE) as book:
        assert book.await_acknowledgement(time.monotonic(), 30) is not None
        ballast = fill(site.home)
        assert "磁盘空间不足" in site.run("backup", str(site.home / "logs" / "here.zip")).stderr
        assert not list(site.home.rglob("*here.zip*"))
        wait_for(lambda: failures(book) > 20, 120, "the disk is felt")
        before = acknowledged(book)
        ballast.unlink()
        wait_for(lambda: acknowledged(book) > before + 5, 120, "works again")
    reckoned(site, book)


def fill(home: Path) -> Path:
    """A file that takes what is left of the disk; PostgreSQL's spare pieces of log are soon written full."""
    ballast = home / "ballast"
    with ballast.open("wb", buffering=0) as target, contextlib.suppress(OSError):
        while target.write(bytes(PIECE)):
            pass
    return ballast


def failures(book: Book) -> int:
    return sum(count for status, count in book.statuses.items() if not 200 <= status < 300)
