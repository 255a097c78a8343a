"""Addresses. Each slice brings its own ``urls.py``; they are put together here, what is asked for most comes first."""

from django.urls import URLPattern, URLResolver, include, path

from anlan.config.api import api
from anlan.config.health import healthz
from anlan.desk.urls import hidden_dangers, objects, register

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("anlan.desk.urls")),
    path("hidden-dangers/", include(hidden_dangers)),
    path("enterprises/", include(register)),
    path("grids/", include("anlan.register.grid_urls")),
    path("objects/", include(objects)),
    path("checks/", include("anlan.inspections.urls")),
    path("listings/", include("anlan.supervision.urls")),
    path("signed-lists/", include("anlan.supervision.signed_urls")),
    path("safeguards/", include("anlan.safeguards.urls")),
    path("oversight/", include("anlan.oversight.urls")),
    path("accounts/", include("anlan.accounts.urls")),
    path("users/", include("anlan.accounts.administration_urls")),
    path("files/", include("anlan.files.urls")),
    path("jobs/", include("anlan.jobs.urls")),
    path("imports/", include("anlan.sheets.urls")),
    path("messages/", include("anlan.notify.urls")),
    path("ledger/", include("anlan.proofs.urls")),
]

handler500 = "anlan.http.views.failed"
