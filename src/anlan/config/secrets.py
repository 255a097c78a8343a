"""Secrets made at the first run: kept in one file that only the owner of the process can read.

They are never committed, never printed (but for the demo password, which is meant to be) and never logged.
"""

import fcntl
import json
import os
import secrets as random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "secrets.json"
# No 0/O, 1/l/I: the demo password is read off a terminal and typed on a phone.
READABLE = "abcdefghijkmnpqrstuvwxyz23456789"


def _readable_password() -> str:
    return "-".join("".join(random.choice(READABLE) for _ in range(4)) for _ in range(3))


def _token() -> str:
    return random.token_urlsafe(48)


def _signing_key() -> str:
    """Any 32 bytes are an Ed25519 private key."""
    return random.token_hex(32)


MAKERS: dict[str, Callable[[], str]] = {
    "secret_key": _token,
    "second_factor_key": _token,
    "ledger_key": _signing_key,
    "superuser_password": _token,
    "owner_password": _token,
    "app_password": _token,
    "demo_password": _readable_password,
}


def load(home: Path) -> dict[str, str]:
    """The secrets of this installation; missing ones are made, by one process even if several start at once."""
    path = home / FILE_NAME
    known = _read(path)
    if known.keys() >= MAKERS.keys():
        return known
    # Others may pass through (as root the database runs as another user) but not look around.
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    with exclusive(home / (FILE_NAME + ".lock")):
        known = _read(path)
        missing = {name: make() for name, make in MAKERS.items() if name not in known}
        if missing:
            known |= missing
            write_private(path, json.dumps(known, indent=1))
    return known


def _read(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock that the kernel releases by itself if the holder is killed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only; a reader sees the old or the new, never half."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mkstemp gives mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
