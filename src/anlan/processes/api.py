"""The door of processes: tables to declare, `fire` to move, history and deadlines to read."""

from anlan.processes import chronicles, importing, invariants
from anlan.processes.actions import check_state, comment, fire, put_down
from anlan.processes.choices import DeadlineState, EventKind
from anlan.processes.chronicles import Chronicle, Told
from anlan.processes.deadlines import follow as follow_with_deadlines
from anlan.processes.deadlines import nobody_else_sweeps, sweep
from anlan.processes.documents import HEAD as DOCUMENT_HEAD
from anlan.processes.documents import register_document
from anlan.processes.documents import table as document_table
from anlan.processes.importing import PastStep
from anlan.processes.invariants import Breach
from anlan.processes.models import Deadline, Event
from anlan.processes.reactions import reaction
from anlan.processes.selectors import (
    event_by_id,
    happened,
    histories_of,
    history_of,
    last_event,
    nearest_deadlines,
    next_due_on,
    running_deadline,
    running_deadlines,
    running_of,
    status_before,
    steps_taken,
    subjects_past,
    value_before,
)
from anlan.processes.stepping_back import check_can_withdraw, remember, withdraw
from anlan.processes.tables import NEW, PROCESSES, SAME, DeadlineKind, Process, Step, Transition, register
from anlan.processes.telling import tell

__all__ = [
    "DOCUMENT_HEAD",
    "NEW",
    "PROCESSES",
    "SAME",
    "Breach",
    "Chronicle",
    "Deadline",
    "DeadlineKind",
    "DeadlineState",
    "Event",
    "EventKind",
    "PastStep",
    "Process",
    "Step",
    "Told",
    "Transition",
    "check_can_withdraw",
    "check_state",
    "chronicles",
    "comment",
    "document_table",
    "event_by_id",
    "fire",
    "follow_with_deadlines",
    "happened",
    "histories_of",
    "history_of",
    "importing",
    "invariants",
    "last_event",
    "nearest_deadlines",
    "next_due_on",
    "nobody_else_sweeps",
    "put_down",
    "reaction",
    "register",
    "register_document",
    "remember",
    "running_deadline",
    "running_deadlines",
    "running_of",
    "status_before",
    "steps_taken",
    "subjects_past",
    "sweep",
    "tell",
    "value_before",
    "withdraw",
]
