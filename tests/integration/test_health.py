"""GET /healthz: each part says whether it works; together they make 200 or 503."""

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client

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
    assert response.json() == {"status": "ok", "web": "ok", "database": "ok", "worker": "ok"}
    assert "no-store" in response.headers["Cache-Control"]


def test_a_worker_that_was_silent_too_long_is_down(client: Client) -> None:
    heartbeat(60)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "web": "ok", "database": "ok", "worker": "down"}


def test_without_a_database_it_still_answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseError("connection refused") from psycopg.OperationalError()

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "web": "ok", "database": "down", "worker": "down"}
