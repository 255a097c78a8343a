"""An upgrade keeps every row: a database with the whole world in it goes back to where each slice stood before its last
migration, and forward again with the real command."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from anlan.config import env
from tests.database import ROOT, TestCluster, working_on
from tests.factories.world import build_world

DATABASE = "upgrade"
MOVED = frozenset({"django_migrations", "django_content_type", "auth_permission"})
"""Django's own bookkeeping of what there is."""

BACK = """
import json, django
django.setup()
from django.apps import apps
from django.db import connection
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor

gone = {}
for config in apps.get_app_configs():
    if not config.name.startswith("anlan."):
        continue
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes(config.label)
    if not leaves:
        continue
    parents = [node for node in executor.loader.graph.node_map[leaves[0]].parents if node.key[0] == config.label]
    if not parents:
        continue
    try:
        executor.migrate([parents[0].key])
        gone[config.label] = leaves[0][1]
    except IrreversibleError:
        pass
print(json.dumps(gone))
"""


@pytest.fixture
def settled(test_cluster: TestCluster, django_db_setup: None, django_db_blocker: Any) -> Iterator[env.Address]:
    """The owner's address of a database with matters at every stage, files, grids, licences, imports and jobs."""
    test_cluster.clone(DATABASE)
    with working_on(DATABASE, django_db_blocker):
        build_world()
    yield test_cluster.owner(DATABASE)
    with psycopg.connect(test_cluster.administrator("postgres").conninfo(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def as_owner(cluster: TestCluster, *words: str) -> str:
    variables = {
        **os.environ,
        "ANLAN_HOME": str(cluster.run / "home-upgrade"),
        "DATABASE_URL": cluster.owner(DATABASE).conninfo(),
        "ANLAN_APP_DATABASE_URL": cluster.app(DATABASE).conninfo(),
        "ANLAN_DB_ROLE": "owner",
    }
    command = [sys.executable, *words]
    result = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def rows_of(address: env.Address) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as the database writes it."""
    with psycopg.connect(address.conninfo()) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        found = {}
        for (table,) in tables:
            query = sql.SQL("SELECT to_jsonb(t) FROM {} t").format(sql.Identifier(table))
            found[table] = [row for (row,) in connection.execute(query)]
    return found


def narrowed(row: dict[str, Any], columns: set[str]) -> str:
    return json.dumps({name: row[name] for name in sorted(columns)}, ensure_ascii=False)


def test_an_upgrade_keeps_every_row(settled: env.Address, test_cluster: TestCluster) -> None:
    stepped_back = json.loads(as_owner(test_cluster, "-c", BACK).splitlines()[-1])
    assert {"hidden_dangers", "register", "ledger"} & stepped_back.keys()
    before = rows_of(settled)
    assert sum(map(len, before.values())) > 1000

    as_owner(test_cluster, "-m", "anlan.config.cli", "migrate", "--verbosity", "0")

    after = rows_of(settled)
    assert not before.keys() - after.keys()
    for table, rows in before.items():
        if not rows or table in MOVED:
            continue
        columns = rows[0].keys() & (after[table][0].keys() if after[table] else set())
        kept = {narrowed(row, columns) for row in after[table]}
        lost = [row for row in rows if narrowed(row, columns) not in kept]
        assert not lost, (table, len(lost), lost[0])
        assert len(after[table]) >= len(rows), table
    with psycopg.connect(settled.conninfo()) as connection:
        applied = {(str(app), str(name)) for app, name in connection.execute("SELECT app, name FROM django_migrations")}
    assert set(stepped_back.items()) <= applied
