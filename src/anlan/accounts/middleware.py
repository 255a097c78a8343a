"""Every request of a person runs as an actor: the view and its rendering inside ``acting``, in one transaction."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from anlan.accounts.identity import Identity, identify
from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.http.api import answer
from anlan.http.requests import TOKEN

Handler = Callable[[HttpRequest], HttpResponseBase]


class ActorMiddleware:
    """Puts ``actor`` (None when nobody acts), ``actor_via``, ``actor_refusal`` and ``grants`` on the request.

    Without an actor there is no range, so no row behind the wall is visible. The last of the middlewares.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        identity = identify(request)
        _mark(request, identity)
        if identity.via == TOKEN and identity.refusal is not None:
            return answer(request, identity.refusal)
        if identity.actor is None:
            return self.get_response(request)
        return self._as_actor(request, identity.actor)

    def _as_actor(self, request: HttpRequest, actor: Actor) -> HttpResponseBase:
        try:
            with acting(actor):
                response = self.get_response(request)
                if not getattr(response, "is_rendered", True):
                    response.render()  # type: ignore[attr-defined]
                if response.status_code >= 400:
                    raise _Undone(response)
        except _Undone as undone:
            return undone.response
        return response


class _Undone(Exception):  # noqa: N818 - carries an answer
    """What was answered with a refusal leaves nothing behind, even if a view wrote before it refused."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__(response.status_code)
        self.response = response


def _mark(request: HttpRequest, identity: Identity) -> None:
    request.actor = identity.actor  # type: ignore[attr-defined]
    request.actor_via = identity.via  # type: ignore[attr-defined]
    request.actor_refusal = identity.refusal  # type: ignore[attr-defined]
    request.grants = identity.grants  # type: ignore[attr-defined]
