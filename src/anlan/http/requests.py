"""What the actor middleware (in accounts) puts on every request, and which answers a request understands."""

from django.http import HttpRequest

from anlan.authz.actors import Actor
from anlan.lib.refusals import Refusal

API_PREFIX = "/api/"
SESSION, TOKEN = "session", "token"


class ActingRequest(HttpRequest):
    """The request a view behind ``@requires`` gets. ``actor_via`` is ``session`` or ``token``."""

    actor: Actor
    actor_via: str


class SignInRequired(Refusal):
    """401: nobody is signed in, or the token is not good."""

    status = 401

    def __init__(self, reason: str = "请先登录，或在请求头 Authorization 中提供有效的令牌。") -> None:
        super().__init__("sign_in_required", reason)


def actor_or_none(request: HttpRequest) -> Actor | None:
    """The acting person, or None when nobody is signed in or has a valid grant."""
    return getattr(request, "actor", None)


def signed_in_through(request: HttpRequest) -> str | None:
    return getattr(request, "actor_via", None)


def actor_of(request: HttpRequest) -> Actor:
    """The acting person. Raises SignInRequired (401), or the refusal (403) of a person without a valid grant."""
    actor = actor_or_none(request)
    if actor is None:
        raise why_nobody_acts(request)
    return actor


def why_nobody_acts(request: HttpRequest) -> Refusal:
    refusal: Refusal | None = getattr(request, "actor_refusal", None)
    return refusal or SignInRequired()


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIX)


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
