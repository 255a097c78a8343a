"""Mounted at ``accounts/``. Some of the names are those allauth looks for."""

from django.urls import path

from anlan.accounts.views import entrance, own, second_factor, stand_ins

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("act-as/", entrance.act_as, name="account_act_as"),
    path("act-as/<uuid:grant_id>/", entrance.act_as, name="account_act_as_grant"),
    path("me/", own.own_account, name="account_own"),
    path("me/session/", own.session, name="account_session"),
    path("me/password/", own.change_password, name="account_change_password"),
    path("me/sessions/end-others/", own.end_other_sessions, name="account_end_other_sessions"),
    path("me/sessions/<int:session_id>/end/", own.end_session, name="account_end_session"),
    path("me/stand-ins/name/", stand_ins.name_own, name="account_name_stand_in"),
    path("me/stand-ins/<uuid:stand_in_id>/end/", stand_ins.end_own, name="account_end_stand_in"),
    path("sign-in/second-factor/", second_factor.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", second_factor.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("confirm/", second_factor.confirm, name="account_reauthenticate"),
    path("confirm/code/", second_factor.confirm_by_code, name="mfa_reauthenticate"),
    path("confirm/passkey/", second_factor.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("me/second-factor/", second_factor.index, name="mfa_index"),
    path("me/totp/activate/", second_factor.activate_totp, name="mfa_activate_totp"),
    path("me/totp/deactivate/", second_factor.deactivate_totp, name="mfa_deactivate_totp"),
    path("me/recovery-codes/", second_factor.view_codes, name="mfa_view_recovery_codes"),
    path("me/recovery-codes/generate/", second_factor.generate_codes, name="mfa_generate_recovery_codes"),
    path("me/passkeys/add/", second_factor.add_passkey, name="mfa_add_webauthn"),
    path("me/passkeys/<int:pk>/remove/", second_factor.remove_passkey, name="mfa_remove_webauthn"),
]
