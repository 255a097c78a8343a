"""Mounted at ``ledger/``."""

from django.urls import path

from anlan.proofs import views

app_name = "proofs"
urlpatterns = [
    path("", views.published, name="published"),
    path("receipts/<uuid:entry_id>/", views.receipt, name="receipt"),
    path("receipts/<uuid:entry_id>/file/", views.receipt_file, name="receipt_file"),
    path("receipts/<uuid:subject_id>/<uuid:event_id>/", views.receipt_of_event, name="receipt_of_event"),
]
