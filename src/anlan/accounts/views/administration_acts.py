"""What is done to an account with one button, each asked about first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from anlan.accounts import actions
from anlan.accounts.views.administration import show_password
from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires


@require_POST
@requires(Permission.ACCOUNT_ADMINISTER)
def revoke(request: ActingRequest, grant_id: UUID) -> HttpResponse:
    """Take a grant back; it is over at once."""
    grant = actions.revoke_grant(actor=request.actor, grant_id=grant_id)
    messages.success(request, "已收回授权，立即失效。")
    return redirect("users:account", grant.user_id)


@require_POST
@requires(Permission.ACCOUNT_ADMINISTER)
def reset_password(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """A temporary password, shown this once."""
    return show_password(request, user_id, actions.reset_password(actor=request.actor, user_id=user_id))


@require_POST
@requires(Permission.ACCOUNT_ADMINISTER)
def deactivate(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """No more signing in."""
    actions.deactivate_user(actor=request.actor, user_id=user_id)
    messages.success(request, "账号已停用，所有登录已结束。")
    return redirect("users:account", user_id)


@require_POST
@requires(Permission.ACCOUNT_ADMINISTER)
def reactivate(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """Signing in again."""
    actions.reactivate_user(actor=request.actor, user_id=user_id)
    messages.success(request, "账号已启用。")
    return redirect("users:account", user_id)


@require_POST
@requires(Permission.ACCOUNT_ADMINISTER)
def end_session(request: ActingRequest, user_id: UUID, session_id: int) -> HttpResponse:
    """End one sign-in."""
    actions.end_session(actor=request.actor, user_id=user_id, session_id=session_id)
    messages.success(request, "已结束这次登录。")
    return redirect("users:account", user_id)


@require_POST
@requires(Permission.ACCOUNT_ADMINISTER)
def end_all_sessions(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """End every sign-in."""
    count = actions.end_all_sessions(actor=request.actor, user_id=user_id)
    messages.success(request, f"已结束 {count} 个登录。")
    return redirect("users:account", user_id)


@require_POST
@requires(Permission.ACCOUNT_ADMINISTER)
def remove_factor(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """Take the second factor off: the phone is lost, and the recovery codes too."""
    actions.remove_second_factor(actor=request.actor, user_id=user_id)
    messages.success(request, "已解除二次验证，所有登录已结束。")
    return redirect("users:account", user_id)
