"""The loop's door for other slices."""

from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.hidden_dangers.actions import register
from anlan.hidden_dangers.actions.registration import Find
from anlan.hidden_dangers.choices import Level, PartyKind, Source, Status
from anlan.hidden_dangers.commands import COMMANDS
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.selectors import Filters, hidden_danger, hidden_dangers
from anlan.hidden_dangers.workflow import PROCESS

__all__ = [
    "COMMANDS",
    "PROCESS",
    "Filters",
    "Find",
    "HiddenDanger",
    "Level",
    "PartyKind",
    "Source",
    "Status",
    "act",
    "hidden_danger",
    "hidden_dangers",
    "register",
]


def act(actor: Actor, hidden_danger_id: UUID, verb: str, **payload: Any) -> HiddenDanger:
    """Move a matter by a verb with its payload (`commands`). Raises a Refusal."""
    return COMMANDS[verb](verb=verb, **payload).run(actor, hidden_danger_id)
