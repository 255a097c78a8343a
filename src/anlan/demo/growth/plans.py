"""What is written of a scale, chunk by chunk: the same plan always makes the same histories, whoever writes which chunk
when. So a load that was stopped goes on where it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from anlan.demo.growth.scales import Found, Scale, finds
from anlan.lib import clock, hashing

CHUNK = 2_000
YOUNG_YEAR = 60


@dataclass(frozen=True)
class Plan:
    """The histories of ``scale`` from ``first`` to ``now``, at the first ``places`` sites of the county."""

    scale: Scale
    seed: int
    first: date
    now: datetime
    places: int

    def chunks(self) -> list[list[Found]]:
        """The first has all that is listed, since the numbers of listings follow each other; the others go by the day."""
        wanted = finds(self.scale, Random(self.seed), self.places, self.first, clock.legal_date(self.now))
        listed = [one for one in wanted if any(ending.is_listed for ending in one.endings)]
        others = [one for one in wanted if not any(ending.is_listed for ending in one.endings)]
        return [listed, *(others[start : start + CHUNK] for start in range(0, len(others), CHUNK))]

    def in_words(self) -> dict[str, Any]:
        """What the ledger's entry of a chunk says of the plan."""
        words = {
            "scale": self.scale.name,
            "seed": self.seed,
            "since": self.first,
            "until": self.now,
            "places": self.places,
        }
        found: dict[str, Any] = hashing.canonical_value(words)
        return found


def plan_of(scale: Scale, seed: int, said: Mapping[str, Any]) -> Plan | None:
    """The plan that an entry speaks of; None where it is one of another scale or seed, or none."""
    if said.get("scale") != scale.name or said.get("seed") != seed:
        return None
    until = datetime.fromisoformat(said["until"])
    return Plan(scale, seed, date.fromisoformat(said["since"]), until, said["places"])


def new_year(scale: Scale) -> date:
    """New Year, so that this year's figures are those of the scale; earlier when the year is young."""
    today = clock.today()
    first = today.replace(month=1, day=1)
    return first if (today - first).days >= YOUNG_YEAR else today - timedelta(days=scale.days)
