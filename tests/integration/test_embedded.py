"""The embedded PostgreSQL: as root under a closed home, after kill -9, with a port taken by somebody else."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from anlan.config import embedded, env, processes
from anlan.config.embedded import FORGETFUL, Cluster, EmbeddedError


@pytest.fixture(scope="module")
def closed_home() -> Iterator[Path]:
    """A home of mode 700, as root's own is: the user `nobody` cannot pass through."""
    with tempfile.TemporaryDirectory(prefix="anlan-home-") as name:
        Path(name).chmod(0o700)
        yield Path(name)


def make(home: Path) -> Cluster:
    return Cluster(home / "postgres", superuser_password="opensesame", log=home / "postgres.log", settings=FORGETFUL)


@pytest.fixture(scope="module")
def cluster(closed_home: Path) -> Iterator[Cluster]:
    cluster = make(closed_home)
    cluster.start()
    yield cluster
    cluster.stop()


def address(cluster: Cluster, password: str = "opensesame") -> dict[str, Any]:
    where = {"host": str(cluster.socket_folder), "port": cluster.port, "user": env.SUPERUSER, "dbname": "postgres"}
    return {**where, "password": password}


def answers(cluster: Cluster) -> bool:
    with psycopg.connect(**address(cluster)) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def kill(cluster: Cluster) -> None:
    server = cluster.postmaster()
    assert server is not None
    server.send(signal.SIGKILL)
    assert processes.wait_until_gone([server], 5)


def test_it_answers_and_knows_chinese(cluster: Cluster) -> None:
    create = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    with psycopg.connect(**address(cluster)) as connection:
        row = connection.execute(f"{create}; SELECT show_trgm('消防')").set_result(1).fetchone()
    assert row is not None
    assert len(row[0]) == 3


def test_it_asks_for_the_password(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**address(cluster, password="guessed"))


def test_starting_it_again_changes_nothing(cluster: Cluster) -> None:
    before = cluster.postmaster()
    make(cluster.home.parent).start()
    assert cluster.postmaster() == before


def test_it_starts_over_the_locks_of_a_zombie_that_nobody_reaps(cluster: Cluster) -> None:
    """As in a container whose first process does not reap: the killed server's pid stays taken."""
    cluster.stop()
    code = "import sys, time; sys.path[:0] = sys.argv[2:]; from tests.integration import test_embedded as t;"
    code += "from pathlib import Path; t.make(Path(sys.argv[1])).start(); print(flush=True); time.sleep(600)"
    command = [sys.executable, "-c", code, str(cluster.home.parent), str(Path(__file__).parents[2])]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as careless:
        assert careless.stdout is not None
        careless.stdout.readline()
        server = cluster.postmaster()
        assert server is not None
        kill(cluster)
        os.kill(server.pid, 0)  # still there
        cluster.start()
        os.kill(server.pid, 0)
        assert answers(cluster)
        careless.kill()


def test_it_starts_over_the_lock_of_a_pid_that_now_belongs_to_another_program(cluster: Cluster) -> None:
    kill(cluster)
    lock = cluster.data / "postmaster.pid"
    lock.write_text("\n".join(["1", *lock.read_text().splitlines()[1:]]) + "\n")
    assert cluster.postmaster() is None
    cluster.start()
    assert answers(cluster)


def test_several_starts_at_once_start_one_server(cluster: Cluster) -> None:
    kill(cluster)
    starters = [threading.Thread(target=make(cluster.home.parent).start) for _ in range(3)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert answers(cluster)


def test_it_moves_to_another_port_if_its_own_is_taken(cluster: Cluster) -> None:
    port = cluster.port
    cluster.stop()
    with socket.create_server(("127.0.0.1", port)):  # also where the server's last connections have just ended
        cluster.start()
    assert cluster.port != port
    assert answers(cluster)


def test_half_a_cluster_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    """initdb writes PG_VERSION early; it was killed after that."""
    cluster = make(tmp_path)
    unfinished = cluster.home / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18")
    assert not cluster.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
@pytest.mark.parametrize(
    ("missing", "expected"),
    [([], "nobody"), (["_as_nobody"], "user namespace"), (["_as_nobody", "_in_user_namespace"], "system folder")],
)
def test_as_root_there_are_three_ways(
    missing: list[str], expected: str, monkeypatch: pytest.MonkeyPatch, closed_home: Path
) -> None:
    with tempfile.TemporaryDirectory(prefix="anlan-open-") as name, tempfile.TemporaryDirectory() as system:
        Path(name).chmod(0o755)
        Path(system).chmod(0o755)
        monkeypatch.setattr(embedded, "SYSTEM_FOLDER", Path(system))
        for way in missing:
            monkeypatch.setattr(Cluster, way, _impossible)
        cluster = make(Path(name) if expected == "nobody" else closed_home / expected.replace(" ", "-"))
        try:
            cluster.start()
        except EmbeddedError:
            pytest.skip("not possible in this sandbox")
        try:
            if cluster.runner.name != expected:
                pytest.skip(f"not possible in this sandbox: {cluster.runner.name} instead")
            assert answers(cluster)
        finally:
            cluster.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_if_no_way_is_left_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for way in ("_as_nobody", "_in_user_namespace", "_in_system_folder"):
        monkeypatch.setattr(Cluster, way, _impossible)
    with pytest.raises(EmbeddedError, match="请改用普通用户"):
        make(tmp_path).start()


def _impossible(_: Cluster, programs: Path) -> None:
    return None
