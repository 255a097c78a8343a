"""What is still open at a site: the slices above say how many. A site with open matters is not handed over, because
the matters would stay behind with a unit that answers for nothing there any more."""

from collections.abc import Callable

from anlan.register.models import Site

Count = Callable[[Site], int]

_counts: dict[str, Count] = {}


def register_open_matters(noun: str, count: Count) -> None:
    """Let ``count(site)`` say how many ``noun`` (件隐患) are open there, unannounced acts left out."""
    _counts[noun] = count


def open_matters(site: Site) -> str:
    """What is open at the site, in words; empty when nothing is."""
    found = [f"{number} {noun}" for noun, count in _counts.items() if (number := count(site))]
    return "、".join(found)
