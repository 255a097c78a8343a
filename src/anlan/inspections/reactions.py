"""What checks bring with them: who sees their files, and when the secrecy of an unannounced one ends."""

from anlan.authz.actors import Actor
from anlan.files import api as files
from anlan.inspections import actions
from anlan.inspections.models import CheckRecord
from anlan.inspections.selectors import (
    checks_at_site,
    checks_of_enterprise,
    finding_of,
    months_filed_twice,
    sees,
    sees_self_check_finding,
)
from anlan.inspections.workflow import PROCESS
from anlan.live import api as live
from anlan.processes.api import Event, reaction
from anlan.register import api as register

files.register_subject(PROCESS.subject_type, sees)
files.register_subject("self_check_finding", sees_self_check_finding)
live.watch(PROCESS.subject_type, CheckRecord)


def _both_filed(merged: register.Enterprise, survivor: register.Enterprise) -> str:
    months = "、".join(f"{month:%Y-%m}" for month in months_filed_twice(merged.id, survivor.id))
    return f"两家都报过 {months} 的自查，请先作废其中一份。" if months else ""


register.register_follower(
    register.Enterprise,
    "次检查",
    "enterprise_id",
    checks_of_enterprise,
    told=lambda id_: checks_of_enterprise(id_).filed().filter(concealed=False),
    obstacle=_both_filed,
    by_matter=True,
)
register.register_follower(
    register.Site,
    "次检查",
    "site_id",
    checks_at_site,
    told=lambda id_: checks_at_site(id_).filed().filter(concealed=False),
)


@reaction("hidden_danger.dispatched", "hidden_danger.dismissed", "hidden_danger.terminated")
def lift_secrecy(actor: Actor, event: Event) -> None:
    """An unannounced check is secret until the last of its findings is dispatched or at its end."""
    finding = finding_of(event.subject_id)
    if finding is not None:
        actions.reveal(actor=actor, check_id=finding.check_record_id)
