"""What Django itself refuses or fails at: mounted in config as ``handler404``, ``handler500``, ``CSRF_FAILURE_VIEW``."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from anlan.http.middleware import answer
from anlan.http.problem import problem
from anlan.http.requests import is_api
from anlan.lib.refusals import Forbidden, NotInScope

RETRY_SECONDS = 5


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that does not exist."""
    return answer(request, NotInScope("内容"))


def failed(request: HttpRequest) -> HttpResponse:
    """500; or 503 when the database was lost on the way: then nobody can tell whether the act was done, and we say so."""
    is_lost = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status, code = (503, "unavailable") if is_lost else (500, "error")
    if is_api(request):
        return problem(status, code, headers={"Retry-After": str(RETRY_SECONDS)} if is_lost else None)
    return HttpResponse(render_to_string(f"{status}.html"), status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that came from somewhere else or from a page too old."""
    return answer(request, Forbidden("csrf_failed", "页面已过期，请返回刷新后重新提交。"))
