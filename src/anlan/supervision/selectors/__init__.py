"""Reads of letters and listings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects

from anlan.authz.actors import Actor
from anlan.supervision.choices import ListingStatus
from anlan.supervision.models import ListingControl, ListingProgress, SupervisionLetter, SupervisionListing

RECTIFIERS = (
    "hidden_danger__lead",
    "hidden_danger__party_enterprise__organisation",
    "hidden_danger__party_organisation",
)
"""Whom the policies ask about: the verbs of a listing are told without another query."""


def letters(actor: Actor) -> QuerySet[SupervisionLetter]:
    """The letters the actor sees, the newest first."""
    return SupervisionLetter.objects.visible_to(actor).select_related("issuer", "addressee", "hidden_danger")


def events_urged(actor: Actor) -> set[UUID]:
    """The events that brought the letters the actor sees."""
    return set(letters(actor).order_by().values_list("event_id", flat=True))


def letters_about(actor: Actor, hidden_danger_id: UUID) -> list[SupervisionLetter]:
    return list(letters(actor).filter(hidden_danger_id=hidden_danger_id))


def listings(actor: Actor) -> QuerySet[SupervisionListing]:
    """The listings the actor sees, the newest first, with whoever puts the matter right."""
    return SupervisionListing.objects.visible_to(actor).select_related("lister", *RECTIFIERS)


def listings_to_recheck(actor: Actor) -> QuerySet[SupervisionListing]:
    """Those of the actor's organisation whose release was asked for: it has to recheck them on site."""
    return listings(actor).filter(status=ListingStatus.RELEASE_REQUESTED, lister_id=actor.organisation_id)


def listings_without_controls(actor: Actor, on: date) -> QuerySet[SupervisionListing]:
    """Those not released, listed by the actor's organisation or for it to put right, whose controls are missing or had
    their next check before the day."""
    mine = (
        Q(lister_id=actor.organisation_id)
        | Q(hidden_danger__lead_id=actor.organisation_id)
        | Q(hidden_danger__party_organisation_id=actor.organisation_id)
        | Q(hidden_danger__party_enterprise__organisation_id=actor.organisation_id)
    )
    lacking = Q(controls_check_on=None) | Q(controls_check_on__lt=on)
    return listings(actor).filter(mine, lacking, released_at=None)


STATES: dict[str, Callable[[Actor, date], QuerySet[SupervisionListing]]] = {
    "open": lambda actor, on: listings(actor).filter(released_at=None),
    "recheck": lambda actor, on: listings_to_recheck(actor),
    "controls": listings_without_controls,
}


def listings_in(actor: Actor, state: str, on: date) -> QuerySet[SupervisionListing]:
    """All, or those still hanging, or those of one's own that wait for the recheck or lack controls in force."""
    return STATES[state](actor, on) if state else listings(actor)


def listings_about(actor: Actor, hidden_danger_id: UUID) -> list[SupervisionListing]:
    return list(listings(actor).filter(hidden_danger_id=hidden_danger_id))


def listing(actor: Actor, listing_id: UUID) -> SupervisionListing:
    """One listing; NotInScope (404) outside the scope."""
    rows = SupervisionListing.objects.select_related("lister", *RECTIFIERS, "hidden_danger__region")
    found: SupervisionListing = rows.get_visible(actor, id=listing_id)
    return found


def listing_to_tell(actor: Actor, listing_id: UUID) -> SupervisionListing:
    """One listing with those whom its messages reach; NotInScope (404) outside the scope."""
    found: SupervisionListing = SupervisionListing.objects.select_related(
        "lister", "hidden_danger__party_enterprise__organisation", "hidden_danger__party_organisation"
    ).get_visible(actor, id=listing_id)
    return found


def progress_of(listings: Sequence[SupervisionListing]) -> Mapping[UUID, list[ListingProgress]]:
    """The monthly reports by listing, the newest first; the caller has found the listings through its scope. From then on
    they also know them themselves."""
    rows = ListingProgress.objects.select_related("reported_by").order_by("-reported_at")
    prefetch_related_objects(listings, Prefetch("progress", queryset=rows))
    return {one.id: list(one.progress.all()) for one in listings}


def reported_since(listing: SupervisionListing, begins: datetime) -> ListingProgress | None:
    """The last report at or after the instant, or None. The listing was found through the scope."""
    reports = [one for one in listing.progress.all() if one.reported_at >= begins]
    return max(reports, key=lambda one: one.reported_at, default=None)


def controls_of(listings: Iterable[SupervisionListing]) -> Mapping[UUID, list[ListingControl]]:
    """What was set, by listing, the last first: that is what counts. Found as above."""
    rows = ListingControl.objects.filter(listing__in=[one.id for one in listings])
    return _by_listing(rows.select_related("set_by").order_by("-set_at", "-id"))


def _by_listing(rows: Iterable[Any]) -> Mapping[UUID, list[Any]]:
    grouped: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.listing_id].append(row)
    return grouped


def matters_listed_between(begins: datetime, ends: datetime) -> QuerySet[Any]:
    """The ids of the matters listed in [begins, ends), as a subquery: a filter of matters the actor sees."""
    rows = SupervisionListing.objects.filter(listed_at__gte=begins, listed_at__lt=ends)
    return rows.order_by().values("hidden_danger_id")


def matters_still_listed(at: datetime) -> QuerySet[Any]:
    """The same for those with a listing that stood at the instant."""
    return _standing(at).values("hidden_danger_id")


def matters_without_controls(at: datetime, day: date) -> QuerySet[Any]:
    """The same for those with a listing that stood at the instant and whose controls, as they then were, are missing or
    had their next check before the day."""
    known = ListingControl.objects.filter(listing=OuterRef("pk"), set_at__lt=at).order_by("-set_at", "-id")
    rows = _standing(at).alias(check_then=Subquery(known.values("check_on")[:1]))
    return rows.filter(Q(check_then=None) | Q(check_then__lt=day)).values("hidden_danger_id")


def _standing(at: datetime) -> QuerySet[SupervisionListing]:
    stands = Q(released_at=None) | Q(released_at__gte=at)
    return SupervisionListing.objects.filter(stands, listed_at__lt=at).order_by()


def open_listers(hidden_danger_id: UUID) -> list[str]:
    """Who still holds the matter open, by short name; asked inside the loop, whatever the actor sees."""
    rows = SupervisionListing.objects.filter(hidden_danger_id=hidden_danger_id, released_at=None)
    return list(rows.values_list("lister__short_name", flat=True))
