"""Kinds of licence and the days of the reminders, as dated data (``licences.toml``)."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from anlan.processes.api import DeadlineKind, Step


@dataclass(frozen=True)
class LicenceKind:
    label: str
    article: str
    closed: bool = False


@dataclass(frozen=True)
class Reminders:
    """The days in force from a day on."""

    in_force_from: date
    days_before: tuple[int, ...]
    article: str
    source: str
    verified: bool

    @property
    def code(self) -> str:
        return f"EXPIRE_{self.in_force_from:%Y%m%d}"


_READ = tomllib.loads(Path(__file__).with_name("licences.toml").read_text("utf-8"))

LICENCES: dict[str, LicenceKind] = {code: LicenceKind(**values) for code, values in _READ["kind"].items()}
LICENCE_CHOICES = [(code, kind.label) for code, kind in LICENCES.items()]
REMINDERS = sorted(
    (Reminders(**{**one, "days_before": tuple(one["days_before"])}) for one in _READ["reminder"]),
    key=lambda one: one.in_force_from,
)
SOON = (30, 60, 90)
"""What the list is narrowed by, in days."""

EXPIRED = "licence.expired"


def reminders(day: date) -> Reminders:
    """The version in force on the day; the earliest one for days before it."""
    return next((one for one in reversed(REMINDERS) if one.in_force_from <= day), REMINDERS[0])


def expiring(days: int) -> str:
    """The event of the reminder so many days before."""
    return f"licence.expires_in_{days}_days"


def deadline_of(version: Reminders) -> DeadlineKind:
    """The running period of a licence under a version of the reminders: it keeps the version it began with."""

    def last_day(licence: Any, started_on: date) -> date | None:
        return licence.valid_to if reminders(started_on) == version else None

    before = (Step(expiring(days), f"{days} 天后到期", -days) for days in sorted(version.days_before, reverse=True))
    return DeadlineKind(
        kind=version.code,
        label="证照到期",
        due_on=last_day,
        article=version.article if version.verified else f"{version.article}（天数未核实）",
        ladder=(*before, Step(EXPIRED, "已到期", 1)),
    )
