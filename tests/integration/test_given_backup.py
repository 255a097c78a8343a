"""Backup and restore with DATABASE_URL: a dump of the given database, and only into an empty one."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anlan.config import env
from anlan.config.backup.archive import BackupError
from anlan.config.backup.restoring import Wanted, restore
from anlan.config.backup.taking import back_up
from tests.database import TestCluster

OLD, NEW = "backup_old", "backup_new"
HASH = "ab" * 32
ADD = """INSERT INTO ledger_ledgerentry (entry_id, at, region_path, subject_type, subject_id, event, payload, leaf_hash, alg)
         VALUES (gen_random_uuid(), now(), '/', 'note', gen_random_uuid(), 'note.kept', '{}', '\\x00', 'sha256-v1')"""


@pytest.fixture
def databases(test_cluster: TestCluster) -> Iterator[None]:
    with psycopg.connect(test_cluster.administrator("postgres").conninfo(), autocommit=True) as connection:
        test_cluster.clone(OLD)
        connection.execute(f"CREATE DATABASE {NEW} OWNER {env.OWNER} TEMPLATE template0 ENCODING 'UTF8'")
        yield
        for name in (OLD, NEW):
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def environment(cluster: TestCluster, name: str, home: Path) -> env.Environment:
    addresses = {"DATABASE_URL": cluster.owner(name), "ANLAN_APP_DATABASE_URL": cluster.app(name)}
    return env.read(
        {"ANLAN_HOME": str(home)} | {variable: address.conninfo() for variable, address in addresses.items()}
    )


def test_a_given_database_is_dumped_and_goes_into_an_empty_one(
    databases: None, test_cluster: TestCluster, tmp_path: Path
) -> None:
    old = environment(test_cluster, OLD, tmp_path / "old")
    secret = old.secret("secret_key")
    (old.home / "files" / "ab").mkdir(parents=True)
    (old.home / "files" / "ab" / "note").write_text("照片")
    with psycopg.connect(test_cluster.owner(OLD).conninfo()) as connection:
        connection.execute(ADD)
    file = back_up(old, tmp_path)
    assert file.parent == tmp_path

    with pytest.raises(BackupError, match="已经有表"):
        restore(environment(test_cluster, OLD, tmp_path / "elsewhere"), file, Wanted())
    new = environment(test_cluster, NEW, tmp_path / "new")
    found = restore(new, file, Wanted())
    assert (found.entries, found.missing) == (1, [])
    assert new.secret("secret_key") == secret
    assert (new.home / "files" / "ab" / "note").read_text() == "照片"
    assert not (new.home / "database.dump").exists()
    with pytest.raises(BackupError, match="现在设置的是内嵌数据库"):
        restore(env.read({"ANLAN_HOME": str(tmp_path / "own")}), file, Wanted())
