"""A WSGI application that does no more than send the same statements: what the site's requests are compared with.

Its worker takes each sample down once with the real site's code and answers the requests that name it from then on,
with a connection for each thread as the site has it.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import django
import psycopg

django.setup()

from django.test import Client  # noqa: E402

from tests.bench.statements import Recording, recording  # noqa: E402

HEADER = "HTTP_X_SAMPLE"
StartResponse = Callable[[str, list[tuple[str, str]]], Any]

_local = threading.local()


def _take(sample: dict[str, Any]) -> tuple[Recording, UUID | None]:
    """The statements of the request, and whom it was about: an act can be done once, so each worker finds its own."""
    for path, subject in sample["tries"]:
        if sample["method"] == "GET":
            for _ in range(2):  # caches are filled once a process
                _ask(sample, path)
        with recording() as found:
            answer = _ask(sample, path)
        if answer.status_code < 300:
            found.body = answer.content
            return found, UUID(subject) if subject else None
    raise AssertionError(f"{path}: {answer.content.decode()[:400]}")


def _ask(sample: dict[str, Any], path: str) -> Any:
    client = Client(SERVER_NAME="127.0.0.1")
    if sample["method"] == "GET":
        return client.get(path, headers=sample["headers"])
    return client.post(path, sample["body"], content_type="application/json", headers=sample["headers"])


SAMPLES: dict[str, Any] = json.loads(os.environ["ANLAN_BENCH_SAMPLES"])
TAKEN = {name: _take(sample) for name, sample in SAMPLES.items()}


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    taken, then = TAKEN[environ[HEADER]]
    now = environ.get("HTTP_X_SUBJECT")
    environ["wsgi.input"].read()
    taken.run(_connection(), (then, UUID(now)) if then and now else None)
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(taken.body)))])
    return [taken.body]


def _connection() -> "psycopg.Connection[Any]":
    if not hasattr(_local, "connection"):
        from django.db import connection

        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context"):
            parameters.pop(name, None)
        _local.connection = psycopg.connect(**parameters, autocommit=True)
    found: psycopg.Connection[Any] = _local.connection
    return found
