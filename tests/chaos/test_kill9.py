"""kill -9 of every part of a running site: it comes back by itself, and nothing that was acknowledged is lost."""

import signal
from collections.abc import Callable, Iterator

import pytest

from anlan.config import processes
from anlan.config.processes import Identity
from tests.chaos.site import FIRST_START_SECONDS, Site, Writer, wait_for

pytestmark = pytest.mark.chaos

START_SECONDS = 90  # bounds for a busy machine as well, not measures: those `make chaos` takes
BACK_SECONDS = 60


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    site.start()
    try:
        wait_for(site.is_well, FIRST_START_SECONDS, "first start")
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def writer(site: Site) -> Iterator[Writer]:
    with Writer(site) as writer:
        yield writer


def kill(*victims: Identity) -> None:
    for victim in victims:
        victim.send(signal.SIGKILL)
    assert processes.wait_until_gone(list(victims), 5)


def goes_on(site: Site, writer: Writer, seconds: float, what: str) -> float:
    """Wait until the site is well and a new write was acknowledged; then everything acknowledged must be there."""
    before = len(writer.acknowledged)
    took = wait_for(lambda: site.is_well() and len(writer.acknowledged) > before, seconds, what)
    expected = dict(writer.acknowledged)
    stored = writer.stored()
    assert {key: stored.get(key) for key in expected} == expected
    return took


@pytest.mark.parametrize(
    "victim",
    [Site.web_worker, Site.database_backend, Site.postmaster],
    ids=["web worker", "database backend", "postmaster"],
)
def test_it_comes_back_by_itself(
    site: Site, writer: Writer, victim: Callable[[Site], Identity], record_property
) -> None:
    supervisor = site.supervisor()
    kill(victim(site))
    record_property("seconds", goes_on(site, writer, BACK_SECONDS, "back"))
    assert supervisor.alive()


@pytest.mark.parametrize("name", ["web", "worker", "live"])
def test_a_killed_child_is_replaced(site: Site, writer: Writer, name: str, record_property) -> None:
    """For granian: its orphaned workers still answer, so a well site alone would prove nothing."""
    old = site.child(name)
    orphans = processes.members_of_group(old.pid)
    kill(old)
    took = wait_for(lambda: site.child(name) != old and site.child(name).alive(), START_SECONDS, f"another {name}")
    record_property("seconds", took + goes_on(site, writer, BACK_SECONDS, "back"))
    assert not any(orphan.alive() for orphan in orphans)


def test_after_a_kill_of_the_supervisor_the_database_is_still_there_and_nothing_else(
    site: Site, writer: Writer
) -> None:
    postmaster, *children = site.postmaster(), *(site.child(name) for name in ("web", "worker", "live"))
    kill(site.supervisor())
    assert site.process is not None
    site.process.wait()
    assert processes.wait_until_gone(children, 20)
    assert postmaster.alive()
    site.start()
    goes_on(site, writer, START_SECONDS, "second start")
    assert site.postmaster() == postmaster


def test_everything_killed_at_once(site: Site, writer: Writer) -> None:
    """As in a power cut, but for the disk's own cache: orphans of granian hold the port when the next start comes."""
    kill(site.supervisor(), *(site.child(name) for name in ("web", "worker", "live")), site.postmaster())
    assert site.process is not None
    site.process.wait()
    site.start()
    goes_on(site, writer, START_SECONDS, "start after everything was killed")


def test_a_second_start_beside_the_first_is_refused(site: Site) -> None:
    before = site.supervisor()
    beside = Site.__new__(Site)
    beside.home, beside.variables = site.home, site.variables
    beside.start()
    assert beside.process is not None
    assert beside.process.wait(START_SECONDS) == 2
    assert "平台已在运行" in site.terminal()
    assert site.supervisor() == before
    assert before.alive()
    wait_for(site.is_well, BACK_SECONDS, "the first goes on")  # one answer may be late on a busy machine
