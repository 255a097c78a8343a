"""One world for a module's browser tests, and people who look at it.

``world``    the fixed cast in the live site's database, fresh for each module; every change is committed
``visitor``  ``visitor("town")`` is that person's browser; what it must never do is checked when the test ends
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import expect
from procrastinate.contrib.django import app

from anlan.config import secrets
from tests.functional.visitor import DESK, PATIENCE_MS, Visitor
from tests.live import RESULTS, LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.factories.cast import Cast
    from tests.factories.matters import Matters

PASSWORD = "an-lan-test-2026"


@dataclass
class World:
    """``matters`` brings a matter into a state by real actions; ``cookie_of`` signs a person in."""

    site: LiveSite
    cast: "Cast"
    matters: "Matters"

    def cookie_of(self, name: str) -> str:
        client = Client()
        client.force_login(self.cast.users[name])
        return client.cookies["anlan_session"].value

    def run_jobs(self) -> None:
        """Do the jobs that wait, then return: a worker in this process, for another takes seconds to begin. It has its own
        thread, as Playwright's loop runs in this one."""
        with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as thread:
            patch.setitem(connections["default"].settings_dict, "CONN_MAX_AGE", 0)  # its threads end with it
            thread.submit(_work_once).result()


def _work_once() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    connections.close_all()


@pytest.fixture(scope="module")
def world(live_site: LiveSite, django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Django in this module works on the live site: its database, its key, its files."""
    from django.contrib.auth.hashers import make_password
    from django.db import connection

    from tests.factories.cast import build_cast
    from tests.factories.matters import Matters

    own = dict(connection.settings_dict)
    key = secrets.load(live_site.home)["secret_key"]
    with django_db_blocker.unblock(), override_settings(SECRET_KEY=key, DATA_DIR=live_site.home):
        live_site.reset()
        connection.settings_dict.update(NAME=live_site.database)
        try:
            cast = build_cast()
            type(cast.users["town"]).objects.update(password=make_password(PASSWORD))
            for user in cast.users.values():
                user.refresh_from_db()
            yield World(live_site, cast, Matters(cast))
        finally:
            connection.settings_dict.update(own)
            live_site.reset()


@pytest.fixture
def visitor(world: World, browser: "Browser", request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Browsers of people of the cast, each a fresh profile; ``visitor()`` is somebody who has not signed in."""
    expect.set_options(timeout=PATIENCE_MS)
    visitors: list[Visitor] = []
    failures = request.session.testsfailed
    connections.close_all()  # this loop's may be of a database that has gone since, see below

    def open_browser(name: str = "", *, viewport: dict[str, int] = DESK, scripts: bool = True) -> Visitor:
        cookie = world.cookie_of(name) if name else ""
        visitors.append(Visitor.enter(browser, world.site.url, name, cookie, viewport=viewport, scripts=scripts))
        return visitors[-1]

    yield open_browser
    if request.session.testsfailed > failures:
        RESULTS.mkdir(exist_ok=True)
        for number, one in enumerate(visitors, 1):
            one.page.screenshot(path=RESULTS / f"{request.node.name}-{number}-{one.name}.png")
    faults = [fault for one in visitors for fault in one.faults]
    for one in visitors:
        one.leave()
    connections.close_all()  # while Playwright's loop runs Django has others than before; none may outlive the database
    assert not faults, "\n".join(faults)
