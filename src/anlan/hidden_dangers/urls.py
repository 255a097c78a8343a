"""Mounted at ``hidden-dangers/``. The page of one matter (``:case``) is added by the desk, which composes it."""

from django.urls import path

from anlan.hidden_dangers.views import acts, bulk, listing

app_name = "hidden_dangers"
urlpatterns = [
    path("", listing.hidden_danger_list, name="list"),
    path("export", listing.export, name="export"),
    path("bulk/<slug:verb>", bulk.act, name="bulk"),
    path("register", acts.register, name="register"),
    path("places", acts.places, name="places"),
    path("parties", acts.parties, name="parties"),
    path("<uuid:hidden_danger_id>/comment", acts.comment, name="comment"),
    path("<uuid:hidden_danger_id>/<slug:verb>", acts.act, name="act"),
]
