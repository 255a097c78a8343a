"""Mounted at ``signed-lists/``."""

from django.urls import path

from anlan.supervision import signed_views as views

app_name = "signed_lists"
urlpatterns = [
    path("", views.board, name="board"),
    path("sign", views.sign, name="sign"),
    path("<uuid:list_id>/", views.signed_list, name="list"),
    path("<uuid:list_id>/print", views.print_list, name="print"),
    path("<uuid:list_id>/export", views.export, name="export"),
]
