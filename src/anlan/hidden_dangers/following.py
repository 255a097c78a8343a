"""What hangs on a matter in the slices above and follows when it comes to lie elsewhere: they say so."""

from collections.abc import Callable

from anlan.authz.actors import Actor
from anlan.hidden_dangers.models import HiddenDanger

Follow = Callable[[Actor, HiddenDanger], None]

_followers: list[Follow] = []


def follow_matter(follow: Follow) -> None:
    """Let ``follow(actor, matter)`` bring along what hangs on a matter that lies where it lies now, in the transaction
    that moves it."""
    _followers.append(follow)


def bring_along(actor: Actor, matter: HiddenDanger) -> None:
    """Everything of the slices above goes with the matter."""
    for follow in _followers:
        follow(actor, matter)
