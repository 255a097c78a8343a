"""The database's part of a backup: our own server's files as they stand at one instant, or a dump of a given one.

Files can be followed by the server's log to any later instant; a dump goes into any PostgreSQL from 15 on. Both are
taken while the site works, with PostgreSQL's own programs.
"""

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import psycopg

from anlan.config import env, wal
from anlan.config.backup.archive import About, BackupError, Writer
from anlan.config.embedded import packaged_programs

FILES, DUMP = "files", "dump"
DATA = "postgres/data"
DUMP_NAME = "database.dump"


class Copied(Protocol):
    """One kind of database."""

    kind: str

    def take(self, writer: Writer) -> None:
        """Add the database to a backup."""

    def receive(self, about: About) -> None:
        """Refuse, before anything is written, a backup that this database cannot take."""

    def unpacked(self, folder: Path) -> None:
        """What lies unpacked in ``folder`` is about to take its place: look at it, or put it into the server."""


def of(environment: env.Environment) -> Copied:
    return Own(environment) if environment.embedded else Given(environment)


class Own:
    """The embedded server: its files, by pg_basebackup, with the log that makes them consistent."""

    kind = FILES

    def __init__(self, environment: env.Environment) -> None:
        self.environment = environment

    def take(self, writer: Writer) -> None:
        words = ("-D", "-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password")
        with _running("pg_basebackup", *words, address=self.environment.administrator()) as output:
            with tarfile.open(fileobj=output, mode="r|") as tar:
                for member in tar:
                    self._add(writer, tar, member)
            output.read()

    def _add(self, writer: Writer, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        name = f"{DATA}/{member.name.removeprefix('./')}"
        if member.isdir():
            writer.folder(f"{name.rstrip('/')}/")
        elif member.isfile():
            source = tar.extractfile(member)
            assert source is not None
            writer.add(name, source)
        else:
            raise BackupError(f"内嵌数据库中有链接 {member.name},不能备份:请把数据移回 ANLAN_HOME")

    def receive(self, about: About) -> None:
        own = int(_version(packaged_programs() / "postgres"))
        if about.server // 10_000 != own:
            raise BackupError(
                f"备份来自 PostgreSQL {about.server // 10_000},本程序内嵌的是 {own}:请用做备份的那一版程序恢复"
            )

    def unpacked(self, folder: Path) -> None:
        _run("pg_verifybackup", "--exit-on-error", "--quiet", str(folder / DATA))
        (folder / DATA).parent.chmod(0o711)  # as root the database runs as another user, who passes through here


class Given:
    """A server of the operator's: a dump of its one database, by pg_dump, as the owner."""

    kind = DUMP

    def __init__(self, environment: env.Environment) -> None:
        self.environment = environment

    def take(self, writer: Writer) -> None:
        words = ("--format=custom", "--no-password")
        with _running("pg_dump", *words, address=self.environment.owner()) as output:
            writer.add(DUMP_NAME, output, packed=False)

    def receive(self, about: About) -> None:
        query = "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') LIMIT 1"
        with connected(self.environment.owner()) as connection:
            if connection.execute(query).fetchone():
                raise BackupError("DATABASE_URL 指定的数据库里已经有表。恢复只进空库,请另建一个数据库再恢复")

    def unpacked(self, folder: Path) -> None:
        dump = folder / DUMP_NAME
        words = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(dump))
        _run("pg_restore", *words, address=self.environment.owner())
        dump.unlink()


def describe(environment: env.Environment) -> dict[str, Any]:
    """The members of :class:`About` that the database knows."""
    with connected(environment.owner()) as connection:
        rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        server = connection.info.server_version
    archive = wal.identity(environment) if environment.embedded else ""
    return {"server": server, "migrations": [f"{app}.{name}" for app, name in rows], "archive": archive}


@contextmanager
def connected(address: env.Address) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection; BackupError when the database does not answer as it should."""
    try:
        with psycopg.connect(address.conninfo(connect_timeout="10")) as connection:
            yield connection
    except psycopg.Error as error:
        raise BackupError(f"数据库没有正常应答:{str(error).strip()}") from error


@contextmanager
def _running(program: str, *words: str, address: env.Address) -> Iterator[IO[bytes]]:
    """What the program writes; BackupError with its own words when it fails."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            _command(program, words, address),
            env=_environment(address),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        assert process.stdout is not None
        try:
            yield process.stdout
        except (tarfile.TarError, EOFError):
            pass  # it ended in the middle: it says itself why
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            code = process.wait()
        errors.seek(0)
        _require_success(program, code, errors.read())


def _run(program: str, *words: str, address: env.Address | None = None) -> None:
    result = subprocess.run(
        _command(program, words, address), env=_environment(address), capture_output=True, check=False
    )
    _require_success(program, result.returncode, result.stderr)


def _require_success(program: str, code: int, said: bytes) -> None:
    if code != 0:
        lines = said.decode("utf-8", errors="replace").strip().splitlines()
        raise BackupError(f"{program} 没有完成:{lines[-1] if lines else f'退出码 {code}'}")


def _command(program: str, words: tuple[str, ...], address: env.Address | None) -> list[str]:
    where = [] if address is None else ["-d", env.replace(address, password="").conninfo()]
    return [str(packaged_programs() / program), *where, *words]


def _environment(address: env.Address | None) -> Mapping[str, str]:
    """The password goes by the environment, which other users cannot read; no PG* variables of the operator."""
    plain = {"PATH": os.environ.get("PATH", os.defpath), "LC_MESSAGES": "C", "LANG": "C.UTF-8"}
    return plain if address is None else {**plain, "PGPASSWORD": address.password}


def _version(postgres: Path) -> str:
    """The major version of PostgreSQL's programs."""
    said = subprocess.run([str(postgres), "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2].partition(".")[0]
