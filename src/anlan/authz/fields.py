"""Column types that the wall depends on."""

from typing import Any

from django.db import models


class PathField(models.CharField):
    """A path in a tree: segments each ended by ``/``, compared byte by byte (``COLLATE "C"``), so that a
    subtree is one index range: [path, path with its last ``/`` replaced by ``0``)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


def subtree(path: str) -> tuple[str, str]:
    """The half-open range [low, high) of ``path`` and everything below it."""
    return path, path[:-1] + "0"
