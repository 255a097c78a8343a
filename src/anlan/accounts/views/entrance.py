"""Signing in and out (allauth's views, and no others of it), and acting under another own grant."""

from uuid import UUID

from allauth.account import views as allauth_views
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from anlan.accounts import actions
from anlan.accounts.identity import ACTING_GRANT
from anlan.http.api import actor_of, public
from anlan.lib.refusals import NotInScope

sign_in = public("登录页须在登录之前打开")(allauth_views.login)
sign_out = public("退出登录不需要任何权限")(require_POST(allauth_views.logout))


@public("任何已登录的人都可以在自己的授权之间切换，未登录的会被引到登录页")
@require_POST
def act_as(request: HttpRequest, grant_id: UUID | None = None) -> HttpResponse:
    """Act under another own valid grant from the next request on. NotInScope (404) for anybody else's."""
    actor_of(request)
    wanted = str(grant_id or request.POST.get("grant", ""))
    grant = next((grant for grant in request.grants if str(grant.id) == wanted), None)  # type: ignore[attr-defined]
    if grant is None:
        raise NotInScope("授权")
    actions.act_as(grant=grant, person=request.grants[0].user)  # type: ignore[attr-defined]
    request.session[ACTING_GRANT] = str(grant.id)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the person was; it may not be visible under the other grant, then the page says so."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
