"""Mounted at ``accounts/``. Some of the names are those allauth looks for."""

from django.urls import path

from anlan.accounts.views import entrance, own

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("act-as/", entrance.act_as, name="account_act_as"),
    path("act-as/<uuid:grant_id>/", entrance.act_as, name="account_act_as_grant"),
    path("me/", own.own_account, name="account_own"),
    path("me/password/", own.change_password, name="account_change_password"),
    path("me/sessions/end-others/", own.end_other_sessions, name="account_end_other_sessions"),
    path("me/sessions/<int:session_id>/end/", own.end_session, name="account_end_session"),
]
