"""DATABASE_URL: on a PostgreSQL that is not ours, the owner makes the application's role, or says who must."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anlan.config import env, roles
from anlan.config.env import ConfigurationError, Environment
from tests.database import TestCluster

DATABASE = "county"


@pytest.fixture
def server(test_cluster: TestCluster) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The superuser's connection to the tests' cluster, which plays the given server; cleared up afterwards."""
    with psycopg.connect(test_cluster.administrator("postgres").conninfo(), autocommit=True) as connection:
        yield connection
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        for role in (f"{DATABASE}_app", "boss"):
            connection.execute(f"DROP ROLE IF EXISTS {role}")


@pytest.fixture
def environment(
    server: psycopg.Connection[tuple[object, ...]], test_cluster: TestCluster, tmp_path: Path
) -> Environment:
    server.execute("CREATE ROLE boss LOGIN CREATEROLE PASSWORD 'pw'")
    server.execute(f"CREATE DATABASE {DATABASE} OWNER boss TEMPLATE template0")
    there = test_cluster.administrator(DATABASE)
    address = env.Address(dbname=DATABASE, user="boss", password="pw", host=there.host, port=there.port)
    return env.read({"ANLAN_HOME": str(tmp_path), "DATABASE_URL": address.conninfo()})


def connect(address: env.Address) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(address.conninfo())


def test_the_owner_makes_a_role_that_owns_nothing(environment: Environment) -> None:
    roles.prepare(environment)
    with connect(environment.owner()) as owner:
        owner.execute("CREATE TABLE note (id int); CREATE TABLE journal (id int)")
        owner.execute("CREATE TABLE django_migrations (id int)")
        owner.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1")
    roles.grant(environment.owner(), environment.app().user, append_only=["journal"])
    with connect(environment.app()) as app:
        app.execute("INSERT INTO note VALUES (1); UPDATE note SET id = 2; DELETE FROM note; SELECT one()")
        app.execute("INSERT INTO journal VALUES (1)")
        app.commit()
        for statement in ("UPDATE journal SET id = 2", "DELETE FROM journal", "DELETE FROM django_migrations"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
            app.rollback()


def test_a_table_that_becomes_append_only_loses_the_rights_it_had(environment: Environment) -> None:
    roles.prepare(environment)
    with connect(environment.owner()) as owner:
        owner.execute("CREATE TABLE journal (id int, at date) PARTITION BY RANGE (at)")
        owner.execute("CREATE TABLE journal_2026 PARTITION OF journal FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")
    roles.grant(environment.owner(), environment.app().user, append_only=[])
    roles.grant(environment.owner(), environment.app().user, append_only=["journal"])
    for table in ("journal", "journal_2026"):
        with connect(environment.app()) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(f"DELETE FROM {table}")


def test_preparing_again_changes_nothing(environment: Environment) -> None:
    roles.prepare(environment)
    roles.prepare(environment)
    connect(environment.app()).close()


def test_an_owner_who_may_not_create_roles_says_what_the_administrator_has_to_do(
    environment: Environment, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    server.execute("ALTER ROLE boss NOCREATEROLE")
    with pytest.raises(ConfigurationError, match="CREATE ROLE county_app"):
        roles.prepare(environment)


def test_a_superuser_is_refused_as_the_application(environment: Environment, test_cluster: TestCluster) -> None:
    given = {"ANLAN_HOME": str(environment.home), "DATABASE_URL": environment.database_url}
    powerful = test_cluster.administrator(DATABASE).conninfo()
    with pytest.raises(ConfigurationError, match="行级隔离对它无效"):
        roles.prepare(env.read({**given, "ANLAN_APP_DATABASE_URL": powerful}))


def test_a_database_that_does_not_know_chinese_is_refused(
    environment: Environment, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    server.execute(f"DROP DATABASE {DATABASE}")
    server.execute(f"CREATE DATABASE {DATABASE} OWNER boss TEMPLATE template0 LOCALE 'C'")
    roles.prepare(environment)
    with pytest.raises(ConfigurationError, match="中文检索将查不到结果"):
        roles.require_chinese_trigrams(environment.app())


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    nowhere = env.read({"ANLAN_HOME": str(tmp_path), "DATABASE_URL": "postgresql://boss:hush@127.0.0.1:1/county"})
    with pytest.raises(ConfigurationError, match=r"连接数据库 boss@127\.0\.0\.1/county 失败") as refused:
        roles.prepare(nowhere)
    assert "hush" not in str(refused.value)
