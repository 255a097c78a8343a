"""Last month's hidden-danger lists of two townships, signed; the others still have to."""

from datetime import timedelta

from anlan.authz.actors import system_actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.scope import acting
from anlan.demo.places import World
from anlan.lib import clock
from anlan.lib.refusals import Refused
from anlan.supervision import api as supervision

SIGNATORIES = ("王建军", "李海燕")


def sign(world: World) -> int:
    """Sign for the first townships with an account, once. Returns how many signed."""
    period = supervision.Period.latest()
    with acting(system_actor(world.county)) as system:
        if supervision.signed_lists(system).exists():
            return 0
    townships = [one for one in world.of_kind(OrganisationKind.TOWNSHIP) if one.id in world.actors]
    at = min(clock.start_of(period.last + timedelta(days=2)) + timedelta(hours=10), clock.now())
    for township, name in zip(townships, SIGNATORIES, strict=False):
        with clock.at(at), acting(world.actor(township)) as actor:
            try:
                supervision.sign_list(actor=actor, period=period, signatory=name, post="党工委副书记、分管负责人")
            except Refused:  # on the first day of a month, in this zone or another
                return 0
    return len(SIGNATORIES)
