"""What the demo is told with: phrases and kinds of enterprise, read from ``data/demo``."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from stdnum.cn import uscc

from anlan.lib import clock
from anlan.rules.major_hidden_danger.rule import parts_of, standard_of

FOLDER = Path(settings.BASE_DIR).parents[1] / "data" / "demo"


@dataclass(frozen=True)
class Phrase:
    """A hidden danger in words, and how it was put right."""

    sector: str
    text: str
    clause: str
    cause: str
    done: str
    major: bool = False
    standard: str = ""
    answers: tuple[str, ...] = ()
    place: str = ""

    def facts(self, *, found: bool) -> dict[str, Any]:
        """What the standard's questions are answered with: as it was reported, or as the department found it, nothing
        of it being so."""
        if found:
            return {"sector": self.standard, "facts": dict.fromkeys(self.answers, True)}
        law = standard_of(self.standard, clock.today())
        return {"sector": self.standard, "facts": dict.fromkeys(parts_of(law), False) if law else {}}


@dataclass(frozen=True)
class Kind:
    """A kind of enterprise: the end of its name, its industry (GB/T 4754) and its sector."""

    suffix: str
    industry: str
    sector: str
    weight: int


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


PHRASES = [
    Phrase(**{**phrase, "answers": tuple(phrase.get("answers", ()))}) for phrase in _read("phrases.toml")["phrase"]
]
_ENTERPRISES = _read("enterprises.toml")
PREFIXES: list[str] = _ENTERPRISES["prefixes"]
KINDS = [Kind(**kind) for kind in _ENTERPRISES["kind"]]
SEATS: dict[str, list[float]] = _read("seats.toml")["seats"]
_PEOPLE = _ENTERPRISES["people"][0]


def person(random: Random) -> str:
    """A name that is nobody's."""
    return random.choice(_PEOPLE["surnames"]) + random.choice(_PEOPLE["given"])


def position(random: Random, township_code: str) -> tuple[Decimal, Decimal]:
    """Somewhere around the seat of the township, longitude and latitude: nearer to it more often."""
    seat = SEATS.get(township_code, SEATS["331082001"])
    longitude, latitude = (Decimal(str(round(base + random.gauss(0, 0.012), 6))) for base in seat)
    return longitude, latitude


def credit_code(county: str, number: int) -> str:
    """A code that passes every check and says DEMA (nobody is registered so)."""
    body = f"91{county}DEMA{number:05d}"[:17]
    return body + uscc.calc_check_digit(body + "0")


def phrase_for(random: Random, sector: str) -> Phrase:
    """A phrase that fits an enterprise of the sector: its own, or one of those every enterprise may have."""
    fitting = [p for p in PHRASES if p.sector in (sector, "FIRE", "INDUSTRY", "SPECIAL_EQUIPMENT") and not p.place]
    return random.choice(fitting)


def public_phrase(random: Random) -> Phrase:
    """A phrase about a public place."""
    return random.choice([p for p in PHRASES if p.place])


def house_phrase(number: int) -> Phrase:
    """A phrase about a house or a shop, one after the other."""
    fitting = [p for p in PHRASES if p.sector == "FIRE" and not p.place and not p.major]
    return fitting[number % len(fitting)]
