"""Mounted at ``files/``."""

from django.urls import path

from anlan.files import views

app_name = "files"
urlpatterns = [
    path("<uuid:file_id>/", views.original, name="original"),
    path("<uuid:file_id>/view/", views.view, name="view"),
    path("<uuid:file_id>/thumb/", views.thumb, name="thumb"),
]
