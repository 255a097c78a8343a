"""A real server and a real browser for the functional tests.

``live_site`` serves a database of its own, in which everything is committed and stays: arrange data once and let
several tests look at them. To arrange them, ask for ``live_database``: while a test has it, Django in the test
process works on the live site's database, with real commits::

    @pytest.mark.functional
    def test_sign_in(live_site, live_database, page):
        make_user("county")                       # committed, the server sees it
        page.goto(f"{live_site.url}/accounts/login/")

``live_site.reset()`` gives it the freshly migrated database again.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from anlan.config import env, probe, processes, web
from anlan.config.supervisor import GRACE_SECONDS
from tests.database import TestCluster, this_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
RESULTS = Path(__file__).parents[1] / "test-results"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class LiveSite:
    """granian on a clone of the migrated database, as the application's role."""

    def __init__(self, cluster: TestCluster) -> None:
        self.cluster = cluster
        self.database = f"live_{WORKER}"
        self.home = this_run() / f"live-{WORKER}"
        self.port, self.live_port = _free_port(), _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.address = cluster.app(self.database)
        self._server: subprocess.Popen[bytes] | None = None
        self._live: subprocess.Popen[bytes] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the site's processes: they know the application's address only."""
        own = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
        return own | {
            "ANLAN_HOME": str(self.home),
            "ANLAN_PORT": str(self.port),
            "ANLAN_LIVE_PORT": str(self.live_port),
            "ANLAN_WORKERS": "1",
            "ANLAN_PROCESS": "anlan-web",
            "ANLAN_APP_DATABASE_URL": self.address.conninfo(),
        }

    def start(self) -> None:
        self.cluster.clone(self.database)
        self.home.mkdir(parents=True, exist_ok=True)
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        command = web.web_command(env.read(self.variables), static_root=self.home / "static")
        with (self.home / "web.log").open("ab") as log:
            self._server = subprocess.Popen(
                command, env=self.variables, stdout=log, stderr=log, start_new_session=True, stdin=subprocess.DEVNULL
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._server.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def start_live(self) -> None:
        """The process of live updates as well; pages do without it."""
        with (self.home / "live.log").open("ab") as log:
            variables = self.variables | {"ANLAN_PROCESS": "anlan-live"}
            self._live = subprocess.Popen(
                web.live_command(), env=variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        deadline = time.monotonic() + 60
        while not probe.is_listening(self.live_port):
            assert self._live.poll() is None, self.live_log()
            assert time.monotonic() < deadline, self.live_log()
            time.sleep(0.05)

    def stop_live(self) -> float:
        """End it as the supervisor does; the seconds it took."""
        assert self._live is not None
        begun = time.monotonic()
        self._live.terminate()
        assert self._live.wait(GRACE_SECONDS) == 0, self.live_log()
        return time.monotonic() - begun

    @property
    def live_pid(self) -> int:
        assert self._live is not None
        return self._live.pid

    def live_log(self) -> str:
        return (self.home / "live.log").read_text("utf-8", errors="replace")

    def stop(self) -> None:
        if self._live is not None:
            self._live.kill()
            self._live.wait()
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
            for left in processes.members_of_group(self._server.pid):
                left.send(signal.SIGKILL)
            self._server.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def reset(self) -> None:
        """The freshly migrated database again; the server reconnects by itself, and so does the test."""
        from django.db import connections

        connections.close_all()
        self.cluster.clone(self.database)
        (self.home / "ledger-head.json").unlink(missing_ok=True)  # of the ledger that was there before

    def manage(self, *words: str) -> str:
        """Run a management command on the live database, as the application; what it printed."""
        command = [sys.executable, "-m", "anlan.config.cli", *words]
        result = subprocess.run(command, env=self.variables, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def log(self) -> str:
        return (self.home / "web.log").read_text("utf-8", errors="replace")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")  # 503 is an answer too: there is no job worker
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def live_site(test_cluster: TestCluster) -> Iterator[LiveSite]:
    """The live site of this worker."""
    site = LiveSite(test_cluster)
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture
def live_database(live_site: LiveSite, django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Django in this test works on the live site's database, with real commits. Not together with ``django_db``."""
    from django.db import connection

    own = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict.update(NAME=live_site.database)
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(own)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium. For one module only: while Playwright runs, this thread has a running event loop."""
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # that loop is Playwright's own; nothing of ours runs in it
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser", request: pytest.FixtureRequest) -> Iterator["Page"]:
    """A page of a fresh profile, as an official in China sees it; a picture is kept if the test fails."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    failures = request.session.testsfailed
    yield page
    if request.session.testsfailed > failures:
        RESULTS.mkdir(exist_ok=True)
        page.screenshot(path=RESULTS / f"{request.node.name}.png", full_page=True)
    context.close()
