"""What keeps an accepted matter from closing. The slices above say so: a listing that is not released holds it open."""

from collections.abc import Callable

from anlan.hidden_dangers.models import HiddenDanger

Holder = Callable[[HiddenDanger], list[str]]

_holders: list[Holder] = []


def hold_open(holder: Holder) -> None:
    """Let ``holder(matter)`` name whoever still holds the matter open."""
    _holders.append(holder)


def held_by(matter: HiddenDanger) -> list[str]:
    """The names of all who hold it open."""
    return [name for holder in _holders for name in holder(matter)]
