"""One's own account: password, devices, and what else belongs to the person and not to a grant."""

from allauth.account import views as allauth_views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.accounts import actions, selectors
from anlan.authz.models import User
from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, SignInRequired, public, requires
from anlan.lib import clock
from anlan.lib.refusals import Refused


@require_GET
@requires(Permission.DESK_VIEW)
def own_account(request: ActingRequest) -> HttpResponse:
    """Who one is here, and the devices one is signed in on."""
    user_id = request.actor.person_id
    factors = selectors.factors_of(user_id)
    context = {
        "account": request.user,
        "grants": selectors.grants_of(user_id),
        "factors": factors,
        "has_totp": any(factor.type == "totp" for factor in factors),
        "stand_ins": selectors.stand_ins_of(user_id),
        "today": clock.today(),
        "sessions": selectors.sessions_of(user_id, request.session.session_key),
    }
    return render(request, "accounts/own.html", context)


@require_GET
@requires(Permission.DESK_VIEW)
def session(request: ActingRequest) -> HttpResponse:
    """For a page that has been open for a while: who acts now, and the token with which a form is sent."""
    return JsonResponse({"acting": str(request.actor.grant_id), "token": get_token(request)})


@require_POST
@requires(Permission.DESK_VIEW)
def end_session(request: ActingRequest, session_id: int) -> HttpResponse:
    """End one of one's sign-ins."""
    actions.end_own_session(user_id=request.actor.person_id, session_id=session_id)
    messages.success(request, "已结束这次登录。")
    return redirect("account_own")


@require_POST
@requires(Permission.DESK_VIEW)
def end_other_sessions(request: ActingRequest) -> HttpResponse:
    """End all of them but this one."""
    key = request.session.session_key
    count = actions.end_own_other_sessions(user_id=request.actor.person_id, session_key=key)
    messages.success(request, f"已结束其他 {count} 个登录。")
    return redirect("account_own")


@public("改密码在有权办理业务之前：临时密码必须先改；未登录的会被引到登录页")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """allauth's page of a new password, for whoever is signed in."""
    if not isinstance(request.user, User):
        raise SignInRequired
    if not request.user.has_usable_password():
        raise Refused("no_password", "您的账号还没有密码，请联系管理员重置密码后再修改。")
    response: HttpResponse = allauth_views.password_change(request)
    return response
