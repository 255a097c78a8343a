"""The map of a region: on the screen, as data for its script, and on paper (网格监管示意图)."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.authz.permissions import Permission
from anlan.desk.atlas import reading, showing
from anlan.http.api import ActingRequest, requires
from anlan.lib import clock
from anlan.territory import api as territory


def _atlas(request: ActingRequest, *, drawn: bool = True, with_officials: bool = False) -> reading.Atlas:
    region = reading.region_shown(request.actor, request.GET.get("region", "")[:12])
    return reading.atlas(request.actor, region, clock.today(), drawn=drawn, with_officials=with_officials)


@require_GET
@requires(Permission.GRID_VIEW)
def page(request: ActingRequest) -> HttpResponse:
    """The map beside its figures; every number opens its rows."""
    atlas = _atlas(request, drawn=False)
    own = request.actor.region_path
    above = [one for one in territory.ancestors(atlas.region) if one.path.startswith(own)]
    context = {
        "atlas": atlas,
        "lines": [(place, showing.links(place)) for place in atlas.places],
        "total": atlas.total,
        "total_links": showing.links(reading.Place("", code=atlas.region.code)),
        "above": above,
        "legend": showing.Tints.of(atlas).legend,
        "most_points": reading.MOST_POINTS,
    }
    return render(request, "desk/map.html", context)


@require_GET
@requires(Permission.GRID_VIEW)
def data(request: ActingRequest) -> JsonResponse:
    """Outline, cells and points of the region."""
    return JsonResponse(showing.data(_atlas(request)))


@require_GET
@requires(Permission.GRID_VIEW)
def printed(request: ActingRequest) -> HttpResponse:
    """网格监管示意图: one A4 landscape with the map, and the table of who holds what."""
    atlas = _atlas(request, with_officials=True)
    context = {
        "atlas": atlas,
        "sheet": showing.sheet(atlas),
        "legend": showing.Tints.of(atlas).legend,
        "total": atlas.total,
        "now": clock.now(),
    }
    return render(request, "desk/map_print.html", context)
