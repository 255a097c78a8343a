"""Mounted at ``checks/``."""

from django.urls import path

from anlan.inspections.views import filling, listing, record, self_checks, unchecked, unpatrolled

app_name = "inspections"
urlpatterns = [
    path("", listing.check_list, name="list"),
    path("export", listing.export, name="export"),
    path("unchecked", unchecked.unchecked, name="unchecked"),
    path("unchecked/export", unchecked.export_unchecked, name="export-unchecked"),
    path("unpatrolled", unpatrolled.unpatrolled, name="unpatrolled"),
    path("begin", filling.begin, name="begin"),
    path("self-check", filling.begin_self_check, name="begin-self-check"),
    path("filings", self_checks.filings, name="filings"),
    path("filings/draw", self_checks.draw, name="draw"),
    path("filings/verify/<uuid:sample_item_id>", self_checks.verify, name="verify"),
    path("findings/<uuid:finding_id>/close-inside", self_checks.close_inside, name="close-inside"),
    path("findings/<uuid:finding_id>/hand-over", self_checks.hand_over, name="hand-over"),
    path("<uuid:check_id>/", record.record, name="record"),
    path("<uuid:check_id>/fill", filling.fill, name="fill"),
    path("<uuid:check_id>/draft", filling.keep, name="keep"),
    path("<uuid:check_id>/photos/<slug:slot>", filling.photos, name="photos"),
    path("<uuid:check_id>/print", record.printed, name="print"),
    path("<uuid:check_id>/rate", record.rate, name="rate"),
    path("<uuid:check_id>/void", record.void, name="void"),
]
