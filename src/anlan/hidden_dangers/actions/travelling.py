"""随场所移交: the open matters of a site that is handed over travel with it (DOMAIN §2). What has ended stays with whoever
ended it."""

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation
from anlan.authz.participation import follow
from anlan.hidden_dangers.actions.steps import hold, join
from anlan.hidden_dangers.choices import Status
from anlan.hidden_dangers.following import bring_along
from anlan.hidden_dangers.models import (
    Extension,
    HiddenDanger,
    ImportedMatter,
    LookBack,
    RectificationPlan,
    Suspension,
)
from anlan.hidden_dangers.policies import acceptor
from anlan.hidden_dangers.selectors import load_organisations
from anlan.hidden_dangers.workflow import PROCESS, TRAVELLED
from anlan.lib import clock
from anlan.organisations import api as organisations
from anlan.processes import api as processes
from anlan.register import api as register

OWN = (ImportedMatter, RectificationPlan, Suspension, Extension, LookBack)
"""What lies where its matter lies; what a rule said is never changed, and stays where it was said."""
PARTS = {
    "screening": ParticipationKind.SCREENING,
    "dispatcher": ParticipationKind.DISPATCHER,
    "lead": ParticipationKind.LEAD,
}
"""Where the receiver takes the place of the old unit. Who reported and who confirmed is history."""
SCREENED = frozenset({Status.REGISTERED, Status.CONFIRMED})
LED = frozenset({Status.DISPATCHED, Status.RECTIFYING, Status.SUSPENDED})


def travel_with_site(actor: Actor, transfer: register.SiteTransfer) -> None:
    """Take every open matter of the site along, unannounced ones too, in the transaction in which the site moves.

    The receiver does not see them until then: the transfer is what it was asked, and the wall is the county's.
    """
    rows = HiddenDanger.objects.select_related("party_enterprise").filter(site_id=transfer.site_id).open()
    leaving = _leaving(transfer)
    for matter in rows.order_by("id").select_for_update(of=("self",)):
        load_organisations(matter)
        _take_along(actor, matter, transfer, leaving)


def _leaving(transfer: register.SiteTransfer) -> tuple[str, ...]:
    """Below which paths the receiver takes every place: the old unit with its offices and villages, and where that is a
    park the township of the old place, which screens what is found there, unless the site stays in it."""
    township = organisations.local_unit_of(transfer.from_region)
    if township is None or township == organisations.local_unit_of(transfer.to_region):
        return (transfer.from_unit.path,)
    return (transfer.from_unit.path, township.path)


def _take_along(actor: Actor, matter: HiddenDanger, transfer: register.SiteTransfer, leaving: tuple[str, ...]) -> None:
    turn = _whose_turn(matter)
    matter.region, matter.region_path = transfer.to_region, transfer.to_region.path
    taken = [name for name in PARTS if _gives_way(matter, name, leaving)]
    for name in taken:
        setattr(matter, name, transfer.to_unit)
    if (now := _whose_turn(matter)) is not None and now != turn:
        hold(matter, now)
    matter.version += 1
    matter.changed_at = clock.now()
    matter.save()
    _lie_there(actor, matter)
    join(matter, *((transfer.to_unit, PARTS[name]) for name in taken), *_accepting(matter))
    _put_down(actor, matter, transfer, taken)


def _gives_way(matter: HiddenDanger, name: str, leaving: tuple[str, ...]) -> bool:
    """Whether the old unit stands there. Who bounced a matter that waits to be dispatched again did so for good."""
    unit: Organisation | None = getattr(matter, name)
    if unit is None or (name == "lead" and matter.status == Status.CONFIRMED):
        return False
    return unit.path.startswith(leaving)


def _whose_turn(matter: HiddenDanger) -> Organisation | None:
    """Who must act next by the state: what the holder is made of."""
    if matter.status in SCREENED:
        return matter.screening
    if matter.status in LED:
        return matter.lead
    return matter.reporter if matter.status == Status.RETURNED_TO_REPORTER else acceptor(matter)


def _accepting(matter: HiddenDanger) -> list[tuple[Organisation, ParticipationKind]]:
    """Whoever accepts takes part as that, as when it was handed in."""
    return [(matter.holder, ParticipationKind.ACCEPTOR)] if matter.status == Status.SUBMITTED else []


def _lie_there(actor: Actor, matter: HiddenDanger) -> None:
    for model in OWN:
        model._default_manager.filter(hidden_danger=matter).update(region_path=matter.region_path)
    follow(matter.id, matter.region_path)
    processes.follow_with_deadlines([matter.id], matter.region_path)
    bring_along(actor, matter)


def _put_down(actor: Actor, matter: HiddenDanger, transfer: register.SiteTransfer, taken: list[str]) -> None:
    said = {
        "transfer": transfer.id,
        "from_unit": transfer.from_unit_id,
        "to_unit": transfer.to_unit_id,
        "to_region": transfer.to_region_id,
        "taken_over": taken,
    }
    words = f"{transfer.from_unit.short_name} → {transfer.to_unit.short_name}"
    processes.put_down(actor=actor, process=PROCESS, subject=matter, name=TRAVELLED, payload=said, note=words)
