"""How the API knows its caller: the actor middleware has looked already, here only the way in is checked."""

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from anlan.authz.actors import Actor
from anlan.http.requests import SESSION, TOKEN, actor_or_none, signed_in_through, why_nobody_acts
from anlan.lib.refusals import Forbidden


class BearerAuth(AuthBase):
    """``Authorization: Bearer …``, for machines. A foreign site cannot send it, so it needs no CSRF token."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "由管理员签发的接口令牌"

    def __call__(self, request: HttpRequest) -> Actor | None:
        return actor_or_none(request) if signed_in_through(request) == TOKEN else None


class SessionAuth(AuthBase):
    """The session cookie of a person who has signed in; writes need the CSRF token as well."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME
    openapi_description = "登录后的会话；写操作须带 X-CSRFToken"

    def __call__(self, request: HttpRequest) -> Actor | None:
        if signed_in_through(request) != SESSION:
            return None
        actor = actor_or_none(request)
        if actor is None:
            raise why_nobody_acts(request)
        if check_csrf(request) is not None:
            raise Forbidden("csrf_failed", "页面已过期，请刷新后重试。")
        return actor


AUTH = [BearerAuth(), SessionAuth()]
