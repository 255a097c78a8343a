"""Addresses. Each slice brings its own ``urls.py``; they are put together here."""

from django.urls import URLPattern, URLResolver, path

from anlan.config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
]
