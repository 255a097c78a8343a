"""Periods of the loop as data (``terms.toml``), in working days of the State Council's calendar."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from anlan.calendar import api as calendar


@dataclass(frozen=True)
class Term:
    """``working_days`` after the day of the act; 0 where the act itself names the date."""

    working_days: int
    article: str
    source: str
    verified: bool

    def ends_on(self, started_on: date) -> date:
        return calendar.add_working_days(started_on, self.working_days)


_READ = tomllib.loads(Path(__file__).with_name("terms.toml").read_text("utf-8"))

TERMS = {name: Term(**values) for name, values in _READ.items() if "working_days" in values}

EXTENSIONS_AT_MOST: int = _READ["EXTENSIONS"]["at_most"]
