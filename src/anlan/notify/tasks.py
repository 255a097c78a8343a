"""Messages leave the house after the act that caused them has committed."""

from uuid import UUID

from anlan.authz.actors import system_actor_for
from anlan.authz.scope import acting
from anlan.jobs.api import task
from anlan.notify.delivery import hand_over


@task(name="notify.deliver")
def deliver(*, message_id: str, region_path: str) -> None:
    """Hand one message to the adapter."""
    with acting(system_actor_for(region_path)):
        hand_over(UUID(message_id))
