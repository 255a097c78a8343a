"""Before each request the line to the database is looked at: a server that went away must be noticed without a question."""

import time

import pytest
from django.db import connection

from anlan.reads.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def other():
    """A connection of its own, as a thread of the site has one."""
    found = connection.copy()
    found.connect()
    yield found
    found.close()


def _backend(other: DatabaseWrapper) -> int:
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _until_unusable(other: DatabaseWrapper) -> bool:
    until = time.monotonic() + 5
    while other.is_usable() and time.monotonic() < until:
        time.sleep(0.01)
    return not other.is_usable()


def test_a_good_line_is_usable_again_and_again(other):
    assert isinstance(other, DatabaseWrapper)
    for _ in range(3):
        _backend(other)
        assert other.is_usable()


def test_a_line_the_server_has_ended_is_not(other):
    pid = _backend(other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert _until_unusable(other)


def test_nor_one_that_was_closed_or_stands_in_a_transaction(other):
    raw = other.connection
    raw.autocommit = False
    raw.execute("SELECT 1")
    assert not other.is_usable()
    raw.rollback()
    assert other.is_usable()
    raw.close()
    assert not other.is_usable()


def test_the_next_request_has_a_new_line(other):
    pid = _backend(other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert _until_unusable(other)
    other.health_check_enabled, other.health_check_done = True, False
    other.close_if_health_check_failed()
    assert _backend(other) != pid
