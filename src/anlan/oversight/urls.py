"""Mounted at ``oversight/``."""

from django.urls import path

from anlan.oversight import views

app_name = "oversight"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("export", views.export, name="export"),
    path("indicators/<slug:code>/<slug:side>", views.rows, name="rows"),
]
