"""Mounted at ``safeguards/``."""

from django.urls import path

from anlan.safeguards import views

app_name = "safeguards"
urlpatterns = [
    path("", views.board, name="board"),
    path("new", views.establish, name="establish"),
    path("<uuid:event_id>/", views.event, name="event"),
    path("<uuid:event_id>/print", views.print_event, name="print"),
    path("<uuid:event_id>/export", views.export, name="export"),
    path("<uuid:event_id>/edit", views.edit, name="edit"),
    path("<uuid:event_id>/conclude", views.conclude, name="conclude"),
    path("<uuid:event_id>/reopen", views.reopen, name="reopen"),
    path("<uuid:event_id>/guard-numbers", views.guard_numbers, name="guard-numbers"),
    path("<uuid:event_id>/guard-registered", views.guard_registered, name="guard-registered"),
    path("<uuid:event_id>/matters/<uuid:hidden_danger_id>/release", views.release, name="release"),
]
