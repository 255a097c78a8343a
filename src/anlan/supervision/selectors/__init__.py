"""Reads of letters and listings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.authz.actors import Actor
from anlan.supervision.models import ListingProgress, SupervisionLetter, SupervisionListing


def letters(actor: Actor) -> QuerySet[SupervisionLetter]:
    """The letters the actor sees, the newest first."""
    return SupervisionLetter.objects.visible_to(actor).select_related("issuer", "addressee", "hidden_danger")


def letters_about(actor: Actor, hidden_danger_id: UUID) -> list[SupervisionLetter]:
    return list(letters(actor).filter(hidden_danger_id=hidden_danger_id))


def listings(actor: Actor) -> QuerySet[SupervisionListing]:
    """The listings the actor sees, the newest first."""
    return SupervisionListing.objects.visible_to(actor).select_related("lister", "hidden_danger")


def listings_about(actor: Actor, hidden_danger_id: UUID) -> list[SupervisionListing]:
    return list(listings(actor).filter(hidden_danger_id=hidden_danger_id))


def listing(actor: Actor, listing_id: UUID) -> SupervisionListing:
    """One listing; NotInScope (404) outside the scope."""
    found: SupervisionListing = SupervisionListing.objects.select_related(
        "lister", "hidden_danger__region"
    ).get_visible(actor, id=listing_id)
    return found


def progress_of(listing: SupervisionListing) -> list[ListingProgress]:
    """The monthly reports, the newest first; the caller has found the listing through its scope."""
    return list(listing.progress.select_related("reported_by").order_by("-reported_at"))


def matters_listed_between(begins: datetime, ends: datetime) -> QuerySet[Any]:
    """The ids of the matters listed in [begins, ends), as a subquery: a filter of matters the actor sees."""
    rows = SupervisionListing.objects.filter(listed_at__gte=begins, listed_at__lt=ends)
    return rows.order_by().values("hidden_danger_id")


def matters_still_listed(at: datetime) -> QuerySet[Any]:
    """The same for those with a listing that stood at the instant."""
    stands = Q(released_at=None) | Q(released_at__gte=at)
    return SupervisionListing.objects.filter(stands, listed_at__lt=at).order_by().values("hidden_danger_id")


def open_listers(hidden_danger_id: UUID) -> list[str]:
    """Who still holds the matter open, by short name; asked inside the loop, whatever the actor sees."""
    rows = SupervisionListing.objects.filter(hidden_danger_id=hidden_danger_id, released_at=None)
    return list(rows.values_list("lister__short_name", flat=True))
