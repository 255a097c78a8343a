"""allauth's pages of the second factor, each behind a sign-in, with the ledger."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from anlan.accounts import actions
from anlan.authz.models import User
from anlan.http.api import SignInRequired, public
from anlan.lib.refusals import Refused

View = Callable[..., HttpResponse]


def of_oneself(view: View, *methods: str) -> View:
    """For whoever is signed in, whether or not they may act yet: a role may demand the factor first."""

    @public("二次验证在有权办理业务之前设置；未登录的会被引到登录页")
    @require_http_methods(methods or ["GET", "POST"])
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            raise SignInRequired
        return view(request, *args, **kwargs)

    return guarded


def at_the_door(view: View) -> View:
    """For whoever is on the way in."""
    return public("登录的一步，须在登录之前打开")(require_http_methods(["GET", "POST"])(view))


class _Recorded:
    """A form whose success is one entry in the ledger."""

    event: str
    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        actions.record_factor(
            user_id=self.request.user.id,
            event=self.event,
            session_key=self.request.session.session_key,
            is_first=getattr(self, "did_generate_recovery_codes", False),
        )
        return response


class _ActivateTotp(_Recorded, totp.ActivateTOTPView):
    event = "user.totp_enabled"


class _DeactivateTotp(_Recorded, totp.DeactivateTOTPView):
    event = "user.totp_disabled"


class _GenerateCodes(_Recorded, codes.GenerateRecoveryCodesView):
    event = "user.recovery_codes_made"


class _AddPasskey(_Recorded, webauthn.AddWebAuthnView):
    event = "user.passkey_added"


class _RemovePasskey(_Recorded, webauthn.RemoveWebAuthnView):
    event = "user.passkey_removed"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            raise Refused("second_factor_required", str(adapter.error_messages["cannot_delete_authenticator"]))
        return super().form_valid(form)


def _back_to_own(request: HttpRequest) -> HttpResponse:
    return redirect("account_own")


def _confirm(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = account.reauthenticate(request)
    return response


index = of_oneself(_back_to_own)
activate_totp = of_oneself(_ActivateTotp.as_view())
deactivate_totp = of_oneself(_DeactivateTotp.as_view())
view_codes = of_oneself(codes.view_recovery_codes, "GET")
generate_codes = of_oneself(_GenerateCodes.as_view())
add_passkey = of_oneself(_AddPasskey.as_view())
remove_passkey = of_oneself(_RemovePasskey.as_view())
confirm = of_oneself(_confirm)
confirm_by_code = of_oneself(base.reauthenticate)
confirm_by_passkey = of_oneself(webauthn.reauthenticate_webauthn)
authenticate = at_the_door(base.authenticate)
sign_in_by_passkey = at_the_door(webauthn.login_webauthn)
