"""Mounted at ``enterprises/``."""

from django.urls import path

from anlan.register.views import enterprises as views

app_name = "register"

urlpatterns = [
    path("", views.enterprise_list, name="enterprise-list"),
    path("register/", views.enterprise_register, name="enterprise-register"),
    path("industry-options/", views.industry_options, name="industry-options"),
    path("<uuid:enterprise_id>/", views.enterprise_page, name="enterprise"),
    path("<uuid:enterprise_id>/edit/", views.enterprise_edit, name="enterprise-edit"),
    path(
        "<uuid:enterprise_id>/open-organisation/",
        views.open_enterprise_organisation,
        name="enterprise-open-organisation",
    ),
    path("<uuid:enterprise_id>/sites/register/", views.site_register, name="site-register"),
    path("sites/<uuid:site_id>/edit/", views.site_edit, name="site-edit"),
]
