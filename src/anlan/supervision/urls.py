"""Mounted at ``listings/``."""

from django.urls import path

from anlan.supervision import views

app_name = "supervision"
urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("open/<uuid:hidden_danger_id>", views.list_matter, name="list"),
    path("<uuid:listing_id>/", views.listing, name="listing"),
    path("<uuid:listing_id>/<slug:verb>", views.act, name="act"),
]
