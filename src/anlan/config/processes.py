"""Small facts about processes, read from /proc: is it alive, is it still the one we started."""

import ctypes
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
_EXEC_SECONDS = 1  # far longer than an exec takes on a busy machine


@dataclass(frozen=True)
class Identity:
    """A process for certain: pids are used again, a pid with its start time is not."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        started = start_time(pid)
        return None if started is None else cls(pid, started)

    def alive(self) -> bool:
        return start_time(self.pid) == self.started

    def send(self, signum: signal.Signals) -> None:
        if self.alive():
            try:
                os.kill(self.pid, signum)
            except ProcessLookupError:
                return


def start_time(pid: int) -> int | None:
    """The start of a living process in clock ticks since boot; None if it is gone or a zombie."""
    fields = _stat(pid)
    return None if fields is None or fields[0] in {"Z", "X"} else int(fields[19])


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()  # the name before ")" may itself contain blanks


def command_line(pid: int) -> list[str]:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
    return [os.fsdecode(word) for word in raw.split(b"\0") if word]


def members_of_group(group: int) -> list[Identity]:
    """The living processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields is not None and int(fields[2]) == group and fields[0] not in {"Z", "X"}:
                found.append(Identity(int(entry.name), int(fields[19])))
    return found


def wait_until_gone(identities: list[Identity], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(identity.alive() for identity in identities):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def variable(pid: int, name: str) -> str | None:
    """A variable of the environment a process was started with."""
    found = dict(entry.partition(b"=")[::2] for entry in _environment(pid).split(b"\0") if entry)
    value = found.get(name.encode())
    return None if value is None else os.fsdecode(value)


def _environment(pid: int) -> bytes:
    """The raw environment; for a moment of its start the kernel shows a process with none, so look again."""
    deadline = time.monotonic() + _EXEC_SECONDS
    while True:
        try:
            raw = Path(f"/proc/{pid}/environ").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return b""
        if raw or start_time(pid) is None or time.monotonic() > deadline:
            return raw
        time.sleep(0.001)


def die_with(parent: int) -> None:
    """In a new child: ask the kernel to end it when the process that started it ends, however that ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we could ask
        os._exit(1)
