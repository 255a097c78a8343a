"""Mounted at ``enterprises/``."""

from django.urls import path

from anlan.register.views import changes
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
    path("<uuid:enterprise_id>/history/", changes.history, name="enterprise-history"),
    path("<uuid:enterprise_id>/set-status/", changes.set_enterprise_status, name="enterprise-set-status"),
    path(
        "<uuid:enterprise_id>/request-resumption/",
        changes.request_enterprise_resumption,
        name="enterprise-request-resumption",
    ),
    path("sites/<uuid:site_id>/set-status/", changes.set_site_status, name="site-set-status"),
    path("sites/<uuid:site_id>/request-resumption/", changes.request_site_resumption, name="site-request-resumption"),
    path("status-changes/<uuid:change_id>/", changes.status_change, name="status-change"),
    path("status-changes/<uuid:change_id>/accept/", changes.accept_resumption, name="accept-resumption"),
    path("status-changes/<uuid:change_id>/refuse/", changes.refuse_resumption, name="refuse-resumption"),
    path("sites/<uuid:site_id>/transfer/", changes.propose_transfer, name="propose-transfer"),
    path("transfers/", changes.transfer_list, name="transfer-list"),
    path("transfers/<uuid:transfer_id>/", changes.transfer, name="transfer"),
    path("transfers/<uuid:transfer_id>/confirm/", changes.confirm_transfer, name="confirm-transfer"),
    path("transfers/<uuid:transfer_id>/refuse/", changes.refuse_transfer, name="refuse-transfer"),
    path("transfers/<uuid:transfer_id>/withdraw/", changes.withdraw_transfer, name="withdraw-transfer"),
    path("sites/<uuid:site_id>/tenancies/register/", changes.register_tenancy, name="tenancy-register"),
    path("tenancies/<uuid:tenancy_id>/end/", changes.end_tenancy, name="tenancy-end"),
]
