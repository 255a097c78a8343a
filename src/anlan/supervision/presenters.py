"""What pages and the API say of a listing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from anlan.authz.actors import Actor
from anlan.http.api import LastAct
from anlan.lib.refusals import Refusal
from anlan.processes import api as processes
from anlan.processes.api import Event, EventKind
from anlan.proofs import api as proofs
from anlan.supervision.choices import ControlsState, ListerLevel, ListingStatus
from anlan.supervision.models import ListingControl, ListingProgress, SupervisionListing
from anlan.supervision.policies import checker
from anlan.supervision.selectors import controls_of, progress_of
from anlan.supervision.workflow import PROCESS
from anlan.ui.case import Act, ActionBar, TimelineEntry

STEP_TITLES = {step.event: step.label for _, step in PROCESS.steps()}
VERB_LABELS = {transition.verb: transition.label for transition in PROCESS.transitions}


def verbs(actor: Actor, listing: SupervisionListing) -> list[str]:
    """The verbs this actor may do now, in the table's order."""
    return [
        t.verb for t in PROCESS.verbs_from(listing.status) if actor.can(t.permission) and _may(actor, listing, t.verb)
    ]


def _may(actor: Actor, listing: SupervisionListing, verb: str) -> bool:
    try:
        checker(verb)(actor, listing)
    except Refusal:
        return False
    return True


def listings_out(actor: Actor, listings: Sequence[SupervisionListing]) -> list[dict[str, Any]]:
    """Listings as the API gives them."""
    progress, controls = progress_of(listings), controls_of(listings)
    return [_listing_out(actor, one, progress[one.id], controls[one.id]) for one in listings]


def listing_out(actor: Actor, listing: SupervisionListing) -> dict[str, Any]:
    """One of them."""
    return listings_out(actor, [listing])[0]


def _listing_out(
    actor: Actor,
    listing: SupervisionListing,
    progress: Sequence[ListingProgress],
    controls: Sequence[ListingControl],
) -> dict[str, Any]:
    return {
        "id": listing.id,
        "document_number": listing.document_number,
        "status": {"code": listing.status, "label": ListingStatus(listing.status).label},
        "level": {"code": listing.level, "label": ListerLevel(listing.level).label},
        "lister": {"id": listing.lister_id, "name": listing.lister.name},
        "hidden_danger": listing.hidden_danger_id,
        "leader": listing.leader,
        "due_on": listing.due_on,
        "listed_at": listing.listed_at,
        "released_at": listing.released_at,
        "days_listed": listing.days_listed,
        "controls_state": {"code": listing.controls_state, "label": listing.controls_state.label},
        "controls": [
            {
                "measures": one.measures,
                "holder": one.holder,
                "holder_phone": one.holder_phone,
                "check_on": one.check_on,
                "set_at": one.set_at,
                "set_by": one.set_by.display_name,
            }
            for one in controls
        ],
        "progress": [
            {"note": one.note, "reported_at": one.reported_at, "reported_by": one.reported_by.display_name}
            for one in progress
        ],
        "verbs": verbs(actor, listing),
        "version": listing.version,
    }


def act_url(listing: SupervisionListing, verb: str) -> str:
    return reverse("supervision:act", args=[listing.id, verb.replace("_", "-")])


def action_bar(actor: Actor, listing: SupervisionListing) -> ActionBar:
    """What may be done with the listing now, by whom, until when."""
    possible = verbs(actor, listing)
    acts = [Act(VERB_LABELS[verb], act_url(listing, verb), danger=verb == "refuse_release") for verb in possible]
    first = _primary(listing, possible)
    primary = acts[possible.index(first)] if first else None
    return ActionBar(
        now=ListingStatus(listing.status).label,
        who=listing.lister.short_name,
        due_on=listing.due_on if listing.is_open else None,
        primary=primary,
        secondary=[act for act in acts if act is not primary],
    )


def _primary(listing: SupervisionListing, possible: list[str]) -> str:
    """Controls that are not in force come first; otherwise what brings the listing furthest."""
    if "set_controls" in possible and listing.controls_state != ControlsState.IN_FORCE:
        return "set_controls"
    return next((verb for verb in reversed(possible) if verb not in ("refuse_release", "set_controls")), "")


def last_act(listing_id: UUID) -> LastAct | None:
    """The last step of a listing: whoever sees the listing reads its history."""
    steps = [event for event in processes.history_of(listing_id) if event.verb]
    if not steps:
        return None
    last = steps[-1]
    return LastAct(
        last.event, VERB_LABELS.get(last.verb, last.verb), last.actor_label, last.organisation_label, last.at
    )


def timeline(actor: Actor, listing: SupervisionListing) -> list[TimelineEntry]:
    """Everything that happened to the listing, the newest first."""
    return [_entry(actor, event) for event in reversed(processes.history_of(listing.id))]


def _entry(actor: Actor, event: Event) -> TimelineEntry:
    is_deadline = event.kind == EventKind.DEADLINE
    return TimelineEntry(
        at=event.at,
        what=STEP_TITLES.get(event.event, "时限提醒") if is_deadline else VERB_LABELS[event.verb],
        who="" if is_deadline else event.actor_label,
        organisation=event.organisation_label,
        kind="deadline" if is_deadline else "act",
        note=event.note,
        late=is_deadline and not event.event.endswith("due_soon"),
        receipt_url=proofs.receipt_url(actor, event),
    )
