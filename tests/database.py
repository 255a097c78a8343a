"""A PostgreSQL of the tests' own: never `make run`'s, thrown away afterwards, fast because it may forget.

One cluster serves a whole run, however many pytest-xdist workers it has. Its database ``anlan`` is migrated once
by the owner and never touched again; every worker clones it and connects to the clone as the application's role.
A migrated cluster is kept in the temporary folder under the digest of the migrations, so that the next run only
copies it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from anlan.config import control, database, env, processes
from anlan.config.embedded import Cluster
from anlan.config.secrets import exclusive

ROOT = Path(__file__).parents[1]
BASE = Path(tempfile.gettempdir()) / f"anlan-tests-{os.geteuid()}"
KEPT_TEMPLATES = 12  # several branches are worked on at once, and migrating costs more than the space
# What the content of a freshly migrated database depends on.
INGREDIENTS = (
    "requirements.txt",
    "src/anlan/*/migrations/*.py",
    "src/anlan/*/models.py",
    "src/anlan/*/models/*.py",
    "src/anlan/config/[emrs]*.py",  # embedded, env, migrate, roles, settings
    "src/anlan/**/*.toml",
    "data/reference/**/*",
)


def this_run() -> Path:
    """The folder of this pytest run; its name says which process answers for it, so that orphans are recognised."""
    name = os.environ.get("ANLAN_TEST_RUN")
    if name is None:
        own = processes.Identity.of(os.getpid())
        assert own is not None
        name = os.environ["ANLAN_TEST_RUN"] = f"{own.pid}-{own.started}"  # inherited by the xdist workers
    return BASE / name


def digest() -> str:
    """A name for the migrated database that the present files make."""
    collected = hashlib.sha256(os.environ.get("DJANGO_SETTINGS_MODULE", "").encode())
    for path in sorted({path for pattern in INGREDIENTS for path in ROOT.glob(pattern) if path.is_file()}):
        collected.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return collected.hexdigest()[:16]


class TestCluster:
    """The cluster of one run."""

    __test__ = False

    def __init__(self, run: Path) -> None:
        self.run = run
        self.home = run / "cluster"

    @cached_property
    def environment(self) -> env.Environment:
        return env.read({"ANLAN_HOME": str(self.home)})

    @cached_property
    def cluster(self) -> Cluster:
        return database.cluster(self.environment, forgetful=True)

    def start(self) -> None:
        """Start it, once a run: the first xdist worker does, the others wait."""
        self.run.mkdir(mode=0o711, parents=True, exist_ok=True)
        with exclusive(self.run / "start.lock"):
            if not self.home.exists():
                end_orphans()
                _copy(template(), self.home)
            self.cluster.start()

    def stop(self) -> None:
        """Stop it and leave nothing behind."""
        if self.home.exists():
            self.cluster.stop()
        for home in self.run.glob("site-*"):  # whole sites, see tests/chaos
            control.stop(env.read({"ANLAN_HOME": str(home)}))
        shutil.rmtree(self.run, ignore_errors=True)

    def clone(self, name: str) -> None:
        """A fresh copy of the migrated database, in place of an older one of that name."""
        target = sql.Identifier(name)
        with psycopg.connect(self.administrator("postgres").conninfo(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
            statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
            parts = (sql.Identifier(part) for part in (env.OWNER, env.DATABASE_NAME))
            connection.execute(statement.format(target, *parts))

    def administrator(self, name: str) -> env.Address:
        return self.environment.administrator().renamed(name)

    def owner(self, name: str) -> env.Address:
        return self.environment.owner().renamed(name)

    def app(self, name: str) -> env.Address:
        return self.environment.app().renamed(name)


def template() -> Path:
    """The home of a migrated, stopped cluster; made if there is none for the present migrations."""
    BASE.mkdir(mode=0o711, parents=True, exist_ok=True)
    place = BASE / f"template-{digest()}"
    with exclusive(BASE / f"{place.name}.lock"):
        if not place.exists():
            unfinished = BASE / f"{place.name.removeprefix('template-')}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            _migrate(unfinished)
            unfinished.rename(place)
            _forget_old_templates()
        os.utime(place)
    return place


def _migrate(home: Path) -> None:
    cluster = database.cluster(env.read({"ANLAN_HOME": str(home)}), forgetful=True)
    cluster.start()
    try:
        variables = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
        command = [sys.executable, "-m", "anlan.config.cli", "migrate", "--verbosity", "0"]
        result = subprocess.run(
            command, env={**variables, "ANLAN_HOME": str(home)}, capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise RuntimeError(f"测试数据库迁移失败:\n{result.stdout}\n{result.stderr}")
    finally:
        cluster.stop()


def _copy(source: Path, target: Path) -> None:
    """Owners and modes included: as root, the data belong to the user PostgreSQL runs as."""
    unfinished = target.with_name(target.name + ".unfinished")
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(unfinished)], check=True)
    unfinished.rename(target)


def _forget_old_templates() -> None:
    kept = sorted(BASE.glob("template-*/"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[KEPT_TEMPLATES:]:
        shutil.rmtree(old, ignore_errors=True)


def end_orphans() -> None:
    """End the clusters of runs that were killed and could not tidy up."""
    for run in _other_runs():
        pid, _, started = run.name.partition("-")
        if pid.isdigit() and not processes.Identity(int(pid), int(started)).alive():
            TestCluster(run).stop()


def _other_runs() -> Iterator[Path]:
    for path in BASE.iterdir():
        if path.is_dir() and path != this_run() and path.name[0].isdigit():
            yield path


@contextmanager
def working_on(name: str, blocker: Any) -> Iterator[None]:
    """Django in this process works on the database of that name."""
    from django.db import connection

    own = dict(connection.settings_dict)
    with blocker.unblock():
        connection.close()
        connection.settings_dict.update(NAME=name)
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(own)
