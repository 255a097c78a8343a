"""The door of 活动保障 for other slices."""

from anlan.safeguards.actions import establish_event, guard_matters
from anlan.safeguards.boards import guarding, next_to_open
from anlan.safeguards.choices import MatterState
from anlan.safeguards.facts import EventFacts
from anlan.safeguards.selectors import GUARDING, events, matters, tallies

__all__ = [
    "GUARDING",
    "EventFacts",
    "MatterState",
    "establish_event",
    "events",
    "guard_matters",
    "guarding",
    "matters",
    "next_to_open",
    "tallies",
]
