"""Second factors: what was switched on or off is in the ledger, the secrets never are."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from anlan.accounts.actions.sessions import drop_sessions
from anlan.accounts.actions.steps import locked_account, record_account, record_own_act
from anlan.authz.actors import Actor
from anlan.lib.refusals import Refused


def record_factor(*, user_id: UUID, event: str, session_key: str | None = None, is_first: bool = False) -> None:
    """Enter that a person switched a factor on or off. With the first one, sessions opened without it end."""
    with transaction.atomic():
        if is_first:
            drop_sessions(user_id, but=session_key)
        record_own_act(user_id, event)


def remove_second_factor(*, actor: Actor, user_id: UUID) -> None:
    """Take all factors off an account one looks after: its owner has lost them. Every session ends. 403, 404, 409."""
    with transaction.atomic():
        locked_account(actor, user_id, "解除二次验证")
        count, _ = Authenticator.objects.filter(user_id=user_id).delete()
        if not count:
            raise Refused("no_second_factor", "这个账号没有启用二次验证。")
        drop_sessions(user_id)
        record_account(actor, user_id, "user.second_factor_removed")
