"""Every view says who may call it: ``@requires(Permission.X)`` or ``@public("why")``. Default deny (DESIGN §4).

Both work on Django views and on ninja operations (below the router's decorator), and leave their mark on the callable
so that a test can walk all routes: ``.permission`` or ``.public_reason``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest

from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.http.requests import actor_of

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[Concatenate[Any, P], R]


def requires(permission: Permission) -> Callable[[View[P, R]], View[P, R]]:
    """Let the view run only for an actor whose role has the permission; 401 or 403 otherwise."""

    def decorate(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
            require(actor_of(request), permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(reason: str) -> Callable[[View[P, R]], View[P, R]]:
    """Let anybody call the view, and say why."""
    if not reason:
        raise ValueError("a public view needs its reason")

    def decorate(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def open_to_all(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
            return view(request, *args, **kwargs)

        open_to_all.public_reason = reason  # type: ignore[attr-defined]
        return open_to_all

    return decorate


def permission_of(view: Callable[..., Any]) -> Permission | None:
    return getattr(view, "permission", None)


def public_reason_of(view: Callable[..., Any]) -> str:
    return getattr(view, "public_reason", "")


def is_declared(view: Callable[..., Any]) -> bool:
    """Whether the view, or every operation of the API behind it, says who may call it."""
    return bool(permission_of(view) or public_reason_of(view) or getattr(view, "operations", ()))
