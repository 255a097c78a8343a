"""The second factor: allauth's machinery with our words, secrets encrypted at rest, and which roles must have one."""

import base64
import hashlib
import struct
import time
from functools import cache as once
from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from django import forms
from django.conf import settings
from django.core.cache import cache

from anlan.accounts import selectors
from anlan.authz.models import User
from anlan.lib.refusals import Refused

UNREADABLE = "二次验证的密钥读不出来。请联系管理员解除二次验证，再重新设置。"
ONE_CODE_LASTS = 120
"""Seconds in which a code is refused a second time: longer than the clock's tolerance lets it be right."""


@once
def _cipher() -> Fernet:
    """A key for this use only, from the environment's secrets."""
    digest = hashlib.sha256(b"anlan second factor\0" + settings.SECOND_FACTOR_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


class SecondFactorAdapter(DefaultMFAAdapter):
    """What allauth asks us about second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不正确或已经用过，请等下一个验证码再输入。",
        "incorrect_passkey": "通行密钥没有通过验证，请再试一次。",
        "cannot_delete_authenticator": "您的角色必须有二次验证，不能停用最后一种；可以先加上另一种。",
        "cannot_generate_recovery_codes": "还没有启用二次验证，不需要恢复码。",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Refused (409) when the key is another one than it was encrypted with."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise Refused("second_factor_unreadable", UNREADABLE) from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of a person whose role must have one."""
        user_id = authenticator.user_id
        return not must_have_one(user_id) or len(selectors.factors_of(user_id)) > 1

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        count = sum(factor.type == type for factor in selectors.factors_of(user.id))
        return f"通行密钥 {count + 1}"

    def _get_site_name(self) -> str:
        return "安澜"


def must_have_one(user_id: Any) -> bool:
    """Whether a role of the person is one of ``SECOND_FACTOR_ROLES``."""
    return any(grant.role in settings.SECOND_FACTOR_ROLES for grant in selectors.grants_of(user_id))


class ActivateForm(ActivateTOTPForm):
    """allauth's, but the secret waits in the session encrypted as well: sessions are rows of the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        session, adapter = context.request.session, get_factor_adapter()
        kept = session.get(totp.SECRET_SESSION_KEY) if self.is_bound else None
        self.secret = adapter.decrypt(kept) if kept else totp.generate_totp_secret()
        session[totp.SECRET_SESSION_KEY] = adapter.encrypt(self.secret)


class _OnceForm:
    """A code is good once, for as long as it could be right."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            key = f"totp-used-{self.user.pk}-{normalize_user_code(code)}"
            if not cache.add(key, int(time.time()), ONE_CODE_LASTS):
                raise get_factor_adapter().validation_error("incorrect_code")
        return code


class SignInForm(_OnceForm, AuthenticateForm):
    """The second step of a sign-in."""


class ConfirmForm(_OnceForm, ReauthenticateForm):
    """Confirming who one is, by code."""


BROKEN = (AttributeError, LookupError, TypeError, ValueError, struct.error, InvalidSignature)
"""What reading a credential that no authenticator made ends in; allauth lets some of it through."""


def _wrong() -> Exception:
    error: Exception = get_factor_adapter().validation_error("incorrect_passkey")
    return error


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey."""

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except BROKEN as error:
            raise _wrong() from error
        return cleaned


class _CarefulForm:
    """An answer of a passkey, whatever was sent."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except BROKEN as error:
            raise _wrong() from error
        return found


class PasskeyDoorForm(_CarefulForm, LoginWebAuthnForm):
    """Signing in by passkey alone."""


class PasskeyStepForm(_CarefulForm, AuthenticateWebAuthnForm):
    """The second step of a sign-in, by passkey."""


class PasskeyConfirmForm(_CarefulForm, ReauthenticateWebAuthnForm):
    """Confirming who one is, by passkey."""
