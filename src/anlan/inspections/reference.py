"""Checklists delivered with the system, read from ``data/reference/checklists``: one file a list."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from anlan.inspections.actions import NewItem

FOLDER = Path(settings.BASE_DIR).parents[1] / "data" / "reference" / "checklists"


@dataclass(frozen=True)
class DeliveredChecklist:
    code: str
    name: str
    source: str
    items: tuple[NewItem, ...]


def delivered() -> Iterator[DeliveredChecklist]:
    """Every list that is delivered, by its code."""
    for path in sorted(FOLDER.glob("*.toml")):
        read = tomllib.loads(path.read_text("utf-8"))
        items = tuple(NewItem(**item) for item in read["item"])
        yield DeliveredChecklist(path.stem, read["name"], read["source"], items)
