"""Is it one, how grave, and whose."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind, Sector
from anlan.hidden_dangers.actions.advising import named_finding
from anlan.hidden_dangers.actions.steps import fire, join, moving, needed
from anlan.hidden_dangers.choices import CAUSES_TO_CHOOSE, Cause, Level, MajorState, PartyKind, Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.lib import clock
from anlan.lib.due_days import ahead
from anlan.lib.refusals import Invalid, Refused
from anlan.organisations import api as organisations
from anlan.register import api as enterprises


@dataclass(frozen=True)
class Party:
    """The responsible party: exactly one of an enterprise, an organisation, a natural person."""

    kind: PartyKind
    enterprise_id: UUID | None = None
    organisation_id: UUID | None = None
    person: str = ""


def confirm(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    cause: Cause,
    party: Party | None = None,
    level: Level = Level.GENERAL,
    clause: str = "",
    sector: str = "",
    due_on: date | None = None,
    note: str = "",
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Confirm a general hidden danger. MAJOR is refused here: it is proposed, and the department decides."""
    with moving(actor, hidden_danger_id, "confirm", if_versions) as matter:
        if level != Level.GENERAL:
            text = "这里只能核定一般隐患；认为重大的，请“提请判定重大”，由主管部门判定。"
            raise Refused("major_needs_department", text, "安全生产法第一百一十八条")
        grade(actor, matter, cause=cause, party=party, clause=clause, sector=sector)
        matter.level = Level.GENERAL
        if due_on:
            matter.suggested_due_on = ahead(due_on, "due_on", "建议整改期限")
        fire(actor, matter, "confirm", note, level=matter.level, clause=matter.clause, cause=matter.cause,
             party_kind=matter.party_kind, sector=matter.sector, suggested_due_on=due_on)  # fmt: skip
        return matter


def propose_major(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    reason: str,
    clause: str = "",
    sector: str = "",
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Ask the department responsible for the matter's sector to decide; its timer starts."""
    with moving(actor, hidden_danger_id, "propose_major", if_versions) as matter:
        _set_sector(matter, sector)
        if not matter.sector:
            raise Invalid.at("/sector", "请先选择行业领域，才能确定由哪个部门判定。")
        decider = organisations.regulator_of(matter.sector, matter.region)
        if decider is None:
            raise Refused("nobody_regulates", f"“{Sector(matter.sector).label}”还没有主管部门，请先由安委办明确。")
        matter.major_state = MajorState.PROPOSED
        matter.major_decider = decider
        matter.major_proposed_at = clock.now()
        fire(actor, matter, "propose_major", needed(reason, "reason", "提请理由"), clause=clause, sector=matter.sector,
             decider=decider.id)  # fmt: skip
        join(matter, (decider, ParticipationKind.MAJOR_DECIDER))
        return matter


def confirm_major(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    clause: str,
    cause: str = "",
    party: Party | None = None,
    finding: UUID | None = None,
    note: str = "",
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Decide that it is 重大, naming the clause, and the rule's ``finding`` if it was of use. From REGISTERED this also confirms the matter."""
    with moving(actor, hidden_danger_id, "confirm_major", if_versions) as matter:
        matter.clause = needed(clause, "clause", "判定依据的条款")
        named = named_finding(matter, finding)
        if matter.status == Status.REGISTERED:
            grade(actor, matter, cause=cause, party=party, clause=clause, sector="")
        matter.level = Level.MAJOR
        matter.major_state = MajorState.CONFIRMED
        fire(actor, matter, "confirm_major", note, level=matter.level, clause=matter.clause, finding=named)
        return matter


def refuse_major(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    reason: str,
    finding: UUID | None = None,
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Decide that it is not 重大, naming the rule's ``finding`` if it was of use; the matter stays where it was."""
    with moving(actor, hidden_danger_id, "refuse_major", if_versions) as matter:
        named = named_finding(matter, finding)
        matter.major_state = MajorState.REFUSED
        fire(actor, matter, "refuse_major", needed(reason, "reason", "不属重大的理由"), finding=named)
        return matter


def grade(actor: Actor, matter: HiddenDanger, *, cause: str, party: Party | None, clause: str, sector: str) -> None:
    """Say the cause, the party, the clause and the sector, and who confirmed when. Raises Invalid (422)."""
    if cause not in dict(CAUSES_TO_CHOOSE):
        raise Invalid.at("/cause", "请选择成因。")
    matter.cause = cause
    matter.clause = clause.strip() or matter.clause
    _set_sector(matter, sector)
    _set_party(actor, matter, party or _party_of_spot(matter))
    matter.confirmed_at = clock.now()
    matter.confirmed_by_id = organisations.organisation_id_of(actor)


def _set_sector(matter: HiddenDanger, sector: str) -> None:
    if sector and sector not in Sector:
        raise Invalid.at("/sector", "没有这个行业领域。")
    matter.sector = sector or matter.sector


def _party_of_spot(matter: HiddenDanger) -> Party:
    """Whoever answers for the site or the object."""
    if matter.site is not None:
        return Party(PartyKind.ENTERPRISE, enterprise_id=matter.site.enterprise_id)
    found = matter.supervised_object
    if found is None or not found.party_kind:
        raise Invalid.at("/responsible_party", "请选择责任主体。")
    return Party(PartyKind(found.party_kind), found.party_enterprise_id, found.party_organisation_id, found.party_name)


def _set_party(actor: Actor, matter: HiddenDanger, party: Party) -> None:
    matter.party_kind = party.kind
    if party.kind == PartyKind.ENTERPRISE:
        if party.enterprise_id is None:
            raise Invalid.at("/responsible_party/enterprise_id", "请选择责任企业。")
        matter.party_enterprise = enterprises.enterprise_in_brief(actor, party.enterprise_id)
    elif party.kind == PartyKind.ORGANISATION:
        if party.organisation_id is None:
            raise Invalid.at("/responsible_party/organisation_id", "请选择责任单位。")
        matter.party_organisation = organisations.organisation(actor, party.organisation_id)
    else:
        matter.party_person = needed(party.person, "responsible_party/person", "责任人姓名")
