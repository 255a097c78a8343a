"""Lateness in the loop brings a letter."""

from anlan.authz.actors import Actor
from anlan.hidden_dangers.api import hidden_danger
from anlan.processes.api import Event, reaction
from anlan.supervision.actions import issue_letter


@reaction("hidden_danger.rectification_overdue", "hidden_danger.acknowledgement_overdue")
def urge(actor: Actor, event: Event) -> None:
    """A supervision letter from the dispatcher to the lead."""
    reasons = {
        "hidden_danger.rectification_overdue": "隐患整改逾期",
        "hidden_danger.acknowledgement_overdue": "交办的隐患超期未签收",
    }
    matter = hidden_danger(actor, event.subject_id)
    issue_letter(actor=actor, matter=matter, event=event, reason=reasons[event.event])
