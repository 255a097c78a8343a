"""The door of 活动保障 for other slices."""

from anlan.safeguards.actions import establish_event, guard_matters
from anlan.safeguards.facts import EventFacts
from anlan.safeguards.selectors import events, tallies

__all__ = ["EventFacts", "establish_event", "events", "guard_matters", "tallies"]
