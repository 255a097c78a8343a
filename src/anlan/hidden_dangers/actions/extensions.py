"""More time: asked for, and decided by whoever set the date. The original date stays (DOMAIN §4)."""

from datetime import date
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.hidden_dangers.actions.steps import fire, moving, needed
from anlan.hidden_dangers.choices import Decision
from anlan.hidden_dangers.models import Extension, HiddenDanger
from anlan.hidden_dangers.selectors import pending_extension
from anlan.lib import clock
from anlan.lib.due_days import ahead
from anlan.lib.refusals import Invalid


def request_extension(
    *, actor: Actor, hidden_danger_id: UUID, until: date, reason: str, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Ask for a later due date."""
    with moving(actor, hidden_danger_id, "request_extension", if_versions) as matter:
        ahead(until, "until", "延期日期")
        if matter.due_on and until <= matter.due_on:
            raise Invalid.at("/until", f"应当晚于现在的期限 {matter.due_on}。")
        reason = needed(reason, "reason", "延期理由")
        Extension.objects.create(
            hidden_danger=matter,
            region_path=matter.region_path,
            until=until,
            reason=reason,
            requested_at=clock.now(),
            requested_by_id=actor.person_id,
        )
        fire(actor, matter, "request_extension", reason, until=until)
        return matter


def approve_extension(
    *, actor: Actor, hidden_danger_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Grant the pending request: the date moves, the original one stays on record."""
    with moving(actor, hidden_danger_id, "approve_extension", if_versions) as matter:
        request = _decide(actor, matter, Decision.APPROVED)
        matter.due_on = ahead(request.until, "until", "延期日期")
        matter.extension_count += 1
        fire(actor, matter, "approve_extension", note, due_on=matter.due_on)
        return matter


def refuse_extension(
    *, actor: Actor, hidden_danger_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Refuse the pending request, with the reason."""
    with moving(actor, hidden_danger_id, "refuse_extension", if_versions) as matter:
        _decide(actor, matter, Decision.REFUSED)
        fire(actor, matter, "refuse_extension", needed(reason, "reason", "不批准的理由"))
        return matter


def _decide(actor: Actor, matter: HiddenDanger, decision: Decision) -> Extension:
    request = pending_extension(matter)
    if request is None:
        raise AssertionError("the policy lets nobody decide without a request")
    request.decision = decision
    request.decided_at = clock.now()
    request.decided_by_id = actor.person_id
    request.save()
    return request
