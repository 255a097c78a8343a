"""Lateness in the loop raises a lead where the party can be punished."""

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.enforcement.actions import bring_along, raise_lead
from anlan.enforcement.selectors import leads_against
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import hidden_danger_in_brief
from anlan.organisations import api as organisations
from anlan.processes.api import Event, reaction
from anlan.register import api as register

loop.follow_matter(bring_along)
register.register_follower(register.Enterprise, "条执法线索", "enterprise_id", leads_against)


@reaction("hidden_danger.rectification_overdue")
def propose_case(actor: Actor, event: Event) -> None:
    """A lead to the department responsible for the matter's sector."""
    matter = hidden_danger_in_brief(actor, event.subject_id)
    enforcer = organisations.regulator_of(matter.sector or Sector.OTHER, matter.region)
    if enforcer is not None:
        raise_lead(actor=actor, matter=matter, event=event, enforcer=enforcer, reason="逾期未消除事故隐患")
