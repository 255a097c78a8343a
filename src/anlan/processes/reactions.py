"""Effects that go upward: a higher slice says which of its tasks follows which event (DESIGN §2).

The task runs at least once, so it must be idempotent by the event's id.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor, system_actor_for
from anlan.authz.scope import acting
from anlan.jobs.api import defer, task
from anlan.processes.models import Event
from anlan.processes.selectors import event_by_id

Reaction = Callable[[Actor, Event], None]

REACTIONS: dict[str, list[Any]] = defaultdict(list)


def reaction(*events: str) -> Callable[[Reaction], Reaction]:
    """Let ``function(actor, event)`` follow every one of ``events``, as the system, inside the event's county."""

    def decorate(function: Reaction) -> Reaction:
        @task(name=f"{function.__module__}.{function.__name__}")
        def run(event_id: str, region_path: str) -> None:
            with acting(system_actor_for(region_path)) as actor:
                function(actor, event_by_id(UUID(event_id)))

        for event in events:
            REACTIONS[event].append(run)
        return function

    return decorate


def defer_reactions(event: Event) -> None:
    """Defer every reaction to ``event`` in the caller's transaction."""
    for following in REACTIONS.get(event.event, ()):
        defer(following, event_id=str(event.id), region_path=event.region_path)
