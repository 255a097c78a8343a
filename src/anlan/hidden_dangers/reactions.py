"""What the loop brings with it: the messages that follow its events, and who sees its files."""

from uuid import UUID

from anlan.authz.actors import Actor
from anlan.files import api as files
from anlan.hidden_dangers.actions.travelling import travel_with_site
from anlan.hidden_dangers.messages import TELLINGS
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.presenters import last_act
from anlan.hidden_dangers.selectors import at_site, hidden_danger, hidden_danger_in_brief, of_party, sees, told_about
from anlan.hidden_dangers.workflow import PROCESS, TRAVELLED
from anlan.http import api as http
from anlan.live import api as live
from anlan.notify import api as notify
from anlan.processes import api as processes
from anlan.processes.api import Event, reaction
from anlan.register import api as register

files.register_subject(PROCESS.subject_type, sees)
live.watch(PROCESS.subject_type, HiddenDanger)
http.register_last_act(PROCESS.subject_type, lambda actor, id_: last_act(actor, hidden_danger(actor, id_)))
register.register_open_matters(
    "件隐患", lambda site: site.hidden_dangers.open().filter(concealed=False).count(), travel_with_site
)
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


@reaction(TRAVELLED)
def tell_of_travelling(actor: Actor, event: Event) -> None:
    """The unit that has received the site hears of each matter that came with it, also when it answered itself: whoever
    takes a site over is seldom who sees to its matters. Who puts it right hears whose it is now. Of an unannounced one
    only those hear who take part in it."""
    matter = hidden_danger_in_brief(actor, event.subject_id)
    receiver = UUID(event.payload["to_unit"])
    if event.payload["taken_over"]:
        _tell_of(actor, event, matter, receiver, "有隐患随场所移交给本单位，请接着办理")
    elif not matter.concealed:
        _tell_of(actor, event, matter, receiver, "有隐患随场所移交到本辖区")
    if matter.lead_id not in (None, receiver):
        _tell_of(actor, event, matter, matter.lead_id, f"隐患随场所移交：{event.note}")


def _tell_of(actor: Actor, event: Event, matter: HiddenDanger, organisation_id: UUID, title: str) -> None:
    notify.tell(
        actor=actor,
        organisation_id=organisation_id,
        subject_type=event.subject_type,
        subject_id=matter.id,
        region_path=matter.region_path,
        title=title[:120],
        body=f"{matter.number} {matter.place}：{matter.description[:60]}",
        dedupe_key=f"{event.id}:{organisation_id}",
    )
