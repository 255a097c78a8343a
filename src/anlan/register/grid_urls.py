"""Mounted at ``grids/``."""

from django.urls import path

from anlan.register.grid_members import MEMBERS
from anlan.register.views import grid_acts, grids

app_name = "grids"

urlpatterns = [
    path("", grids.grid_list, name="list"),
    path("gaps/", grids.gaps, name="gaps"),
    path("gaps/assign/", grid_acts.assign_by_place, name="assign-by-place"),
    path("people/", grids.people, name="people"),
    path("export/", grids.export, name="export"),
    path("establish/", grid_acts.establish, name="establish"),
    path("hand-over/", grid_acts.hand_over, name="hand-over"),
    path("members/<uuid:member_id>/end/", grid_acts.end_appointment, name="end-appointment"),
    path("officials/<uuid:official_id>/end/", grid_acts.end_official, name="end-official"),
    path("sites/<uuid:site_id>/name-official/", grid_acts.name_official_of_site, name="name-official-of-site"),
    path("<uuid:grid_id>/", grids.grid_page, name="grid"),
    path("<uuid:grid_id>/edit/", grid_acts.edit, name="edit"),
    path("<uuid:grid_id>/dissolve/", grid_acts.dissolve, name="dissolve"),
    path("<uuid:grid_id>/appoint/", grid_acts.appoint, name="appoint"),
    path("<uuid:grid_id>/name-official/", grid_acts.name_official_of_grid, name="name-official"),
    *(
        path(f"<uuid:grid_id>/{does}-{key}/", view, {"member": member}, name=f"{does}-{key}")
        for key, member in MEMBERS.items()
        for does, view in (("pick", grids.pick), ("assign", grid_acts.assign), ("remove", grid_acts.remove))
    ),
]
