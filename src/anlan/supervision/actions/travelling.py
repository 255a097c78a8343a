"""A matter that is handed over with its site takes its listings and letters along; who lists goes on listing."""

from anlan.authz.actors import Actor
from anlan.hidden_dangers.api import HiddenDanger
from anlan.processes import api as processes
from anlan.supervision.models import ListingControl, ListingProgress, SupervisionLetter, SupervisionListing


def bring_along(actor: Actor, matter: HiddenDanger) -> None:
    """They lie where the matter lies now, part of the act that moves it."""
    listings = list(SupervisionListing.objects.filter(hidden_danger=matter).values_list("id", flat=True))
    SupervisionLetter.objects.filter(hidden_danger=matter).update(region_path=matter.region_path)
    if listings:
        SupervisionListing.objects.filter(id__in=listings).update(region_path=matter.region_path)
        for model in (ListingProgress, ListingControl):
            model._default_manager.filter(listing_id__in=listings).update(region_path=matter.region_path)
        processes.follow_with_deadlines(listings, matter.region_path)
