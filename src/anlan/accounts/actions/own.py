"""What a person does to their own account: signing in and out, acting under another grant, a new password."""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from anlan.accounts.actions.sessions import drop_sessions
from anlan.accounts.actions.steps import record, record_own_act
from anlan.authz.actors import Actor, actor_of
from anlan.authz.models import Grant, User
from anlan.authz.scope import acting


def record_sign_in(*, user_id: UUID) -> None:
    """Enter the sign-in in the ledger of the first grant's county; a user without grants belongs to none."""
    record_own_act(user_id, "user.signed_in")


def record_sign_out(*, user_id: UUID) -> None:
    record_own_act(user_id, "user.signed_out")


def act_as(*, grant: Grant, person: User) -> Actor:
    """The actor of another own grant, or of one stood in for, with an entry in the ledger of that grant's county."""
    actor = actor_of(grant, person)
    with acting(actor):
        region_path = grant.organisation.region.path
        record(actor, "user", person.id, region_path, "user.acted_as", {"grant": grant.id})
    return actor


def change_own_password(*, user: User, password: str, session_key: str | None) -> None:
    """The person's new password; their other sessions end, and a temporary password is one no more. The caller has
    checked the old one."""
    with transaction.atomic():
        user.password = make_password(password)
        user.temporary_password_until = None
        user.save(update_fields=["password", "temporary_password_until"])
        drop_sessions(user.id, but=session_key)
        record_own_act(user.id, "user.password_changed")
