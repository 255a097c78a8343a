"""What checks bring with them: who sees their files, and when the secrecy of an unannounced one ends."""

from anlan.authz.actors import Actor
from anlan.files import api as files
from anlan.inspections import actions
from anlan.inspections.selectors import finding_of, sees, sees_self_check_finding
from anlan.inspections.workflow import PROCESS
from anlan.processes.api import Event, reaction

files.register_subject(PROCESS.subject_type, sees)
files.register_subject("self_check_finding", sees_self_check_finding)


@reaction("hidden_danger.dispatched", "hidden_danger.dismissed", "hidden_danger.terminated")
def lift_secrecy(actor: Actor, event: Event) -> None:
    """An unannounced check is secret until the last of its findings is dispatched or at its end."""
    finding = finding_of(event.subject_id)
    if finding is not None:
        actions.reveal(actor=actor, check_id=finding.check_record_id)
