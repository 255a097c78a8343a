"""The door of processes: tables to declare, `fire` to move, history and deadlines to read."""

from anlan.processes import importing
from anlan.processes.actions import check_state, comment, fire
from anlan.processes.choices import DeadlineState, EventKind
from anlan.processes.deadlines import sweep
from anlan.processes.importing import PastStep
from anlan.processes.models import Deadline, Event
from anlan.processes.reactions import reaction
from anlan.processes.selectors import (
    histories_of,
    history_of,
    last_event,
    nearest_deadlines,
    next_due_on,
    running_deadlines,
    running_of,
    status_before,
    subjects_past,
)
from anlan.processes.stepping_back import check_can_withdraw, remember, withdraw
from anlan.processes.tables import NEW, PROCESSES, SAME, DeadlineKind, Process, Step, Transition, register

__all__ = [
    "NEW",
    "PROCESSES",
    "SAME",
    "Deadline",
    "DeadlineKind",
    "DeadlineState",
    "Event",
    "EventKind",
    "PastStep",
    "Process",
    "Step",
    "Transition",
    "check_can_withdraw",
    "check_state",
    "comment",
    "fire",
    "histories_of",
    "history_of",
    "importing",
    "last_event",
    "nearest_deadlines",
    "next_due_on",
    "reaction",
    "register",
    "remember",
    "running_deadlines",
    "running_of",
    "status_before",
    "subjects_past",
    "sweep",
    "withdraw",
]
