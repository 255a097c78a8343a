"""The desk at the root; and the addresses of the slices whose pages are composed here with what is above them."""

from django.urls import URLPattern, path

from anlan.desk import maps, matter_findings, rule_pages, site_visits, views
from anlan.hidden_dangers import urls as loop_urls
from anlan.register import urls as register_urls

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("rules/", rule_pages.rule_list, name="rules"),
    path("rules/<slug:rule_id>/", rule_pages.rule_trial, name="rule"),
    path("map/", maps.page, name="map"),
    path("map/data/", maps.data, name="map-data"),
    path("map/print/", maps.printed, name="map-print"),
]

hidden_dangers: tuple[list[URLPattern], str] = (
    [
        path("<uuid:hidden_danger_id>/", views.hidden_danger, name="case"),
        path("<uuid:hidden_danger_id>/findings/", matter_findings.ask, name="ask-rule"),
        path("<uuid:hidden_danger_id>/findings/<uuid:finding_id>/", matter_findings.finding, name="finding"),
        *loop_urls.urlpatterns,
    ],
    loop_urls.app_name,
)
register: tuple[list[URLPattern], str] = (
    [
        path("<uuid:enterprise_id>/", views.enterprise, name="enterprise"),
        path("sites/<uuid:site_id>/inspections/", site_visits.site_visits, name="site-inspections"),
        path("<uuid:enterprise_id>/dossier/", views.enterprise_dossier, name="enterprise-dossier"),
        *register_urls.urlpatterns,
    ],
    register_urls.app_name,
)
objects: tuple[list[URLPattern], str] = (
    [
        path("<uuid:object_id>/", views.supervised_object, name="object"),
        *register_urls.object_pages,
    ],
    "objects",
)
