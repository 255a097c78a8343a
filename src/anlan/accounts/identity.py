"""From a request to the person behind it: a bearer token, or the session with the grant it acts under."""

from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from anlan.accounts import actions, selectors
from anlan.authz.actors import Actor, actor_of
from anlan.authz.models import Grant, User
from anlan.http.requests import SESSION, TOKEN, SignInRequired
from anlan.lib.refusals import Forbidden, Refusal

ACTING_GRANT = "acting_grant"
NO_GRANT = "您的账号目前没有有效的授权，不能办理业务。请联系本单位管理员核对您的岗位和授权期限。"
CHANGE_PASSWORD = "您正在使用管理员给的临时密码，请先改成自己的密码，再办理业务。"  # noqa: S105
ADD_A_FACTOR = "您的角色登录时须有二次验证，请先启用，再办理业务。"
BAD_TOKEN = "令牌无效、已过期或已被吊销，请联系管理员重新签发。"  # noqa: S105


@dataclass(frozen=True)
class Identity:
    """``refusal`` says why somebody who did show up does not act; ``grants`` are the choices of a session."""

    actor: Actor | None = None
    via: str | None = None
    grants: list[Grant] = field(default_factory=list)
    refusal: Refusal | None = None


def identify(request: HttpRequest) -> Identity:
    """A token, if one was sent, else the session. Two queries at most for a session, one for a token."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _by_token(secret.strip())
    identity = _by_session(request)
    if identity.actor is not None:
        seen_at = identity.grants[0].seen_at  # type: ignore[attr-defined]
        actions.touch_session(session_key=request.session.session_key or "", seen_at=seen_at)
    return identity


def actor_in_session(session_key: str) -> Actor | None:
    """Who acts in an open session at this moment, found as for any request; None when nobody may act in it any more.
    It does not count as using the session."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
    return _by_session(request).actor


def _by_token(secret: str) -> Identity:
    holder = selectors.holder_of(secret)
    if holder is None:
        return Identity(via=TOKEN, refusal=SignInRequired(BAD_TOKEN))
    if selectors.is_due_for_touch(holder):
        actions.touch_token(token_id=holder.token_id)
    return Identity(holder.actor, TOKEN)


def _by_session(request: HttpRequest) -> Identity:
    if not (user_id := request.session.get(SESSION_KEY)):
        return Identity()
    grants = selectors.grants_to_act_under(UUID(user_id), request.session.session_key)
    if grants and _opened_session(request, grants[0].user):
        request._cached_user = grants[0].user  # type: ignore[attr-defined]  # request.user then needs no query
    elif not request.user.is_authenticated:  # Django looks itself, and ends a session whose password has changed
        return Identity()
    if not grants:
        return Identity(via=SESSION, refusal=Forbidden("no_grant", NO_GRANT))
    person = grants[0].user
    if person.temporary_password_until is not None:
        return Identity(via=SESSION, refusal=Forbidden("password_change_required", CHANGE_PASSWORD))
    chosen = str(request.session.get(ACTING_GRANT, ""))
    grant = next((grant for grant in grants if str(grant.id) == chosen), grants[0])
    if grant.role in settings.SECOND_FACTOR_ROLES and not grant.has_factor:  # type: ignore[attr-defined]
        return Identity(via=SESSION, refusal=Forbidden("second_factor_required", ADD_A_FACTOR))
    return Identity(actor_of(grant, person), SESSION, grants)


def _opened_session(request: HttpRequest, user: User) -> bool:
    """What Django checks before it takes a session for the user's."""
    known = request.session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    return known and constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
