"""The ways a message leaves the house (setting ``ANLAN_NOTIFY``). Each may be called twice for one message."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from anlan.lib import clock, hashing

Adapter = Callable[[dict[str, Any]], None]


def to_file(message: dict[str, Any]) -> None:
    """Append one JSON line to today's file in ``DATA_DIR/outbox``; on disk when it returns."""
    folder = Path(settings.DATA_DIR) / "outbox"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{clock.today()}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, _line(message))  # one write: lines of two workers do not mix
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def to_console(message: dict[str, Any]) -> None:
    """For development."""
    sys.stdout.write(_line(message).decode())


def to_nobody(message: dict[str, Any]) -> None:
    """The message stays in the house."""


ADAPTERS: dict[str, Adapter] = {"file": to_file, "console": to_console, "none": to_nobody}


def adapter() -> Adapter:
    """The adapter of this installation (``file`` by default)."""
    return ADAPTERS[getattr(settings, "ANLAN_NOTIFY", "file")]


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(hashing.canonical_value(message), ensure_ascii=False).encode() + b"\n"
