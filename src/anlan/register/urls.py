"""Mounted at ``enterprises/``."""

from django.urls import path

from anlan.register import object_urls
from anlan.register.views import changes, licences, merging, sites, stale
from anlan.register.views import enterprises as views

app_name = "register"

urlpatterns = [
    path("", views.enterprise_list, name="enterprise-list"),
    path("register/", views.enterprise_register, name="enterprise-register"),
    path("industry-options/", views.industry_options, name="industry-options"),
    path("sites/", sites.site_list, name="site-list"),
    path("sites/export/", sites.export_sites, name="export-sites"),
    path("sites/tag/", sites.tag_sites, name="tag-sites"),
    path("sites/untag/", sites.untag_sites, name="untag-sites"),
    path("licences/", licences.licence_list, name="licence-list"),
    path("licences/export/", licences.export_licences, name="export-licences"),
    path("licences/<uuid:licence_id>/", licences.licence, name="licence"),
    path("licences/<uuid:licence_id>/renew/", licences.renew_licence, name="renew-licence"),
    path("licences/<uuid:licence_id>/correct/", licences.correct_licence, name="correct-licence"),
    path("licences/<uuid:licence_id>/cancel/", licences.cancel_licence, name="cancel-licence"),
    path("duplicates/", merging.duplicate_list, name="duplicate-list"),
    path("<uuid:enterprise_id>/mark-distinct/", merging.mark_distinct, name="mark-distinct"),
    path("<uuid:enterprise_id>/merge/", merging.merge, name="merge"),
    path("sites/<uuid:site_id>/mark-distinct/", merging.mark_sites_distinct, name="mark-sites-distinct"),
    path("sites/<uuid:site_id>/merge/", merging.merge_site, name="merge-site"),
    path("confirm-unchanged/", stale.confirm_unchanged, name="confirm-unchanged"),
    path("export/", stale.export_enterprises, name="export-enterprises"),
    path("<uuid:enterprise_id>/licences/register/", licences.register_licence, name="register-licence"),
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
object_pages = object_urls.urlpatterns
