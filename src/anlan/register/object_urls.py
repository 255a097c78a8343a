"""Mounted at ``objects/``."""

from django.urls import path

from anlan.register.views import objects

app_name = "objects"

urlpatterns = [
    path("", objects.object_list, name="list"),
    path("register/", objects.object_register, name="register"),
    path("<uuid:object_id>/", objects.object_page, name="object"),
    path("<uuid:object_id>/edit/", objects.object_edit, name="edit"),
]
