"""Every table of ours stands behind the wall and is read through a scope, or says why not; the application's role
can neither take the wall down nor change what may only be added to."""

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from anlan.authz.scope import ScopeColumns, ScopedQuerySet

NOT_BEHIND_THE_WALL = {
    # DESIGN §4 names these; nobody may add to the list without a reason
    "authz.Region": "public facts",
    "authz.Organisation": "the tree the wall itself is made from; narrowed by organisations.selectors",
    "authz.User": "accounts: a person may act in several counties",
    "authz.Grant": "accounts: what the actor is made from",
    "authz.StandIn": "accounts: what the actor is made from",
    "accounts.ApiToken": "accounts: looked up by its digest before anybody acts",
    "calendar.CalendarDay": "public facts",
    "register.Industry": "public facts",
    "inspections.Checklist": "forms, no facts of anybody; a county's own are narrowed by inspections.selectors",
    "inspections.ChecklistVersion": "the same",
    "inspections.ChecklistItem": "the same",
    "proofs.UnsealedEntry": "hashes, no facts of anybody",
    "proofs.SealedEntry": "the same",
    "proofs.TreeHead": "published: size, root, time, signature",
    "jobs.Job": "seen by the person who started it only (jobs.selectors.jobs_of)",
}
READ_THROUGH_ITS_SUBJECT = {
    # behind the wall, but with no scope of its own
    "authz.Participation": "the second half of every scope",
    "http.IdempotencyRecord": "looked up by the caller's own grant and key",
    "processes.Event": "history of a subject that was read through its scope",
    "processes.Deadline": "deadline of a subject that was read through its scope",
    "processes.DeadlineEffect": "rung of such a deadline",
    "hidden_dangers.RectificationPlan": "belongs to one matter, read through it",
    "hidden_dangers.Suspension": "belongs to one matter, read through it",
    "hidden_dangers.Extension": "belongs to one matter, read through it",
    "hidden_dangers.RuleFinding": "belongs to one matter, read through it",
    "hidden_dangers.LookBack": "belongs to one matter, read through it",
    "hidden_dangers.ImportedMatter": "belongs to one matter, read through it",
    "supervision.ListingControl": "belongs to one listing, read through it",
    "supervision.ListingProgress": "belongs to one listing, read through it",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("anlan.")]


def label(model: type[models.Model]) -> str:
    return model._meta.label


def is_scoped(model: Any) -> bool:
    """Declares what the scope constrains, by columns that exist, and has a manager that can apply it."""
    columns = getattr(model, "scope_columns", None)
    if not isinstance(columns, ScopeColumns) or not getattr(model, "view_permission", None):
        return False
    named = [columns.region, columns.sector, columns.organisation, columns.matter, columns.concealed]
    known = {field.attname for field in model._meta.concrete_fields} | {"id"}
    return set(filter(None, named)) <= known and isinstance(model._default_manager.all(), ScopedQuerySet)


def walls() -> dict[str, tuple[bool, bool, str, list[tuple[str, str, str, str]]]]:
    """For each table: enabled, forced, owner, and its policies (name, command, using, check)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner),
                      COALESCE(array_agg(ARRAY[p.policyname::text, p.cmd, p.qual, p.with_check])
                               FILTER (WHERE p.policyname IS NOT NULL), '{}')
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 LEFT JOIN pg_policies p ON p.schemaname = n.nspname AND p.tablename = c.relname
                WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                GROUP BY 1, 2, 3, 4"""
        )
        return {row[0]: (row[1], row[2], row[3], [tuple(policy) for policy in row[4]]) for row in cursor.fetchall()}


def wall_is_whole(found: tuple[bool, bool, str, list[tuple[str, str, str, str]]]) -> bool:
    """One policy for every command, reading and writing bounded by the same range, with the settings bare."""
    enabled, forced, _, policies = found
    if not enabled or forced or len(policies) != 1:
        return False
    name, command, using, check = policies[0]
    bounds = using.count("current_setting('anlan.lo'::text, true)") + using.count(
        "current_setting('anlan.hi'::text, true)"
    )
    return (name, command, bounds) == ("wall", "ALL", 2) and using == check and "SELECT" not in using.upper()


@pytest.mark.parametrize("model", our_models(), ids=label)
@pytest.mark.django_db
def test_behind_the_wall_or_excused(model):
    found = walls()[model._meta.db_table]
    if label(model) in NOT_BEHIND_THE_WALL:
        assert found[0] is False, "it stands behind the wall: take it off the list"
    else:
        assert wall_is_whole(found), found
    assert found[2] == "anlan_owner"


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_scoped_or_excused(model):
    excused = label(model) in {**NOT_BEHIND_THE_WALL, **READ_THROUGH_ITS_SUBJECT}
    assert is_scoped(model) != excused


