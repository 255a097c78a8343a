"""Whether the code has changed since the database was last prepared for it: a look at the files, without Django."""

import hashlib
from pathlib import Path

import psycopg

from anlan.config.env import Environment
from anlan.config.secrets import write_private

SOURCES = Path(__file__).parents[1]


class Prepared:
    """The note that this code and this embedded database belong together.

    Looking saves the second it takes to start Django and find nothing to do, which matters after a crash. A
    database that is not ours alone may have been restored from a copy meanwhile; there it is always prepared.
    """

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.file = environment.home / "run" / "prepared"

    def holds(self) -> bool:
        if not self.environment.embedded or not self.file.exists():
            return False
        return self.file.read_text("utf-8") == self._now()

    def note(self) -> None:
        if self.environment.embedded:
            write_private(self.file, self._now())

    def _now(self) -> str:
        return f"{code()} {database_identity(self.environment)}"


def code() -> str:
    """A digest of path, size and time of our files, and of the names and versions of the packages installed."""
    lines = sorted(path.name for path in _installed())
    for file in sorted(SOURCES.rglob("*")):
        if "__pycache__" not in file.parts and file.is_file():
            found = file.stat()
            lines.append(f"{file} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _installed() -> list[Path]:
    return list(Path(psycopg.__file__).parents[1].glob("*.dist-info"))


def database_identity(environment: Environment) -> str:
    """This very database, as against another of the same name; empty if it does not answer."""
    query = """SELECT format('%s-%s', (SELECT system_identifier FROM pg_control_system()), oid)
                 FROM pg_database WHERE datname = current_database()"""
    try:
        with psycopg.connect(environment.app().conninfo(connect_timeout="10")) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.Error:
        return ""
    return str(row[0]) if row else ""
