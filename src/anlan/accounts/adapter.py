"""What allauth asks us: no sign-up, Chinese words, sign-in and sign-out in the ledger."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from anlan.accounts import actions
from anlan.authz.models import User
from anlan.http.api import answer
from anlan.lib.refusals import Forbidden


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "这个账号已停用，请联系本单位管理员。",
        "username_password_mismatch": "账号或密码不正确，请核对后重新输入。",
        "invalid_login": "账号或密码不正确，请核对后重新输入。",
        "too_many_login_attempts": "密码错误次数过多，请五分钟后再试，或联系管理员重置密码。",
        "rate_limited": "操作过于频繁，请稍后再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by administrators."""
        return False

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """The answer to a sign-in, which is now in the ledger."""
        actions.record_sign_in(user_id=user.id)
        response: HttpResponse = super().post_login(request, user, **options)
        return response

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
