"""The application's role: what it may do, and what only the owner may."""

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection
from django.utils import timezone


def add_session(key: str) -> None:
    Session.objects.create(session_key=key, session_data="x", expire_date=timezone.now())


@pytest.mark.django_db
def test_tests_run_as_the_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT current_user, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
                      (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)
                 FROM pg_roles WHERE rolname = current_user"""
        )
        assert cursor.fetchone() == ("anlan_app", False, False, False, False, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_ledgerentry SET event = 'x'",
        "DELETE FROM ledger_ledgerentry",
        "TRUNCATE ledger_ledgerentry",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
        "CREATE TABLE public.mine (id int)",
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER ALL",
    ],
)
def test_the_application_may_not(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_ordinary_test_is_rolled_back_first() -> None:
    assert not Session.objects.exists()
    add_session("a")


@pytest.mark.django_db
def test_an_ordinary_test_is_rolled_back_second() -> None:
    assert not Session.objects.exists()
    add_session("a")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_a_transactional_test_commits_and_is_cleaned(
    time: int, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    assert not Session.objects.exists()
    add_session("b")
    assert owner_connection.execute("SELECT current_user, count(*) FROM django_session").fetchone() == (
        "anlan_owner",
        1,
    )
