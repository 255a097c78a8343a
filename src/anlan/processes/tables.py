"""The transition table: what a slice declares, and what `fire`, the buttons, the API, the diagrams and the
permission matrix are all made from (DESIGN §3)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from anlan.authz.permissions import Permission
from anlan.lib import clock

SAME = ""
"""Target of a verb that leaves the status as it is."""

NEW = ""
"""Source of the verb that makes the record."""


@dataclass(frozen=True)
class Transition:
    """One row: ``verb`` leads from any of ``sources`` to ``target``.

    ``opens``, ``meets``, ``pauses``, ``resumes`` and ``cancels`` name kinds of deadline; ``requires`` says in words
    what the policy checks; ``article`` is the citation; ``document`` the paper that goes with it.
    """

    verb: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: Permission
    event: str
    who: str = ""
    requires: str = ""
    article: str = ""
    document: str = ""
    opens: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    automatic: bool = False
    withdrawable: bool = False

    def leads_to(self, status: str) -> str:
        """The status after the verb, when ``status`` is the one before."""
        return self.target or status


@dataclass(frozen=True)
class Step:
    """One rung of an escalation ladder: ``event`` happens ``days`` after the due date, at ``hour`` o'clock.

    ``days`` is negative for a reminder before; 1 is the next morning (requirements, D34).
    """

    event: str
    label: str
    days: int
    hour: int = 8

    def falls_at(self, due_on: date, rested_days: int = 0) -> datetime:
        """The instant; ``rested_days`` after the due date do not count as lateness."""
        return _at_hour(due_on, self.days + rested_days if self.days > 0 else self.days, self.hour)

    def is_out_of_date(self, due_on: date, at: datetime) -> bool:
        """Whether it would say at ``at`` what is no longer so: a reminder that did not come in its time."""
        if self.days == 0:
            return due_on < clock.legal_date(at)
        return self.days < 0 and self.falls_at(due_on) <= at


@lru_cache(maxsize=4096)
def _at_hour(day: date, days: int, hour: int) -> datetime:
    return clock.start_of(day + timedelta(days=days)) + timedelta(hours=hour)


@dataclass(frozen=True)
class DeadlineKind:
    """A period that starts with a verb. ``due_on(subject, started_on)`` gives its last day, or None where none begins;
    ``article`` its source."""

    kind: str
    label: str
    due_on: Callable[[Any, date], date | None]
    article: str
    ladder: tuple[Step, ...] = ()


@dataclass
class Process:
    """Everything that can happen to one kind of subject."""

    subject_type: str
    label: str
    statuses: type[Any]
    open_statuses: frozenset[str]
    transitions: tuple[Transition, ...]
    deadlines: dict[str, DeadlineKind] = field(default_factory=dict)
    settling: tuple[str, ...] = ()
    """Events put down on the timeline that change what a step before them left: nothing is taken back behind them."""

    def row(self, verb: str, status: str) -> Transition | None:
        """The row of ``verb`` from ``status``, or None."""
        return next((t for t in self.transitions if t.verb == verb and status in t.sources), None)

    def rows_of(self, verb: str) -> list[Transition]:
        return [t for t in self.transitions if t.verb == verb]

    def verbs_from(self, status: str) -> list[Transition]:
        """What a person could do from ``status``, in the table's order."""
        return [t for t in self.transitions if status in t.sources and not t.automatic]

    @property
    def verbs(self) -> list[str]:
        return list(dict.fromkeys(t.verb for t in self.transitions))

    def steps(self) -> Iterable[tuple[DeadlineKind, Step]]:
        return ((kind, step) for kind in self.deadlines.values() for step in kind.ladder)

    def events(self) -> list[str]:
        """Every event this process can give."""
        return list(dict.fromkeys([t.event for t in self.transitions] + [step.event for _, step in self.steps()]))


PROCESSES: dict[str, Process] = {}


def register(process: Process) -> Process:
    """Make the process known to the sweep, the generated documents and the meta-tests."""
    PROCESSES[process.subject_type] = process
    return process
