"""After the fact: a look back at a closed matter, a step withdrawn, a slip corrected with its trace."""

from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.participation import leave_since
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.hidden_dangers.actions.registration import register_recurrence
from anlan.hidden_dangers.actions.steps import attach, fire, moving, needed
from anlan.hidden_dangers.actions.traces import DICTIONARIES, LABELS, change
from anlan.hidden_dangers.choices import Cause, LookBackResult
from anlan.hidden_dangers.models import HiddenDanger, LookBack
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Stale
from anlan.processes import api as processes

CORRECTABLE = {item: LABELS[item] for item in ("description", "place", "clause", "sector", "cause")}


def look_back(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    result: LookBackResult,
    note: str,
    photo_ids: list[UUID] | None = None,
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Visit a closed matter again. A recurrence leaves it closed and opens a new one, linked to it."""
    with moving(actor, hidden_danger_id, "look_back", if_versions) as matter:
        note = needed(note, "note", "回头看情况")
        LookBack.objects.create(
            hidden_danger=matter,
            region_path=matter.region_path,
            result=result,
            note=note,
            looked_at=clock.now(),
            looked_by_id=actor.person_id,
        )
        recurrence = register_recurrence(actor, matter, note) if result == LookBackResult.RECURRED else None
        photos = photo_ids or []
        attach(actor, recurrence or matter, photos, "BEFORE" if recurrence else "AFTER")
        recurred_as = recurrence.id if recurrence else None
        fire(actor, matter, "look_back", note, result=result, recurrence=recurred_as, files=photos)
        return matter


def withdraw(
    *, actor: Actor, hidden_danger_id: UUID, reason: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Take the actor's own last step back, before anybody else acts; whoever came in by it leaves again."""
    with transaction.atomic():
        matter: HiddenDanger = HiddenDanger.objects.lock_visible(actor, id=hidden_danger_id)
        require(actor, Permission.HIDDEN_DANGER_WITHDRAW)
        if if_versions is not None and matter.version not in if_versions:
            raise Stale(matter.version, matter.id)
        step = processes.check_can_withdraw(actor, PROCESS, matter.id)
        leave_since(matter.id, step[-1].at)
        processes.withdraw(
            actor=actor,
            process=PROCESS,
            subject=matter,
            verb="withdraw",
            event="hidden_danger.withdrawn",
            note=reason.strip(),
        )
        return HiddenDanger.objects.get_visible(actor, id=matter.id)


def correct(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    field: str,
    value: str,
    reason: str,
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Correct one field; what stood before stays in the history. The status does not move."""
    with moving(actor, hidden_danger_id, "correct", if_versions) as matter:
        if field not in CORRECTABLE:
            raise Invalid.at("/field", f"只能更正：{'、'.join(CORRECTABLE.values())}。")
        value = needed(value, "value", CORRECTABLE[field])
        if field in DICTIONARIES and (value not in DICTIONARIES[field] or value == Cause.NOT_STATED):
            raise Invalid.at("/value", f"没有这个{CORRECTABLE[field]}。")
        before = getattr(matter, field)
        if value == before:
            raise Invalid.at("/value", f"{CORRECTABLE[field]}和现在的一样，没有改动。")
        setattr(matter, field, value)
        reason = needed(reason, "reason", "更正理由")
        fire(actor, matter, "correct", f"{change(field, before, value)}。{reason}", field=field)
        return matter
