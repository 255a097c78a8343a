"""Default deny for every view, and one form for every refusal."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from anlan.authz.scope import require
from anlan.http.parsing import Malformed
from anlan.http.problem import CONTENT_TYPE, of_refusal, problem
from anlan.http.requests import SignInRequired, actor_of, is_api, is_htmx
from anlan.http.requires import is_declared, permission_of
from anlan.lib.refusals import Forbidden, Refusal

logger = logging.getLogger(__name__)

CODES = {400: "malformed", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
PAGES = {400: "400.html", 403: "403.html", 404: "404.html"}


class RefusalMiddleware:
    """Refuses a view that does not say who may call it; answers refusals as pages or, below ``/api/``, as problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 400 and is_api(request) and _is_foreign(response):
            return _as_problem(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """403 for a view without ``@requires`` or ``@public``, and for an actor without its permission; 400 for NUL,
        which no person types and no text column holds."""
        if not is_declared(view):
            logger.error("view %r lacks @requires or @public", view)
            return answer(request, Forbidden("undeclared", "这个地址没有开放。"))
        permission = permission_of(view)
        try:
            if _has_nul(request):
                raise Malformed("请求中含有无法识别的字符，请返回重新填写。")
            if permission is not None:
                require(actor_of(request), permission)
        except Refusal as refusal:
            return answer(request, refusal)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer for a refusal; anything else stays an error."""
        return answer(request, exception) if isinstance(exception, Refusal) else None


def _has_nul(request: HttpRequest) -> bool:
    """In the address, the query or a form. What the API is sent is read, and looked at, by its parser."""
    sent = [request.GET] if is_api(request) else [request.GET, request.POST]
    texts = [text for query in sent for name, values in query.lists() for text in (name, *values)]
    return "\0" in request.path or any("\0" in str(text) for text in texts)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as what the caller can read: a problem, a fragment for htmx, or a page."""
    if is_api(request):
        return of_refusal(refusal)
    if isinstance(refusal, SignInRequired):
        return _to_sign_in(request)
    context = {"reason": refusal.reason, "citation": refusal.citation, "status": refusal.status}
    if is_htmx(request):
        return render(request, "http/refusal.html", context, status=refusal.status)
    templates = [f"refusals/{refusal.code}.html", PAGES.get(refusal.status, "409.html")]
    return HttpResponse(render_to_string(templates, context, request), status=refusal.status)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if is_htmx(request):
        back = request.headers.get("HX-Current-URL", "/")
        return HttpResponse(status=401, headers={"HX-Redirect": redirect_to_login(_path_of(back)).url})
    return redirect_to_login(request.get_full_path())


def _path_of(url: str) -> str:
    """The path and query of an address, never its host: the answer must not lead away."""
    parts = urlsplit(url)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _is_foreign(response: HttpResponseBase) -> bool:
    return not response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)


def _as_problem(response: HttpResponseBase) -> HttpResponse:
    kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
    return problem(response.status_code, CODES.get(response.status_code, "error"), headers=kept)
