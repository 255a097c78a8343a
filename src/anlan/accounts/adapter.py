"""What allauth asks us: no sign-up, Chinese words, sign-in and sign-out in the ledger."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anlan.accounts import actions
from anlan.authz.models import User
from anlan.http.api import answer
from anlan.lib import clock
from anlan.lib.refusals import Forbidden

EXPIRED = "管理员给的临时密码已过期，请联系管理员重新重置。"
SAME = "新密码不能与现在的密码相同。"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "这个账号已停用，请联系本单位管理员。",
        "username_password_mismatch": "账号或密码不正确，请核对后重新输入。",
        "invalid_login": "账号或密码不正确，请核对后重新输入。",
        "too_many_login_attempts": "密码错误次数过多，请五分钟后再试，或联系管理员重置密码。",
        "enter_current_password": "现在的密码不正确，请重新输入。",
        "incorrect_password": "密码不正确，请重新输入。",
        "rate_limited": "操作过于频繁，请稍后再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by administrators."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """403 for a temporary password that has waited too long."""
        until = user.temporary_password_until
        if user.is_active and until is not None and until < clock.now():
            clear_login(request)
            return answer(request, Forbidden("temporary_password_expired", EXPIRED))
        response: HttpResponse | None = super().pre_login(request, user, **options)
        return response

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """The answer to a sign-in, which is now in the ledger."""
        actions.record_sign_in(user_id=user.id)
        response: HttpResponse = super().post_login(request, user, **options)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """A temporary password is changed first."""
        user = request.user
        if isinstance(user, User) and user.temporary_password_until is not None:
            return reverse("account_change_password")
        url: str = super().get_login_redirect_url(request)
        return url

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_own")

    def clean_password(self, password: str, user: User | None = None) -> str:
        """As the validators of the settings have it, and another one than now."""
        if user is not None and user.check_password(password):
            raise ValidationError(SAME)
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def set_password(self, user: User, password: str) -> None:
        """The person's own new password: in the ledger, and the other sessions end."""
        actions.change_own_password(user=user, password=password, session_key=context.request.session.session_key)

    def logout(self, request: HttpRequest) -> None:
        """End the session; the ledger says who did."""
        if isinstance(request.user, User):
            actions.record_sign_out(user_id=request.user.id)
        super().logout(request)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """403 with what to do."""
        return answer(request, Forbidden("account_inactive", "这个账号已停用，请联系本单位管理员。"))

    def add_message(self, *args: Any, **options: Any) -> None:
        """Signing in needs no congratulation."""
