"""The leader's meeting on the major matters: most of those under way are directed there."""

from anlan.authz.scope import acting
from anlan.demo.places import World
from anlan.hidden_dangers import api as loop
from anlan.lib import clock

LEFT_OUT = 5
"""One in so many waits for the next meeting."""


def hold_meeting(world: World) -> int:
    """Put the directions down; how many."""
    government = world.named("临海政府")
    if government.id not in world.actors:
        return 0
    with acting(world.actor(government)) as actor:
        waiting = list(loop.hidden_dangers(actor, loop.Filters(state="undirected"), clock.today()))
        chosen = [matter for number, matter in enumerate(waiting, start=1) if number % LEFT_OUT]
        for matter in chosen:
            loop.direct(actor=actor, hidden_danger_id=matter.id, leader=actor.label, manner="MEETING",
                        held_on=clock.today(), note="落实管控措施，专人看守，按期改完；每周报一次进展。")  # fmt: skip
    return len(chosen)
