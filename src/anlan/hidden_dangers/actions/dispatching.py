"""To exactly one lead, any number assisting; and the end of a matter whose party is gone."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, ParticipationKind
from anlan.authz.models import Organisation
from anlan.hidden_dangers.actions.steps import fire, hold, join, moving, needed
from anlan.hidden_dangers.choices import HandlingMode
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import party_organisation
from anlan.lib import clock
from anlan.lib.due_days import ahead
from anlan.lib.refusals import Invalid
from anlan.organisations import api as organisations

MAY_LEAD = frozenset(
    {
        OrganisationKind.DEPARTMENT,
        OrganisationKind.DIVISION,
        OrganisationKind.FIRE_RESCUE,
        OrganisationKind.PARK,
        OrganisationKind.TOWNSHIP,
        OrganisationKind.TOWNSHIP_OFFICE,
        OrganisationKind.VILLAGE,
        OrganisationKind.COMMITTEE_OFFICE,
        OrganisationKind.SPECIAL_COMMITTEE_OFFICE,
    }
)


@dataclass(frozen=True)
class Assignment:
    """Who puts it right by when, and how (S0-21)."""

    lead_id: UUID
    due_on: date
    modes: list[HandlingMode] = field(default_factory=lambda: [HandlingMode.BY_ENTERPRISE])
    assisting_ids: list[UUID] = field(default_factory=list)


def dispatch(
    *, actor: Actor, hidden_danger_id: UUID, to: Assignment, note: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Dispatch a confirmed matter. A lead that dispatches to itself has acknowledged by doing so."""
    with moving(actor, hidden_danger_id, "dispatch", if_versions) as matter:
        _assign(actor, matter, "dispatch", to, note)
        return matter


def redispatch(
    *, actor: Actor, hidden_danger_id: UUID, to: Assignment, note: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Dispatch a bounced matter to another lead."""
    with moving(actor, hidden_danger_id, "redispatch", if_versions) as matter:
        if to.lead_id == matter.lead_id:
            raise Invalid.at("/lead", "退件的单位不能用“转办”再交给它；确需由它承办的，请“指定承办”。")
        _assign(actor, matter, "redispatch", to, note)
        return matter


def designate(
    *, actor: Actor, hidden_danger_id: UUID, to: Assignment, note: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Dispatch a bounced matter for good: the lead that is designated cannot bounce it."""
    with moving(actor, hidden_danger_id, "designate", if_versions) as matter:
        matter.is_designated = True
        _assign(actor, matter, "designate", to, note)
        return matter


def bounce(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    reason: str,
    suggested_id: UUID | None = None,
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """The lead says, once, that it is not its matter, and may suggest whose it is."""
    with moving(actor, hidden_danger_id, "bounce", if_versions) as matter:
        suggested = organisations.organisation(actor, suggested_id) if suggested_id else None
        matter.bounce_count += 1
        hold(matter, matter.screening)
        reason = needed(reason, "reason", "退件理由")
        words = f"{reason}（建议由{suggested.short_name}办理）" if suggested else reason
        fire(actor, matter, "bounce", words, suggested=suggested.id if suggested else None)
        return matter


def _assign(actor: Actor, matter: HiddenDanger, verb: str, to: Assignment, note: str) -> None:
    lead = _lead(actor, matter, to.lead_id)
    assisting = [_assisting(actor, matter, n, each) for n, each in enumerate(to.assisting_ids)]
    if not to.modes:
        raise Invalid.at("/mode", "请至少选择一种处置方式。")
    matter.dispatched_at = clock.now()
    matter.dispatcher = organisations.organisation_of(actor)
    matter.lead = lead
    matter.modes = list(dict.fromkeys(to.modes))
    matter.due_on = ahead(to.due_on, "due_on", "整改期限")
    matter.original_due_on = matter.due_on
    matter.concealed = False
    hold(matter, lead)
    told: dict[str, Any] = {
        "lead": lead.id,
        "assisting": [o.id for o in assisting],
        "modes": matter.modes,
        "due_on": matter.due_on,
    }
    fire(actor, matter, verb, note, **told)
    _let_take_part(matter, assisting)
    if lead.id == actor.organisation_id:
        fire(actor, matter, "acknowledge", "本单位主办，交办即签收", is_automatic=True)


def acknowledge(
    *, actor: Actor, hidden_danger_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """The lead takes the matter on; rectification begins."""
    with moving(actor, hidden_danger_id, "acknowledge", if_versions) as matter:
        fire(actor, matter, "acknowledge", note)
        return matter


def terminate(
    *, actor: Actor, hidden_danger_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """End a matter that nobody can put right any more: in neither side of a rate."""
    with moving(actor, hidden_danger_id, "terminate", if_versions) as matter:
        matter.ended_at = clock.now()
        fire(actor, matter, "terminate", needed(reason, "reason", "终结理由"))
        return matter


def _lead(actor: Actor, matter: HiddenDanger, lead_id: UUID) -> Organisation:
    lead = organisations.organisation(actor, lead_id)
    if lead.kind not in MAY_LEAD or lead.region.wall_path != matter.region.wall_path:
        raise Invalid.at("/lead", "主办单位应当是本县（市、区）的部门、乡镇（街道）、园区或者村（社区）。")
    return lead


def _assisting(actor: Actor, matter: HiddenDanger, position: int, organisation_id: UUID) -> Organisation:
    organisation = organisations.organisation(actor, organisation_id)
    if organisation.region.wall_path != matter.region.wall_path:
        raise Invalid.at(f"/assisting/{position}", "协办单位应当在本县（市、区）。")
    return organisation


def _let_take_part(matter: HiddenDanger, assisting: list[Organisation]) -> None:
    join(
        matter,
        (matter.dispatcher, ParticipationKind.DISPATCHER),
        (matter.lead, ParticipationKind.LEAD),
        (party_organisation(matter), ParticipationKind.PARTY),
        *((organisation, ParticipationKind.ASSISTING) for organisation in assisting),
    )
