"""请假代办: naming who acts in one's stead, and ending it."""

from datetime import date
from uuid import UUID

from django.db import transaction

from anlan.accounts import policies, selectors
from anlan.accounts.actions.steps import record
from anlan.authz.actors import Actor, actor_of
from anlan.authz.models import Grant, StandIn
from anlan.authz.scope import acting
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refused

OVERLAP = "这段时间已有人代办这项授权，请先结束原来的代办，或另选日期。"
AWAY = "这位同事自己在这段时间也由别人代办，请另选一位。"


def name_stand_in(*, actor: Actor, grant_id: UUID, colleague_id: UUID, valid_from: date, valid_to: date) -> StandIn:
    """Let a colleague act under the grant from day to day: named by its holder, or by whoever administers it.

    NotInScope (404) for another's grant, Invalid (422) for who or when cannot be, Refused (409) when somebody stands
    in already, or the colleague is away too.
    """
    with transaction.atomic():
        grant = selectors.lock_grant_to_lend(actor, grant_id)
        policies.check_stand_in_period(grant, valid_from, valid_to, clock.today())
        if colleague_id == grant.user_id:
            raise Invalid.at("/colleague", "不能由本人代办，请选一位同事。")
        if grant.user_id != actor.user_id:
            policies.check_not_oneself(actor, colleague_id, "指定代办")
        if not selectors.colleagues_of([grant]).filter(id=colleague_id).exists():
            raise Invalid.at("/colleague", "代办人须是同一单位在岗的同事。")
        if selectors.stand_ins_between(valid_from, valid_to).filter(grant=grant).exists():
            raise Refused("stand_in_overlaps", OVERLAP)
        away = {"grant__user_id": colleague_id, "grant__organisation_id": grant.organisation_id}
        if selectors.stand_ins_between(valid_from, valid_to).filter(**away).exists():
            raise Refused("stand_in_away", AWAY)
        named = StandIn.objects.create(grant=grant, user_id=colleague_id, valid_from=valid_from, valid_to=valid_to)
        payload = {"user": colleague_id, "valid_from": valid_from, "valid_to": valid_to}
        _record(actor, grant, "grant.stand_in_named", payload)
    return named


def end_stand_in(*, actor: Actor, stand_in_id: UUID) -> StandIn:
    """End it now, or call it off before it began: by either of the two, or by whoever administers the grant.
    NotInScope (404), Refused (409) when it is over."""
    with transaction.atomic():
        found = selectors.lock_stand_in(actor, stand_in_id)
        if found.ended_at is not None or found.valid_to < clock.today():
            raise Refused("stand_in_over", "这次代办已经结束。")
        found.ended_at = clock.now()
        found.save(update_fields=["ended_at"])
        _record(actor, found.grant, "grant.stand_in_ended", {"user": found.user_id})
    return found


def _record(actor: Actor, grant: Grant, event: str, payload: dict[str, object]) -> None:
    """In the ledger of the grant's county: a person may lend a grant of another county than they act in now."""
    with acting(actor_of(grant)):
        record(actor, "grant", grant.id, grant.organisation.region.path, event, payload)
