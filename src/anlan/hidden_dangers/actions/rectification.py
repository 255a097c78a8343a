"""Putting it right: the five, a suspension where it cannot be done now, and the report that it is done."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.hidden_dangers.actions.steps import attach, fire, hold, join, moving, needed
from anlan.hidden_dangers.choices import Decision
from anlan.hidden_dangers.models import HiddenDanger, RectificationPlan, Suspension
from anlan.hidden_dangers.policies import acceptor
from anlan.hidden_dangers.selectors import pending_suspension
from anlan.lib import clock
from anlan.lib.due_days import ahead, not_too_far
from anlan.lib.refusals import Invalid


@dataclass(frozen=True)
class Five:
    """五到位 (S0-69). What is given replaces what stood; what is left out stays."""

    plan: str = ""
    due_on: date | None = None
    person: str = ""
    funds_cny: Decimal | None = None
    measures: str = ""


def fill_five(
    *, actor: Actor, hidden_danger_id: UUID, five: Five, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Fill 方案 时限 责任 资金 措施, all at once or bit by bit."""
    with moving(actor, hidden_danger_id, "fill_five", if_versions) as matter:
        if five.funds_cny is not None and five.funds_cny < 0:
            raise Invalid.at("/funds_cny", "资金不能是负数。")
        if five.due_on is not None:
            not_too_far(five.due_on, "due_on", "五到位的时限")
        defaults = {"region_path": matter.region_path, "filled_at": clock.now()}
        plan, _ = RectificationPlan.objects.get_or_create(hidden_danger=matter, defaults=defaults)
        new = _new_in(five, plan)
        if not new:
            raise Invalid.at("/plan", "没有填写，或者和已经填报的一样。请至少填写、改动五到位中的一项。")
        for name, value in {**new, "filled_at": clock.now()}.items():
            setattr(plan, name, value)
        plan.save()
        fire(actor, matter, "fill_five", missing=plan.missing())
        return matter


def _new_in(five: Five, plan: RectificationPlan) -> dict[str, Any]:
    """What is given and says another thing than what stood. Funds of 0 are given."""
    given = {
        "plan": five.plan.strip(),
        "due_on": five.due_on,
        "person": five.person.strip(),
        "funds_cny": five.funds_cny,
        "measures": five.measures.strip(),
    }
    return {name: value for name, value in given.items() if value not in ("", None) and value != getattr(plan, name)}


def request_suspension(
    *, actor: Actor, hidden_danger_id: UUID, controls: str, review_on: date, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Ask to put rectification off, with interim controls and a review date."""
    with moving(actor, hidden_danger_id, "request_suspension", if_versions) as matter:
        Suspension.objects.create(
            hidden_danger=matter,
            region_path=matter.region_path,
            controls=needed(controls, "controls", "防范措施"),
            review_on=ahead(review_on, "review_on", "复核日期"),
            requested_at=clock.now(),
            requested_by_id=actor.person_id,
        )
        fire(actor, matter, "request_suspension", controls, review_on=review_on)
        return matter


def approve_suspension(
    *, actor: Actor, hidden_danger_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Approve the pending request; the due date stays as it was and its ladder rests."""
    with moving(actor, hidden_danger_id, "approve_suspension", if_versions) as matter:
        request = _decide(actor, matter, Decision.APPROVED)
        matter.review_on = request.review_on
        fire(actor, matter, "approve_suspension", note, review_on=request.review_on)
        return matter


def refuse_suspension(
    *, actor: Actor, hidden_danger_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Refuse the pending request, with the reason."""
    with moving(actor, hidden_danger_id, "refuse_suspension", if_versions) as matter:
        _decide(actor, matter, Decision.REFUSED)
        fire(actor, matter, "refuse_suspension", needed(reason, "reason", "不批准的理由"))
        return matter


def resume(
    *, actor: Actor, hidden_danger_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Take rectification up again after a suspension."""
    with moving(actor, hidden_danger_id, "resume", if_versions) as matter:
        matter.review_on = None
        fire(actor, matter, "resume", note)
        return matter


def submit_rectification(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    note: str,
    photo_ids: list[UUID],
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Report that it is put right, with evidence. At least one photo is needed."""
    with moving(actor, hidden_danger_id, "submit_rectification", if_versions) as matter:
        note = needed(note, "note", "整改情况说明")
        if not photo_ids:
            raise Invalid.at("/photos", "请上传整改后的照片，至少一张。")
        attach(actor, matter, photo_ids, "AFTER")
        matter.submitted_at = clock.now()
        matter.submitted_by_id = actor.person_id
        next_holder = acceptor(matter)
        if next_holder is not None:
            hold(matter, next_holder)
            join(matter, (next_holder, ParticipationKind.ACCEPTOR))
        fire(actor, matter, "submit_rectification", note, files=photo_ids)
        return matter


def _decide(actor: Actor, matter: HiddenDanger, decision: Decision) -> Suspension:
    request = pending_suspension(matter)
    if request is None:
        raise AssertionError("the policy lets nobody decide without a request")
    request.decision = decision
    request.decided_at = clock.now()
    request.decided_by_id = actor.person_id
    request.save()
    return request
