"""Is it put right? The acceptor is never the rectifier; closing follows acceptance in the same act."""

from datetime import date
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.hidden_dangers.actions.steps import attach, fire, hold, join, moving, needed
from anlan.hidden_dangers.choices import HandlingMode
from anlan.hidden_dangers.holds import held_by
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.terms import TERMS
from anlan.lib import clock
from anlan.lib.due_days import ahead
from anlan.lib.refusals import Invalid

OFFICERS_ON_SITE = 2
"""Officers who must be on site to accept a major hidden danger (DOMAIN §4; 行政处罚法第四十二条: not fewer than two)."""


def return_rectification(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    reason: str,
    due_on: date | None = None,
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Send it back to be put right again. The original due date stays on record; a passed one gets a new period."""
    with moving(actor, hidden_danger_id, "return", if_versions) as matter:
        matter.return_count += 1
        matter.due_on = _new_due_on(matter, due_on)
        was_never_dispatched = matter.lead is None
        _name_a_lead(matter)
        reason = needed(reason, "reason", "退回理由")
        fire(actor, matter, "return", reason, return_count=matter.return_count, due_on=matter.due_on)
        if was_never_dispatched:
            join(matter, (matter.dispatcher, ParticipationKind.DISPATCHER), (matter.lead, ParticipationKind.LEAD))
        return matter


def accept_rectification(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    note: str,
    photo_ids: list[UUID] | None = None,
    report_ids: list[UUID] | None = None,
    officers: list[str] | None = None,
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Accept, and close. 重大 needs the enterprise's own acceptance report and two officers on site."""
    with moving(actor, hidden_danger_id, "accept_rectification", if_versions) as matter:
        note = needed(note, "note", "验收意见")
        named = [name.strip() for name in officers or [] if name.strip()]
        if matter.is_major:
            _check_major(report_ids or [], named)
        attach(actor, matter, photo_ids or [], "OTHER")
        attach(actor, matter, report_ids or [], "REPORT")
        matter.accepted_at = clock.now()
        matter.accepted_by_id = actor.person_id
        words = f"{note}（到场：{'、'.join(named)}）" if named else note
        fire(
            actor,
            matter,
            "accept_rectification",
            words,
            officers=len(named),
            files=[*(photo_ids or []), *(report_ids or [])],
        )
        if not held_by(matter):
            matter.ended_at = clock.now()
            fire(actor, matter, "close", is_automatic=True)
        return matter


def close(*, actor: Actor, hidden_danger_id: UUID, if_versions: frozenset[int] | None = None) -> HiddenDanger:
    """Close an accepted matter that something had held open."""
    with moving(actor, hidden_danger_id, "close", if_versions) as matter:
        matter.ended_at = clock.now()
        fire(actor, matter, "close")
        return matter


def _check_major(report_ids: list[UUID], officers: list[str]) -> None:
    if not report_ids:
        raise Invalid.at("/report", "重大隐患请上传企业自验报告。")
    if len(set(officers)) < OFFICERS_ON_SITE:
        raise Invalid.at("/officers", f"重大隐患验收须有 {OFFICERS_ON_SITE} 名以上执法人员到场，请填写姓名。")


def _name_a_lead(matter: HiddenDanger) -> None:
    """What was fixed on the spot was never dispatched: returned, it is the screening office's to see to."""
    if matter.lead is None:
        matter.dispatcher = matter.lead = matter.screening
        matter.dispatched_at = clock.now()
        matter.modes = [HandlingMode.BY_ENTERPRISE]
        matter.original_due_on = matter.due_on
    hold(matter, matter.lead)


def _new_due_on(matter: HiddenDanger, due_on: date | None) -> date:
    if due_on:
        return ahead(due_on, "due_on", "整改期限")
    if matter.due_on and matter.due_on >= clock.today():
        return matter.due_on
    return TERMS["RERECTIFY"].ends_on(clock.today())
