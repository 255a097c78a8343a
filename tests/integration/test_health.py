"""GET /healthz: each part says whether it works; together they make 200 or 503."""

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client

from anlan.proofs import anchor

pytestmark = pytest.mark.django_db


def heartbeat(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_all_is_well_while_the_worker_shows_itself(client: Client) -> None:
    heartbeat(5)
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "web": "ok", "database": "ok", "worker": "ok", "ledger": "ok"}
    assert "no-store" in response.headers["Cache-Control"]


def test_a_worker_that_was_silent_too_long_is_down(client: Client) -> None:
    heartbeat(60)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "down",
        "web": "ok",
        "database": "ok",
        "worker": "down",
        "ledger": "ok",
    }


def test_without_a_database_it_still_answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseError("connection refused") from psycopg.OperationalError()

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "web": "ok", "database": "down", "worker": "down"}


def test_a_ledger_that_is_not_the_one_signed_here_is_told(client: Client) -> None:
    """Its tail has gone, and nothing left in the database says so."""
    heartbeat(5)
    anchor.keep(7, b"x" * 32)
    response = client.get("/healthz")
    assert (response.status_code, response.json()["status"], response.json()["ledger"]) == (200, "degraded", "down")
    assert "本机已签名到第 7 条，数据库里只到第 0 条" in response.json()["ledger_trouble"]
    assert "本机已签名到第 7 条" in client.get("/ledger/").content.decode()
