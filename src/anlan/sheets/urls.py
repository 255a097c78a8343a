"""Mounted at ``imports/``."""

from django.urls import path

from anlan.sheets import views

app_name = "sheets"
urlpatterns = [
    path("", views.import_list, name="list"),
    path("new/", views.import_new, name="new"),
    path("templates/<slug:kind_code>/", views.template, name="template"),
    path("<uuid:import_id>/", views.import_page, name="import"),
    path("<uuid:import_id>/mapping/", views.import_mapping, name="mapping"),
    path("<uuid:import_id>/table/", views.import_table, name="table"),
    path("<uuid:import_id>/confirm/", views.import_confirm, name="confirm"),
    path("<uuid:import_id>/undo/", views.import_undo, name="undo"),
    path("<uuid:import_id>/progress/", views.progress, name="progress"),
    path("<uuid:import_id>/bad-rows/", views.bad_rows, name="bad-rows"),
]
