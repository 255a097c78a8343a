"""An event a few weeks ahead that some thirty hidden dangers have to be closed for: most are, a few are not yet."""

from datetime import timedelta

from anlan.authz.choices import OrganisationKind
from anlan.authz.scope import acting
from anlan.demo.places import World
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.safeguards import api as safeguards

NAME = "演示柑橘节"
AHEAD = timedelta(days=18)
CLOSED, OPEN = 26, 4
UNDER_WAY = (loop.Status.DISPATCHED, loop.Status.RECTIFYING, loop.Status.SUBMITTED)


def announce(world: World) -> int:
    """Put the event down once, with the newest closed matters and the oldest under way; how many it waits for."""
    [office] = world.of_kind(OrganisationKind.COMMITTEE_OFFICE, region=world.county)[:1]
    with acting(world.actor(office)) as actor:
        if safeguards.events(actor).exists():
            return 0
        today = clock.today()
        found = loop.hidden_dangers(actor, loop.Filters(), today)
        closed = found.filter(status=loop.Status.CLOSED).order_by("-ended_at", "number")[:CLOSED]
        under_way = found.filter(status__in=UNDER_WAY).order_by("registered_at", "number")[:OPEN]
        ids = [one.id for one in (*closed, *under_way)]
        if not ids:
            return 0
        facts = safeguards.EventFacts(
            name=NAME,
            opens_on=today + AHEAD,
            ends_on=today + AHEAD + timedelta(days=2),
            place="演示文化广场",
            note="开幕前全部销号；每周五调度一次，剩余的由主办单位说明原因。",
        )
        event = safeguards.establish_event(actor=actor, region_id=world.county.id, facts=facts)
        return safeguards.guard_matters(actor=actor, event_id=event.id, hidden_danger_ids=ids)
