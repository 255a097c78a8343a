"""What the actions of accounts have in common: the locked account, the sessions that end, the entry in the ledger."""

from typing import Any
from uuid import UUID

from anlan.accounts import policies, selectors
from anlan.authz.actors import Actor, actor_of
from anlan.authz.models import User
from anlan.authz.scope import acting
from anlan.ledger import api as ledger


def locked_account(actor: Actor, user_id: UUID, what: str) -> User:
    """The account, locked, when all of it is the actor's to look after. 403, 404, 409."""
    policies.check_can_administer(actor)
    policies.check_not_oneself(actor, user_id, what)
    user = selectors.lock_account(actor, user_id)
    policies.check_whole_account(actor, selectors.live_grants(user_id))
    return user


def record(
    actor: Actor, subject_type: str, subject_id: UUID, region_path: str, event: str, payload: dict[str, Any]
) -> None:
    """One entry."""
    ledger.record(
        actor=actor,
        subject_type=subject_type,
        subject_id=subject_id,
        region_path=region_path,
        event=event,
        payload=payload,
    )


def record_account(actor: Actor, user_id: UUID, event: str, **payload: Any) -> None:
    """One entry about an account, in the ledger of whoever looks after it."""
    record(actor, "user", user_id, actor.region_path, event, payload)


def record_own_act(user_id: UUID, event: str, **payload: Any) -> None:
    """What a person does to their own account, in the ledger of the first grant's county; without one there is none."""
    grants = selectors.grants_of(user_id)
    if not grants:
        return
    actor = actor_of(grants[0])
    with acting(actor):
        record(actor, "user", user_id, grants[0].organisation.region.path, event, payload)
