"""Mounted at ``objects/`` by the desk, whose own the page of one object is."""

from django.urls import path

from anlan.register.views import objects

app_name = "objects"

urlpatterns = [
    path("", objects.object_list, name="list"),
    path("register/", objects.object_register, name="register"),
    path("confirm-unchanged/", objects.confirm_unchanged, name="confirm-unchanged"),
    path("export/", objects.export, name="export"),
    path("<uuid:object_id>/edit/", objects.object_edit, name="edit"),
]
