"""Lateness in the loop brings a letter; whoever a listing concerns hears of it; an open listing holds a matter open, and the last release closes it."""

from django.urls import reverse

from anlan.authz.actors import Actor
from anlan.hidden_dangers import api as loop
from anlan.http import api as http
from anlan.live import api as live
from anlan.notify import api as notify
from anlan.processes import api as processes
from anlan.processes.api import Event, reaction
from anlan.supervision.actions import bring_along, issue_letter
from anlan.supervision.messages import TELLINGS
from anlan.supervision.models import SupervisionLetter, SupervisionListing
from anlan.supervision.presenters import last_act
from anlan.supervision.selectors import listing, listing_to_tell, open_listers
from anlan.supervision.workflow import PROCESS

live.watch("supervision_letter", SupervisionLetter)
live.watch(PROCESS.subject_type, SupervisionListing)
http.register_last_act(PROCESS.subject_type, lambda actor, id_: last_act(id_))
notify.register_address(PROCESS.subject_type, lambda id_: reverse("supervision:listing", args=[id_]))
loop.follow_matter(bring_along)
loop.hold_open(lambda matter: open_listers(matter.id))


@reaction("hidden_danger.rectification_overdue", "hidden_danger.acknowledgement_overdue")
def urge(actor: Actor, event: Event) -> None:
    """A supervision letter from the dispatcher to the lead."""
    reasons = {
        "hidden_danger.rectification_overdue": "隐患整改逾期",
        "hidden_danger.acknowledgement_overdue": "交办的隐患超期未签收",
    }
    matter = loop.hidden_danger_in_brief(actor, event.subject_id)
    issue_letter(actor=actor, matter=matter, event=event, reason=reasons[event.event])


@reaction(*TELLINGS)
def tell(actor: Actor, event: Event) -> None:
    """Send the event's message to everyone it concerns."""
    telling, about = TELLINGS[event.event], listing_to_tell(actor, event.subject_id)
    body = f"{about.document_number} {about.lister.name} {about.hidden_danger.number} {about.hidden_danger.place}"
    processes.tell(actor, event, telling.to(about), telling.titled(about), body)


@reaction("supervision_listing.released")
def close_matter(actor: Actor, event: Event) -> None:
    """The last listing is gone and the matter has been accepted: it closes."""
    matter = loop.hidden_danger(actor, listing(actor, event.subject_id).hidden_danger_id)
    if matter.status == loop.Status.ACCEPTED and not open_listers(matter.id):
        loop.act(actor, matter.id, "close")
