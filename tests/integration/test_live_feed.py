"""The ledger read as it is committed: each entry once, also those whose number is lower than one read before."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.test import override_settings

from anlan.ledger import api as ledger
from anlan.lib import clock, ids
from anlan.live import addresses, feed, requests
from anlan.live.feed import Feed
from tests.factories.cast import Cast, build_cast

ENTRY = """
    INSERT INTO ledger_ledgerentry
           (entry_id, at, region_path, subject_type, subject_id, event, payload, leaf_hash, alg)
    VALUES (%s, now(), %s, 'hidden_danger', %s, 'hidden_danger.registered', '{}', '\\x00', 'sha256-v1')"""


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The cast, seen by other connections."""
    return build_cast()


@pytest.fixture
def writers(
    committed_cast: Cast, test_cluster, test_database: str
) -> Iterator[list[psycopg.Connection[tuple[object, ...]]]]:
    """Two connections whose transactions are open."""
    address = test_cluster.owner(test_database).conninfo()
    with psycopg.connect(address) as first, psycopg.connect(address) as second:
        yield [first, second]


def write(connection: psycopg.Connection, region_path: str) -> uuid.UUID:
    subject = ids.uuid7()
    connection.execute(ENTRY, [ids.uuid7(), region_path, subject])
    return subject


def read(reader: Feed) -> list[uuid.UUID]:
    return [one.subject_id for one in reader.read()]


def test_a_late_commit_is_not_missed(committed_cast: Cast, writers: list[psycopg.Connection]) -> None:
    slow, quick = writers
    path = committed_cast.regions["331082001"].path
    reader = Feed()
    reader.begin()
    assert reader.read() == []

    late = write(slow, path)  # it has the lower number
    soon = write(quick, committed_cast.regions["331081001"].path)
    assert reader.read() == []  # nothing is committed
    quick.commit()
    assert read(reader) == [soon]
    assert reader.read() == []
    slow.commit()
    assert read(reader) == [late]
    assert reader.read() == []


def test_what_was_under_way_at_the_beginning_comes_too(committed_cast: Cast, writers: list[psycopg.Connection]) -> None:
    slow, quick = writers
    path = committed_cast.regions["331082001"].path
    early = write(slow, path)
    write(quick, path)
    quick.commit()
    reader = Feed()
    reader.begin()
    assert reader.read() == []
    slow.commit()
    assert read(reader) == [early]


def test_a_number_that_never_comes_is_given_up(
    committed_cast: Cast, writers: list[psycopg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, quick = writers
    path = committed_cast.regions["331082001"].path
    reader = Feed()
    reader.begin()
    write(failing, path)
    write(quick, path)
    failing.rollback()
    quick.commit()
    assert len(reader.read()) == 1
    asked: list[int] = []
    monkeypatch.setattr(ledger, "committed", lambda actor, **how: asked.append(len(how["among"])) or [])
    reader.read()
    with clock.at(clock.now() + timedelta(seconds=feed.MISSING_SECONDS + 1)):
        reader.read()
        reader.read()
    assert asked[0] >= 1
    assert asked[-1] == 0


# The address of the stream


@pytest.mark.parametrize(
    ("origin", "host", "behind_proxy", "may"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8001", False, True),
        ("http://[::1]:8000", "[::1]:8001", False, True),
        ("http://127.0.0.1:8001", "127.0.0.1:8001", False, False),
        ("http://localhost:8000", "127.0.0.1:8001", False, False),
        ("null", "127.0.0.1:8001", False, False),
        ("https://anlan.example", "anlan.example", True, True),
        ("http://anlan.example", "anlan.example", True, False),
        ("https://evil.example", "anlan.example", True, False),
    ],
)
def test_only_the_sites_own_origin_may_read(origin: str, host: str, behind_proxy: bool, may: bool) -> None:
    with override_settings(BEHIND_PROXY=behind_proxy, SITE_PORT=8000, LIVE_PORT=8001):
        assert addresses.may_read(origin, host) is may


@pytest.mark.parametrize("host", ["", "[", "evil.example", "127.0.0.1.evil.example:8001", "http://127.0.0.1"])
def test_other_hosts_are_not_ours(host: str) -> None:
    with override_settings(ALLOWED_HOSTS=["127.0.0.1"]):
        assert not addresses.is_ours(host)
        assert addresses.is_ours("127.0.0.1:8001")


@pytest.mark.parametrize(
    "head", [b"", b"GET\r\n", b"GET / HTTP/1.1 x\r\n", b"GET / HTTP/1.1\r\nno colon\r\n", b"GET //[ H\r\n"]
)
def test_a_head_that_is_none_is_refused(head: bytes) -> None:
    with pytest.raises(requests.BadRequest):
        requests.Request.read(head)


@pytest.mark.parametrize(
    ("said", "since"),
    [("1764378000.123", 1764378000.123), ("", 0.0), ("nan", 0.0), ("-1", 0.0), (".", 0.0), ("9" * 30, 0.0)],
)
def test_since_is_a_time_or_nothing(said: str, since: float) -> None:
    assert requests.Request("GET", "/", {"since": said}).since == since
