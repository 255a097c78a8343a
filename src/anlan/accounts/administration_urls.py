"""Mounted at ``users/``."""

from django.urls import path

from anlan.accounts.views import administration, administration_acts, stand_ins

app_name = "users"

urlpatterns = [
    path("", administration.account_list, name="list"),
    path("open/", administration.open_account, name="open"),
    path("grants/<uuid:grant_id>/revoke/", administration_acts.revoke, name="revoke"),
    path("<uuid:user_id>/", administration.account_page, name="account"),
    path("<uuid:user_id>/edit/", administration.edit, name="edit"),
    path("<uuid:user_id>/grant/", administration.grant, name="grant"),
    path("<uuid:user_id>/reset-password/", administration_acts.reset_password, name="reset-password"),
    path("<uuid:user_id>/deactivate/", administration_acts.deactivate, name="deactivate"),
    path("<uuid:user_id>/reactivate/", administration_acts.reactivate, name="reactivate"),
    path("<uuid:user_id>/sessions/end-all/", administration_acts.end_all_sessions, name="end-all-sessions"),
    path("<uuid:user_id>/sessions/<int:session_id>/end/", administration_acts.end_session, name="end-session"),
    path("<uuid:user_id>/remove-second-factor/", administration_acts.remove_factor, name="remove-second-factor"),
    path("<uuid:user_id>/stand-ins/name/", stand_ins.name_for, name="name-stand-in"),
    path("stand-ins/<uuid:stand_in_id>/end/", stand_ins.end_for, name="end-stand-in"),
]
