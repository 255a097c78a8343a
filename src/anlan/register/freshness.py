"""How old a record may get before somebody should look again, as dated data (``freshness.toml``)."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from anlan.lib import clock
from anlan.register.models import Enterprise, SupervisedObject


@dataclass(frozen=True)
class Freshness:
    in_force_from: date
    days: int
    source: str
    verified: bool


VERSIONS = sorted(
    (
        Freshness(**one)
        for one in tomllib.loads(Path(__file__).with_name("freshness.toml").read_text("utf-8"))["version"]
    ),
    key=lambda one: one.in_force_from,
)


def freshness(day: date) -> Freshness:
    """The version in force on the day; the earliest one for days before it."""
    return next((one for one in reversed(VERSIONS) if one.in_force_from <= day), VERSIONS[0])


def stale_before() -> datetime:
    """What was neither changed nor confirmed since then is 久未更新."""
    today = clock.today()
    return clock.start_of(today - timedelta(days=freshness(today).days))


def is_stale(one: Enterprise | SupervisedObject) -> bool:
    """Whether nobody has changed or confirmed it for so long."""
    return max(one.changed_at, one.confirmed_at or one.changed_at) < stale_before()
