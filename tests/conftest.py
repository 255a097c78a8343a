"""What every test may ask for: the database as the application's role, an owner's connection, a live site, a browser.

``django_db``                    a transaction that is rolled back, as the application's role
``django_db(transaction=True)``  real commits; the worker's database is cloned anew afterwards
``owner_connection``             psycopg as the owner, for what the application may not do
``live_site``                    granian on a database of its own, with data that stay (see ``tests/live.py``)
``page``                         a Chromium page in Chinese
"""

import os
from collections.abc import Iterator

import hypothesis
import psycopg
import pytest

from tests.database import TestCluster, this_run

# Before anything reads Django's settings: no test may see the home, the secrets or the database of `make run`.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
for _name in [name for name in os.environ if name.startswith(("ANLAN_", "PG")) or name == "DATABASE_URL"]:
    if _name != "ANLAN_TEST_RUN":
        del os.environ[_name]
os.environ["ANLAN_HOME"] = str(this_run() / f"home-{WORKER}")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")

# How long an example takes on a busy machine proves nothing.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

pytest_plugins = ["tests.live", "tests.factories.plugin"]


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings now that the environment is the tests' own: pytest-django then sets Django up."""
    from django.conf import settings

    assert str(settings.DATA_DIR) == os.environ["ANLAN_HOME"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each worker sets Django up by its own conftest: one that inherits the name of the settings does so before, and all
    workers would share the home of the process that began the run, with its files and its last signed tree head."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run ends its cluster; xdist's workers are gone by then."""
    if not hasattr(config, "workerinput"):
        TestCluster(this_run()).stop()


@pytest.fixture(scope="session")
def test_cluster() -> TestCluster:
    """The PostgreSQL of this run."""
    cluster = TestCluster(this_run())
    cluster.start()
    return cluster


@pytest.fixture(scope="session")
def test_database(test_cluster: TestCluster) -> str:
    """The name of this worker's clone."""
    name = f"test_{WORKER}"
    test_cluster.clone(name)
    return name


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker, test_cluster: TestCluster, test_database: str
) -> Iterator[None]:
    """In place of pytest-django's: Django connects to the clone, as the role that owns nothing."""
    from django.db import connection, connections
    from django.test import TransactionTestCase

    def clone_anew(_: TransactionTestCase) -> None:
        # Django would TRUNCATE, which the application may not do and which would take the reference data with it.
        connections.close_all()
        test_cluster.clone(test_database)

    connection.settings_dict.update(database_settings(test_cluster.app(test_database)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", clone_anew)
        yield
    with django_db_blocker.unblock():
        connections.close_all()


def database_settings(address) -> dict[str, object]:
    """The part of Django's settings that says where and as whom."""
    keys = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {key: getattr(address, name) for key, name in keys.items()}


@pytest.fixture
def owner_connection(test_cluster: TestCluster, test_database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The owner's connection to this worker's database, each statement committed."""
    with psycopg.connect(test_cluster.owner(test_database).conninfo(), autocommit=True) as connection:
        yield connection
