"""Sessions: noted while they are used, ended one by one or all at once. An ended one is nobody's at the next request."""

from datetime import datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from anlan.accounts import selectors
from anlan.accounts.actions.steps import locked_account, record_account, record_own_act
from anlan.authz.actors import Actor
from anlan.lib import clock
from anlan.lib.refusals import NotInScope


def touch_session(*, session_key: str, seen_at: datetime | None) -> None:
    """Note that the session was used; at most once a minute, whoever asks."""
    if seen_at is not None and clock.now() - seen_at >= selectors.TOUCH_EVERY:
        UserSession.objects.filter(session_key=session_key, last_seen_at=seen_at).update(last_seen_at=clock.now())


def end_own_session(*, user_id: UUID, session_id: int) -> None:
    """End one of one's own sessions. NotInScope (404) for anybody else's."""
    with transaction.atomic():
        _end(user_id, session_id)
        record_own_act(user_id, "user.session_ended")


def end_own_other_sessions(*, user_id: UUID, session_key: str | None) -> int:
    """End all but the present one. How many there were."""
    with transaction.atomic():
        count = drop_sessions(user_id, but=session_key)
        record_own_act(user_id, "user.other_sessions_ended", count=count)
    return count


def end_session(*, actor: Actor, user_id: UUID, session_id: int) -> None:
    """End one session of an account one looks after. 403, 404, 409."""
    with transaction.atomic():
        locked_account(actor, user_id, "结束登录")
        _end(user_id, session_id)
        record_account(actor, user_id, "user.session_ended")


def end_all_sessions(*, actor: Actor, user_id: UUID) -> int:
    """End every session of an account one looks after. How many there were. 403, 404, 409."""
    with transaction.atomic():
        locked_account(actor, user_id, "结束登录")
        count = drop_sessions(user_id)
        record_account(actor, user_id, "user.sessions_ended", count=count)
    return count


def drop_sessions(user_id: UUID, but: str | None = None) -> int:
    """Delete the sessions of a user, all or all but one, in the caller's transaction. How many there were."""
    ending = UserSession.objects.filter(user_id=user_id).exclude(session_key=but or "")
    keys = list(ending.values_list("session_key", flat=True))
    count, _ = Session.objects.filter(session_key__in=keys).delete()
    ending.delete()
    return count


def _end(user_id: UUID, session_id: int) -> None:
    session = UserSession.objects.filter(user_id=user_id, id=session_id).first()
    if session is None:
        raise NotInScope("登录")
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
