"""What is still open at a site and travels with it when it is handed over (DOMAIN §2): the slices above say what they
have, and take it along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from anlan.authz.actors import Actor
from anlan.register.models import Site, SiteTransfer


@dataclass(frozen=True)
class OpenMatters:
    """``told(site)`` is how many may be counted aloud, unannounced acts left out: the number is shown to people who do
    not see those. ``travel(actor, transfer)`` takes them all along, as part of the transfer."""

    told: Callable[[Site], int]
    travel: Callable[[Actor, SiteTransfer], None]


_kinds: dict[str, OpenMatters] = {}


def register_open_matters(
    noun: str, told: Callable[[Site], int], travel: Callable[[Actor, SiteTransfer], None]
) -> None:
    """Let ``noun`` (件隐患) that are open at a site travel with it."""
    _kinds[noun] = OpenMatters(told, travel)


def open_matters(site: Site) -> dict[str, int]:
    """How many are open at the site, by noun; what there is none of is left out."""
    return {noun: count for noun, kind in _kinds.items() if (count := kind.told(site))}


def in_words(counts: Mapping[str, int]) -> str:
    """3 件隐患; empty when there is none."""
    return "、".join(f"{count} {noun}" for noun, count in counts.items())


def travel(actor: Actor, transfer: SiteTransfer) -> None:
    """What is open at the site goes with it."""
    for kind in _kinds.values():
        kind.travel(actor, transfer)