def test_every_excuse_is_of_a_model():
    known = {label(model) for model in our_models()}
    assert {*NOT_BEHIND_THE_WALL, *READ_THROUGH_ITS_SUBJECT} - known == set()
    assert set(NOT_BEHIND_THE_WALL) & set(READ_THROUGH_ITS_SUBJECT) == set()
    assert all(NOT_BEHIND_THE_WALL.values())
    assert all(READ_THROUGH_ITS_SUBJECT.values())


@pytest.mark.django_db
def test_every_table_of_ours_has_a_model():
    """A table made by hand in a migration would be overlooked by everything above."""
    ours = {model._meta.db_table for model in our_models()}
    through = {field.m2m_db_table() for model in our_models() for field in model._meta.many_to_many}
    prefixes = tuple(f"{config.label}_" for config in apps.get_app_configs() if config.name.startswith("anlan."))
    tables = {name for name in walls() if name.startswith(prefixes)}
    assert tables - ours - through == set()


def test_the_checks_can_fail(db):
    bare = [("wall", "ALL", "(region_path >= current_setting('anlan.lo'::text, true))", None)]
    assert not wall_is_whole((False, False, "anlan_owner", []))
    assert not wall_is_whole((True, True, "anlan_owner", walls()["hidden_dangers_hiddendanger"][3]))
    assert not wall_is_whole((True, False, "anlan_owner", bare))
    assert not wall_is_whole(walls()["authz_region"])
    assert not is_scoped(apps.get_model("authz.User"))

    class Nothing:
        scope_columns = ScopeColumns(region="no_such_column")
        view_permission = "x"
        _meta = apps.get_model("authz.Region")._meta
        _default_manager = apps.get_model("notify.Message")._default_manager

    assert not is_scoped(Nothing)


@pytest.mark.django_db
def test_the_role_has_no_power_beyond_its_tables():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
                      (SELECT count(*) FROM pg_class WHERE relowner = r.oid),
                      (SELECT count(*) FROM pg_proc WHERE proowner = r.oid),
                      (SELECT count(*) FROM pg_namespace WHERE nspowner = r.oid),
                      (SELECT count(*) FROM pg_database WHERE datdba = r.oid),
                      (SELECT count(*) FROM pg_auth_members WHERE member = r.oid)
                 FROM pg_roles r WHERE rolname = current_user"""
        )
        assert cursor.fetchone() == (False, False, False, False, False, 0, 0, 0, 0, 0)


def behind_the_wall() -> list[str]:
    return [model._meta.db_table for model in our_models() if label(model) not in NOT_BEHIND_THE_WALL]


def append_only() -> dict[str, str]:
    """Each such table with its key."""
    models = [model for model in our_models() if getattr(model, "append_only", False)]
    return {model._meta.db_table: model._meta.pk.column for model in models}


def test_the_ledger_is_append_only():
    assert {"ledger_ledgerentry", "proofs_sealedentry", "proofs_treehead"} <= set(append_only())


def refused(statement: str) -> str:
    """How the database says no; empty when it does not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        is_refusal = isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
        return str(error) if is_refusal else ""
    return ""


@pytest.mark.django_db
def test_what_is_append_only_cannot_be_changed():
    for table, key in append_only().items():
        for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            assert "permission denied" in refused(statement), statement


@pytest.mark.django_db
def test_nothing_can_be_emptied_at_once():
    for model in our_models():
        assert refused(f"TRUNCATE {model._meta.db_table}"), model


@pytest.mark.django_db
def test_the_wall_cannot_be_taken_down():
    for table in behind_the_wall():
        for statement in (
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            f"DROP POLICY wall ON {table}",
            f"ALTER POLICY wall ON {table} USING (true)",
            f"CREATE POLICY door ON {table} USING (true)",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"ALTER TABLE {table} OWNER TO anlan_app",
        ):
            assert "must be owner" in refused(statement), statement


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE anlan_owner",
        "SET SESSION AUTHORIZATION anlan_owner",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "ALTER ROLE anlan_app BYPASSRLS",
        "GRANT anlan_owner TO anlan_app",
        "SET session_replication_role = replica",
        "COPY ledger_ledgerentry TO PROGRAM 'true'",
    ],
)
def test_the_role_cannot_become_another(statement):
    assert refused(statement)


@pytest.mark.django_db
def test_the_refusals_can_fail():
    assert refused("SELECT 1") == ""
