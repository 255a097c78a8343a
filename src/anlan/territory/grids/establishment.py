"""How many people a grid needs and may have, by level and post (``posts.toml``): dated data with its source."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from anlan.territory.choices import GridLevel, GridPost


@dataclass(frozen=True)
class Seats:
    """``required``: fewer is a vacancy; ``seats``: no more at a time."""

    required: int
    seats: int


@dataclass(frozen=True)
class Establishment:
    """The posts in force from a day."""

    in_force_from: date
    source: str
    verified: bool
    posts: dict[GridLevel, dict[GridPost, Seats]]

    def of(self, level: str) -> dict[GridPost, Seats]:
        """The posts of a grid of that level."""
        return self.posts[GridLevel(level)]


def _read(path: Path) -> list[Establishment]:
    versions = tomllib.loads(path.read_text("utf-8"))["version"]
    return sorted((_version(one) for one in versions), key=lambda one: one.in_force_from)


def _version(given: dict) -> Establishment:
    return Establishment(
        in_force_from=given["in_force_from"],
        source=given["source"],
        verified=given["verified"],
        posts={level: {GridPost(post): Seats(**seats) for post, seats in given[level].items()} for level in GridLevel},
    )


VERSIONS = _read(Path(__file__).with_name("posts.toml"))


def establishment(day: date) -> Establishment:
    """The version in force on the day; the earliest one for days before it."""
    return next((one for one in reversed(VERSIONS) if one.in_force_from <= day), VERSIONS[0])
