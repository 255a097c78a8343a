"""What differs between machines, read from the environment and from ANLAN_HOME.

====================== ==========================================================================
ANLAN_HOME             secrets, embedded database, logs, collected static files (``~/.anlan``)
ANLAN_PORT             the port of the site on 127.0.0.1 (8000)
ANLAN_LIVE_PORT        the port of live updates on 127.0.0.1 (the one after ANLAN_PORT)
ANLAN_WORKERS          web processes (2)
ANLAN_ALLOWED_HOSTS    host names the site answers to, separated by commas
ANLAN_HTTPS            ``1`` behind a TLS proxy: secure cookies, HSTS
DATABASE_URL           a real PostgreSQL, as the role that owns the tables; absent: the embedded one
ANLAN_APP_DATABASE_URL the application's role there, if it cannot be created by the owner
ANLAN_DB_ROLE          ``app`` (default) or ``owner``; only the migrating command is the owner
ANLAN_PROCESS          the name a process shows in pg_stat_activity
ANLAN_WAL_ARCHIVE      a folder, best on another disk, to which the embedded database's log and the uploads are copied
====================== ==========================================================================
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from anlan.config import secrets
from anlan.config.errors import OperatorError

DATABASE_NAME = "anlan"
SUPERUSER = "postgres"
OWNER = "anlan_owner"
APP = "anlan_app"

# Web and worker: nobody waits longer than this for a page, and a forgotten transaction does not hold its locks.
# Time zone given here saves Django a round trip at each new connection. What is planned once: `reads.prepared`.
APP_SERVER_OPTIONS = (
    "-c TimeZone=UTC -c statement_timeout=300s -c lock_timeout=30s -c idle_in_transaction_session_timeout=120s"
)
OWNER_SERVER_OPTIONS = "-c TimeZone=UTC -c lock_timeout=60s"

# The longest path of a Unix socket is 107 bytes on Linux; "/.s.PGSQL.65535" takes 15 of them.
LONGEST_SOCKET_FOLDER = 90


class ConfigurationError(OperatorError):
    """The environment asks for something that cannot be."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where and as whom to connect."""

    dbname: str
    user: str
    password: str = field(default="", repr=False)
    host: str = ""
    port: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, conninfo: str) -> "Address":
        try:
            found = conninfo_to_dict(conninfo)
        except ProgrammingError:
            found = {}  # libpq's own message would repeat parts of the address, the password perhaps
        given = {key: str(value) for key, value in found.items() if value is not None}
        known = {key: given.pop(key) for key in ("dbname", "user", "password", "host", "port") if key in given}
        if not known.get("dbname") or not known.get("user"):
            raise ConfigurationError("数据库地址须写明用户名和库名,形如 postgresql://用户:口令@主机:5432/库名")
        return cls(**known, extra=given)

    def conninfo(self, **changes: str) -> str:
        parts = {"dbname": self.dbname, "user": self.user, "password": self.password}
        parts |= {"host": self.host, "port": self.port, **self.extra, **changes}
        return make_conninfo(**{key: value for key, value in parts.items() if value})

    def renamed(self, dbname: str) -> "Address":
        return replace(self, dbname=dbname)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The environment, read once and checked."""

    home: Path
    port: int
    live_port: int
    web_workers: int
    allowed_hosts: tuple[str, ...]
    https: bool
    second_factor_roles: frozenset[str]
    role: str
    process: str
    database_url: str
    app_database_url: str
    wal_archive: Path | None

    @property
    def embedded(self) -> bool:
        """Whether the database is our own, started by us."""
        return not self.database_url and not self.app_database_url

    @property
    def postgres_home(self) -> Path:
        return self.home / "postgres"

    def secret(self, name: str) -> str:
        return secrets.load(self.home)[name]

    def administrator(self) -> Address:
        """The role that may create roles: the embedded superuser, or the owner given by the operator."""
        if self.embedded:
            return self._embedded(SUPERUSER, "superuser_password")
        return self.owner()

    def owner(self) -> Address:
        """The role that owns the tables and migrates them."""
        if self.embedded:
            return self._embedded(OWNER, "owner_password")
        if not self.database_url:
            raise ConfigurationError("迁移须以属主身份连接:请设置 DATABASE_URL")
        return Address.parse(self.database_url)

    def app(self) -> Address:
        """The role of the web and the worker: it owns nothing, so row-level security holds for it."""
        if self.app_database_url:
            return Address.parse(self.app_database_url)
        if self.embedded:
            return self._embedded(APP, "app_password")
        owner = self.owner()
        return replace(owner, user=f"{owner.dbname}_app", password=self.secret("app_password"))

    def _embedded(self, user: str, password: str) -> Address:
        return Address(
            dbname=DATABASE_NAME,
            user=user,
            password=self.secret(password),
            host=str(socket_folder(self.postgres_home)),
            port=str(embedded_port(self.postgres_home)),
        )

    def django_database(self) -> dict[str, Any]:
        """``DATABASES["default"]`` for the role this process runs as."""
        from anlan.reads.prepared import PlanningCursor  # noqa: PLC0415 - Django's: the supervisor starts without it

        is_owner = self.role == "owner"
        address = self.owner() if is_owner else self.app()
        return {
            "ENGINE": "anlan.reads.postgresql",
            "NAME": address.dbname,
            "USER": address.user,
            "PASSWORD": address.password,
            "HOST": address.host,
            "PORT": address.port,
            "ATOMIC_REQUESTS": False,  # ninja answers a refusal normally, and a half-done write would be committed
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,  # after a restart of the database the next request simply reconnects
            "OPTIONS": {
                "connect_timeout": 5,
                "server_side_binding": True,
                "cursor_factory": PlanningCursor,
                "prepare_threshold": 5,
                "application_name": self.process,
                "options": OWNER_SERVER_OPTIONS if is_owner else APP_SERVER_OPTIONS,
                **address.extra,
            },
        }


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """The environment as one checked value."""
    role = environ.get("ANLAN_DB_ROLE", "app")
    if role not in {"app", "owner"}:
        raise ConfigurationError(f"ANLAN_DB_ROLE 只能是 app 或 owner,现为 {role}")
    port = _number(environ, "ANLAN_PORT", 8000, highest=65535)
    hosts = environ.get("ANLAN_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
    return Environment(
        home=Path(environ.get("ANLAN_HOME") or "~/.anlan").expanduser().absolute(),
        port=port,
        live_port=_number(environ, "ANLAN_LIVE_PORT", port + 1 if port < 65535 else port - 1, highest=65535),
        web_workers=_number(environ, "ANLAN_WORKERS", 2, highest=64),
        allowed_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        https=environ.get("ANLAN_HTTPS", "") == "1",
        second_factor_roles=frozenset(environ.get("ANLAN_SECOND_FACTOR_ROLES", "").replace(",", " ").split()),
        role=role,
        process=environ.get("ANLAN_PROCESS", "anlan"),
        database_url=environ.get("DATABASE_URL", ""),
        app_database_url=environ.get("ANLAN_APP_DATABASE_URL", ""),
        wal_archive=Path(environ["ANLAN_WAL_ARCHIVE"]).absolute() if environ.get("ANLAN_WAL_ARCHIVE") else None,
    )


def _number(environ: Mapping[str, str], name: str, default: int, *, highest: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= highest:
        raise ConfigurationError(f"{name} 须为 1 至 {highest} 的整数,现为 {text}")
    return int(text)


def socket_folder(postgres_home: Path) -> Path:
    """The folder of the embedded database's socket: beside its data, or elsewhere if that had to be (noted there)."""
    elsewhere = postgres_home / "socket-folder"
    return Path(elsewhere.read_text("utf-8").strip()) if elsewhere.exists() else postgres_home / "run"


def data_folder(postgres_home: Path) -> Path:
    """The embedded database's data; elsewhere than in our folder only if root had to move it to a system folder."""
    moved = postgres_home / "data-folder"
    return Path(moved.read_text("utf-8").strip()) if moved.exists() else postgres_home / "data"


def embedded_port(postgres_home: Path) -> int:
    """The embedded database's port on 127.0.0.1, chosen at its first start."""
    try:
        return int((postgres_home / "port").read_text("utf-8"))
    except FileNotFoundError:
        return 5432
