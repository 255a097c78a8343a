"""What the loop brings with it: the messages that follow its events, and who sees its files."""

from anlan.authz.actors import Actor
from anlan.files import api as files
from anlan.hidden_dangers.messages import TELLINGS
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.selectors import at_site, hidden_danger_in_brief, of_party, sees, told_about
from anlan.hidden_dangers.workflow import PROCESS
from anlan.live import api as live
from anlan.processes import api as processes
from anlan.processes.api import Event, reaction
from anlan.register import api as register

files.register_subject(PROCESS.subject_type, sees)
live.watch(PROCESS.subject_type, HiddenDanger)
register.register_open_matters("件隐患", lambda site: site.hidden_dangers.open().filter(concealed=False).count())
register.register_follower(
    register.Enterprise, "件隐患", "party_enterprise_id", of_party, told=told_about, by_matter=True
)
register.register_follower(
    register.Site, "件隐患", "site_id", at_site, told=lambda id_: at_site(id_).filter(concealed=False)
)


@reaction(*TELLINGS)
def tell(actor: Actor, event: Event) -> None:
    """Send the event's message to everyone it concerns, once each, but not to whoever did it."""
    telling = TELLINGS[event.event]
    matter = hidden_danger_in_brief(actor, event.subject_id)
    title = telling.title.format(due_on=matter.due_on)
    concerned = [one.id for one in telling.to(matter) if one is not None]
    processes.tell(actor, event, concerned, title, f"{matter.number} {matter.place}：{matter.description[:60]}")
