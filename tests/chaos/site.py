"""A whole running site of its own (`anlan up`), to be killed piece by piece, and a writer that keeps count."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from anlan.config import env, processes
from anlan.config.children import Record
from anlan.config.processes import Identity
from tests.database import template, this_run

CHILD_SECONDS = 60
FIRST_START_SECONDS = 240  # a bound for a busy machine, not a measure


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """How long it took; fails the test when it takes longer than allowed."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, f"{what}: not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - begun


def new_home() -> Path:
    """An empty home; if this run is itself killed, the next one ends the site in it as well."""
    run = this_run()
    run.mkdir(mode=0o711, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="site-", dir=run))
    home.chmod(0o711)
    return home


class Site:
    """`anlan up` with a home and a port of its own; the database writes through to the disk, as in real life.

    Unless it is given a home, it begins with the tests' migrated database, as a site that was stopped.
    """

    def __init__(self, home: Path | None = None, **variables: str) -> None:
        self.home = home or new_home()
        if home is None:
            subprocess.run(["cp", "-a", "--reflink=auto", f"{template()}/.", str(self.home)], check=True)
        self.variables = {name: value for name, value in os.environ.items() if not name.startswith("ANLAN_")}
        self.variables |= {"ANLAN_HOME": str(self.home), "ANLAN_PORT": str(free_port()), **variables}
        self.environment = env.read(self.variables)
        self.record = Record(self.home / "run")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.home / "terminal.txt").open("ab") as terminal:
            command = [sys.executable, "-m", "anlan.config.cli", "up", "--no-demo"]
            self.process = subprocess.Popen(command, env=self.variables, stdout=terminal, stderr=terminal)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`anlan` with these words, beside the running site."""
        command = [sys.executable, "-m", "anlan.config.cli", *words]
        return subprocess.run(command, env=self.variables, capture_output=True, text=True, check=False)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        assert self.run("stop").returncode == 0
        print(self.terminal())  # shown by pytest if a test failed
        shutil.rmtree(self.home, ignore_errors=True)

    def terminal(self) -> str:
        """What `anlan up` has said so far."""
        return (self.home / "terminal.txt").read_text("utf-8")

    # What can be killed

    def child(self, name: str) -> Identity:
        """A process of the site, once it is there: the worker comes after the web."""
        deadline = time.monotonic() + CHILD_SECONDS
        while (found := self.record.read().get(name)) is None:
            assert time.monotonic() < deadline, f"{name} is not there"
            time.sleep(0.05)
        return found

    def supervisor(self) -> Identity:
        return self.child("supervisor")

    def web_worker(self) -> Identity:
        """One of granian's processes that answer requests: a member of the web's group other than its leader."""
        leader = self.child("web").pid
        members = processes.members_of_group(leader)
        return next(
            one for one in members if one.pid != leader and "anlan.config.serve" in processes.command_line(one.pid)
        )

    def postmaster(self) -> Identity:
        pid = int((self.home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
        found = Identity.of(pid)
        assert found is not None
        return found

    def database_backend(self) -> Identity:
        with psycopg.connect(self.environment.app().conninfo()) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'anlan-web' LIMIT 1"
            row = connection.execute(query).fetchone()
        assert row is not None
        found = Identity.of(row[0])
        assert found is not None
        return found

    # What is seen from outside

    def health(self) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.environment.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return 0, {}
        finally:
            connection.close()

    def is_well(self) -> bool:
        return self.health()[0] == 200


def started(site: Site) -> Iterator[Site]:
    """The site, well, and stopped afterwards: what a fixture yields from."""
    site.start()
    try:
        wait_for(site.is_well, FIRST_START_SECONDS, "first start")
        yield site
    finally:
        site.stop()


class Writer:
    """Commits rows without pause and remembers those whose commit was acknowledged.

    :meth:`write` is the place to put a write through the HTTP API as well.
    """

    def __init__(self, site: Site) -> None:
        self.address = site.environment.app()
        self.acknowledged: dict[str, str] = {}
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._connection is not None:
            self._connection.close()

    def _run(self) -> None:
        while not self._stop.wait(0.002):
            try:
                self.write(str(uuid.uuid4()), str(time.monotonic()))
            except psycopg.Error:
                if self._connection is not None:
                    self._connection.close()
                self._connection = None
                self._stop.wait(0.05)

    def write(self, key: str, content: str) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(self.address.conninfo(connect_timeout="2"))
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, %s, now())",
                [key, content],
            )
        self.acknowledged[key] = content

    def stored(self) -> dict[str, str]:
        with psycopg.connect(self.address.conninfo()) as connection:
            rows = connection.execute("SELECT session_key, session_data FROM django_session")
            return {str(key): str(content) for key, content in rows}
