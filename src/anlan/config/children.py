"""The supervisor's children: started, restarted when they die, ended with everything they started themselves.

Every child leads a process group of its own. granian's workers outlive their killed parent and go on holding the
port; through the group (and the record on disk, for a supervisor that was itself killed) they are found and ended.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from anlan.config import processes
from anlan.config.processes import Identity
from anlan.config.secrets import write_private

LARGEST_LOG = 20 * 1024 * 1024
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
STEADY_AFTER = 30.0  # a child that ran this long died for a new reason
MARK = "ANLAN_HOME"  # in the environment of every process we start, and of those they start

log = structlog.get_logger("supervisor")


class Child:
    """A program that is to run as long as the supervisor does."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], *, log_file: Path) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.log_file = log_file
        self.process: subprocess.Popen[bytes] | None = None
        self.identity: Identity | None = None
        self.restarts = 0
        self._pause = FIRST_PAUSE
        self._started_at = 0.0
        self._retry_at = 0.0
        self._is_asked = False

    def start(self) -> None:
        """Start it now."""
        _rotate(self.log_file)
        supervisor = os.getpid()
        with self.log_file.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # a group of its own, which also keeps the terminal's ctrl-C away
                preexec_fn=lambda: processes.die_with(supervisor),
            )
        self.identity = Identity.of(self.process.pid)
        self._started_at = time.monotonic()
        self._is_asked = False
        log.info("started", child=self.name, pid=self.process.pid)

    def exit_code(self) -> int | None:
        """How it ended; None while it runs or before it was started."""
        return None if self.process is None else self.process.poll()

    def keep_alive(self) -> bool:
        """Start it again if it has died, after a pause that grows while it keeps dying; tell whether it was."""
        code = self.exit_code()
        now = time.monotonic()
        if self.process is not None and code is not None:
            if now - self._started_at > STEADY_AFTER:
                self._pause = FIRST_PAUSE
            log.warning("died", child=self.name, exit_code=code, pause=self._pause)
            end_group(self.process.pid, seconds=0)
            self.process = None
            self._retry_at = now + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if self.process is None and now >= self._retry_at:
            self.restarts += 1
            self.start()
            return True
        return False

    def ask_to_end(self) -> None:
        if self.identity is not None:
            self.identity.send(signal.SIGTERM)

    def press_to_end(self) -> None:
        """Ask it to end; by force the second time, for it may wait for something that never comes."""
        if self._is_asked:
            self.end(0)
        else:
            self._is_asked = True
            self.ask_to_end()

    def end(self, seconds: float) -> None:
        """Wait for it to end after :meth:`ask_to_end`, then end it and its group by force."""
        if self.process is not None:
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                log.warning("had to be killed", child=self.name)
            end_group(self.process.pid, seconds=0)
            self.process.wait()
            self.process = None


def end_group(group: int, *, seconds: float) -> None:
    """End every process of a group: politely if there is time, then by force."""
    members = processes.members_of_group(group)
    if seconds and members:
        for member in members:
            member.send(signal.SIGTERM)
        processes.wait_until_gone(members, seconds)
    for member in members:
        member.send(signal.SIGKILL)
    processes.wait_until_gone(members, 5)


def _rotate(file: Path) -> None:
    file.touch(mode=0o600)
    if file.stat().st_size > LARGEST_LOG:
        file.replace(file.with_suffix(".log.1"))


class Record:
    """Which processes run, on disk: for ``anlan stop`` and for the next start after a kill -9."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "processes.json"

    def write(self, supervisor: Identity, children: Mapping[str, Identity]) -> None:
        everything = {"supervisor": supervisor, **children}
        text = json.dumps({name: [one.pid, one.started] for name, one in everything.items()})
        write_private(self.file, text)

    def read(self) -> dict[str, Identity]:
        try:
            found = json.loads(self.file.read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return {name: Identity(pid, started) for name, (pid, started) in found.items()}

    def supervisor(self) -> Identity | None:
        """The supervisor, if it runs."""
        recorded = self.read().get("supervisor")
        return recorded if recorded is not None and recorded.alive() else None

    def clear(self) -> None:
        self.file.unlink(missing_ok=True)

    def end_orphans(self, home: Path, *, seconds: float = 0.5) -> list[str]:
        """End what a killed supervisor left behind; the names of the children of which something was left."""
        found = []
        for name, leader in self.read().items():
            members = processes.members_of_group(leader.pid)
            # The number may by now belong to strangers: only processes with our mark are ours.
            if name != "supervisor" and any(processes.variable(one.pid, MARK) == str(home) for one in members):
                end_group(leader.pid, seconds=seconds)
                found.append(name)
        return found
