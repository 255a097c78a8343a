"""The desk at the root; ``hidden_dangers`` is the loop's own addresses with the case page that is composed here."""

from django.urls import URLPattern, path

from anlan.desk import views
from anlan.hidden_dangers import urls as loop

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
]

hidden_dangers: list[URLPattern] = [
    path("<uuid:hidden_danger_id>/", views.hidden_danger, name="case"),
    *loop.urlpatterns,
]
