"""Fixtures of the fixed cast. A plugin is imported before Django is set up, so the models come later.

The cast is built once a worker, in a database of its own (`cast_database`), and what asks for ``cast`` opens its transaction
there: building it took longer than most tests.
"""

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from django.test import Client

from tests.database import TestCluster, working_on
from tests.live import WORKER

if TYPE_CHECKING:
    from tests.factories.cast import Cast


class CastDatabase(NamedTuple):
    """``cast`` is committed in the database of that name."""

    name: str
    cast: "Cast"


@pytest.fixture(scope="session")
def cast_database(django_db_setup: None, django_db_blocker: Any, test_cluster: TestCluster) -> CastDatabase:
    """This worker's."""
    from tests.factories.cast import build_cast

    name = f"cast_{WORKER}"
    test_cluster.clone(name)
    with working_on(name, django_db_blocker):
        return CastDatabase(name, build_cast())


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Just before pytest-django opens the transaction of a test: where."""
    if fixturedef.argname == "_django_db_helper":
        _stand_on_its_own(request)


def _stand_on_its_own(request: pytest.FixtureRequest) -> None:
    """The cast's database or the bare one, unless its module works on another."""
    from django.db import connection

    bare, present = request.getfixturevalue("test_database"), connection.settings_dict["NAME"]
    wanted = request.getfixturevalue("cast_database").name if _wants_cast(request) else bare
    if present != wanted and present in (bare, f"cast_{WORKER}"):
        connection.close()
        connection.settings_dict["NAME"] = wanted


def _wants_cast(request: pytest.FixtureRequest) -> bool:
    """What commits has the bare database, and builds its own."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    return "cast" in request.fixturenames and not commits


@pytest.fixture(autouse=True)
def nothing_signed_yet() -> Iterator[None]:
    """The last head signed lies in a file beside the key, and would outlive the database of the test that signed it."""
    from anlan.proofs import anchor

    anchor.path().unlink(missing_ok=True)
    yield
    anchor.path().unlink(missing_ok=True)


@pytest.fixture
def cast(db: None, cast_database: CastDatabase) -> "Cast":
    """The fixed cast, in a transaction that is rolled back after the test."""
    from django.db import connection

    assert connection.settings_dict["NAME"] == cast_database.name, "what commits asks for committed_cast"
    shared = {id(actor): actor for actor in cast_database.cast.actors.values()}  # they never change
    return copy.deepcopy(cast_database.cast, shared)


@pytest.fixture
def committed_cast(transactional_db: None) -> "Cast":
    """The same, committed: for tests with several connections."""
    from tests.factories.cast import build_cast

    return build_cast()


@pytest.fixture
def client_of(cast: "Cast") -> Callable[[str], Client]:
    """``client_of("town")``: a client signed in as that person of the cast."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(cast.users[name])
        return client

    return signed_in
