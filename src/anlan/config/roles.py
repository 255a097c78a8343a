"""Two roles: an owner that migrates, and the application's role that owns nothing.

Row-level security does not bind the owner of a table, so the web and the worker must not be the owner. What the
application may do is granted here, after every migration, from the models: a table declared ``append_only`` can
be read and added to, never changed. Everything here may be done again and again.
"""

from collections.abc import Iterable
from typing import LiteralString, cast

import psycopg
from psycopg import errors, sql

from anlan.config.env import DATABASE_NAME, OWNER, SUPERUSER, Address, ConfigurationError, Environment

READ_ONLY_TABLES = frozenset({"django_migrations"})
CHANGE = "SELECT, INSERT, UPDATE, DELETE"
ADD = "SELECT, INSERT"
READ = "SELECT"


def prepare(environment: Environment) -> None:
    """Make the roles and, in our own cluster, the database; look at what was given otherwise."""
    if environment.embedded:
        maintenance = environment.administrator().renamed(SUPERUSER)
        with _connect(maintenance, autocommit=True) as connection:
            _make_role(connection, environment.owner(), "CREATEDB")
            _make_role(connection, environment.app())
            _make_database(connection, DATABASE_NAME, owner=OWNER)
    elif not environment.app_database_url:
        _make_application_role(environment)
    _require_harmless(environment.app())
    with _connect(environment.owner(), autocommit=True) as connection:
        _add_trigrams(connection)


def grant(owner: Address, application: str, *, append_only: Iterable[str]) -> None:
    """Give the application exactly what it needs, in one transaction: at no moment is a ledger open to change."""
    limited = dict.fromkeys(append_only, ADD) | dict.fromkeys(READ_ONLY_TABLES, READ)
    role = sql.Identifier(application)
    with _connect(owner) as connection:
        connection.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        for table, root in _tables(connection):
            rights = limited.get(root, CHANGE)
            connection.execute(_only(rights, table, role))
        connection.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
        for routine in _routines(connection):
            connection.execute(sql.SQL("GRANT EXECUTE ON ROUTINE {} TO {}").format(sql.SQL(routine), role))


def require_chinese_trigrams(address: Address) -> None:
    """A database whose character classification does not know Chinese finds nothing in Chinese: do not start on it."""
    with _connect(address) as connection:
        try:
            found = connection.execute("SELECT show_trgm('消防')").fetchone()
        except errors.UndefinedFunction:
            return  # no pg_trgm there: search then does without trigrams
    if not found or not found[0]:
        raise ConfigurationError(
            f"数据库 {address.dbname} 的字符分类不识别中文(show_trgm('消防') 为空),中文检索将查不到结果。"
            "请以 LC_CTYPE=C.UTF-8(或 zh_CN.UTF-8)重建数据库。"
        )


def _connect(address: Address, *, autocommit: bool = False) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(address.conninfo(connect_timeout="10"), autocommit=autocommit)
    except psycopg.OperationalError as error:
        place = f"{address.user}@{address.host or '本机'}/{address.dbname}"
        raise ConfigurationError(f"连接数据库 {place} 失败:{str(error).strip()}") from error


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: str, name: str) -> bool:
    return connection.execute(query.encode(), [name]).fetchone() is not None


def _make_role(connection: psycopg.Connection[tuple[object, ...]], address: Address, *rights: LiteralString) -> None:
    verb = "ALTER" if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", address.user) else "CREATE"
    # Hashed here: the password itself never travels and cannot land in the server's log.
    hashed = connection.pgconn.encrypt_password(
        address.password.encode(), address.user.encode(), b"scram-sha-256"
    ).decode()
    statement = sql.SQL("{verb} ROLE {name} LOGIN {rights} PASSWORD {password}").format(
        verb=sql.SQL(verb),
        name=sql.Identifier(address.user),
        rights=sql.SQL(" ").join(map(sql.SQL, rights)),
        password=sql.Literal(hashed),
    )
    connection.execute(statement)


def _make_database(connection: psycopg.Connection[tuple[object, ...]], name: str, *, owner: str) -> None:
    if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))


def _make_application_role(environment: Environment) -> None:
    """On a given PostgreSQL: create the application's role if the owner may; else say what to do."""
    wanted = environment.app()
    try:
        psycopg.connect(wanted.conninfo(connect_timeout="10")).close()
    except psycopg.OperationalError:
        pass  # not there yet, or with another password
    else:
        return
    with _connect(environment.administrator(), autocommit=True) as connection:
        try:
            _make_role(connection, wanted)
            allow = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
            connection.execute(allow.format(sql.Identifier(wanted.dbname), sql.Identifier(wanted.user)))
        except errors.InsufficientPrivilege as error:
            raise ConfigurationError(
                f"属主 {environment.owner().user} 无权建立应用角色 {wanted.user}。请管理员执行:"
                f"CREATE ROLE {wanted.user} LOGIN PASSWORD '…';并把该角色的地址设为 ANLAN_APP_DATABASE_URL"
            ) from error


def _require_harmless(application: Address) -> None:
    """Refuse a role for which the wall between counties would not stand."""
    with _connect(application) as connection:
        query = "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
        if connection.execute(query).fetchone():
            raise ConfigurationError(
                f"应用角色 {application.user} 是超级用户或有 BYPASSRLS,行级隔离对它无效:请另建普通角色"
            )


def _add_trigrams(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except (errors.InsufficientPrivilege, errors.UndefinedFile, errors.FeatureNotSupported):
        return  # a server without it does as well, see require_chinese_trigrams


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[str, str]]:
    """Every table of ours with the table it is a partition of (itself if none)."""
    query = """
        SELECT c.relname, COALESCE(pg_partition_root(c.oid)::regclass::text, c.relname)
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
         ORDER BY 1"""
    return [(str(name), str(root).strip('"')) for name, root in connection.execute(query)]


def _routines(connection: psycopg.Connection[tuple[object, ...]]) -> list[LiteralString]:
    """Every function of ours with its argument types, as the server writes it; extensions bring their own rights."""
    query = """
        SELECT p.oid::regprocedure::text
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = 'public'
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
         ORDER BY 1"""
    return [cast(LiteralString, name) for (name,) in connection.execute(query)]


def _only(rights: LiteralString, table: str, role: sql.Identifier) -> sql.Composed:
    """Exactly these rights on a table, whatever was granted before."""
    statement = sql.SQL("REVOKE ALL ON TABLE {table} FROM {role}; GRANT {rights} ON TABLE {table} TO {role}")
    return statement.format(table=sql.Identifier(table), role=role, rights=sql.SQL(rights))
