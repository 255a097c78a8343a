"""What Django itself refuses: mounted in config as ``handler404`` and ``CSRF_FAILURE_VIEW``."""

from django.http import HttpRequest, HttpResponse

from anlan.http.middleware import answer
from anlan.lib.refusals import Forbidden, NotInScope


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that does not exist."""
    return answer(request, NotInScope("内容"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that came from somewhere else or from a page too old."""
    return answer(request, Forbidden("csrf_failed", "页面已过期，请返回刷新后重新提交。"))
