"""Mounted at ``accounts/``. The names of the first two are those allauth looks for."""

from django.urls import path

from anlan.accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("act-as/", views.act_as, name="account_act_as"),
    path("act-as/<uuid:grant_id>/", views.act_as, name="account_act_as_grant"),
]
