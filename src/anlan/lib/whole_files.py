"""Files that are there whole or not at all, and are on disk once they are there."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_whole(folder: Path, write: Callable[[BinaryIO], None], place: Callable[[], Path]) -> Path:
    """Write a temporary file in ``folder``, then move it to ``place()``, which may depend on what was written."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".writing-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            write(target)
            target.flush()
            os.fsync(target.fileno())
        final = place()
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.replace(final)
        sync(final.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return final


def sync(path: Path) -> None:
    """Put a file's content or a folder's names on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
