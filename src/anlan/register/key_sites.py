"""Which sites are key and must have a 包保人: by the dated rule (``key_sites.toml``), or marked so by hand."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import Q

from anlan.register.choices import OperatingStatus
from anlan.register.tags import KEY_SITE

SUPERVISED = (
    OperatingStatus.OPERATING,
    OperatingStatus.STOPPED,
    OperatingStatus.SUSPENDED,
    OperatingStatus.UNTRACEABLE,
)
"""Sites somebody still has to look after; what is closed, gone or struck off needs no grid."""


@dataclass(frozen=True)
class KeySites:
    """The rule in force from a day; ``words`` say it."""

    in_force_from: date
    sectors: tuple[str, ...]
    above_designated_size: bool
    words: str
    source: str
    verified: bool

    def as_q(self) -> Q:
        """The filter of sites; several regulators of one site do not double it when used with ``distinct``."""
        key = Q(regulators__sector__in=self.sectors) | Q(tags__kind=KEY_SITE, tags__removed_at=None)
        return key | Q(enterprise__above_designated_size=True) if self.above_designated_size else key


def _read(path: Path) -> list[KeySites]:
    versions = tomllib.loads(path.read_text("utf-8"))["version"]
    read = [KeySites(**{**version, "sectors": tuple(version["sectors"])}) for version in versions]
    return sorted(read, key=lambda one: one.in_force_from)


VERSIONS = _read(Path(__file__).with_name("key_sites.toml"))


def key_sites(day: date) -> KeySites:
    """The version in force on the day; the earliest one for days before it."""
    return next((one for one in reversed(VERSIONS) if one.in_force_from <= day), VERSIONS[0])
