"""挂牌督办 over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from anlan.authz.permissions import Permission
from anlan.http import api as http
from anlan.supervision import presenters, selectors
from anlan.supervision.commands import AnyCommand, ListIn
from anlan.supervision.schemas import ListingOut

router = Router(tags=["挂牌督办"])


@router.get("/listings", response=http.Page[ListingOut], summary="挂牌督办列表", url_name="listing_list")
@http.requires(Permission.SUPERVISION_LISTING_VIEW)
def list_listings(request: HttpRequest, page: Query[http.PageQuery]) -> Any:
    """The listings inside the actor's scope, the newest first."""
    actor = http.actor_of(request)
    sheet = http.paginate(selectors.listings(actor), page)
    return {
        "items": presenters.listings_out(actor, sheet.items),
        "count": sheet.count,
        "count_is_exact": sheet.count_is_exact,
        "next_cursor": sheet.next_cursor,
    }


@router.post("/listings", response={201: ListingOut}, summary="挂牌督办", url_name="listing_open")
@http.requires(Permission.SUPERVISION_LISTING_LIST)
def list_matter(request: HttpRequest, body: ListIn) -> Any:
    """List a matter by the actor's organisation."""
    actor = http.actor_of(request)
    listing = body.run(actor)
    return Status(201, presenters.listing_out(actor, selectors.listing(actor, listing.id)))


@router.get("/listings/{uuid:listing_id}", response=ListingOut, summary="一块牌", url_name="listing")
@http.requires(Permission.SUPERVISION_LISTING_VIEW)
def get_listing(request: HttpRequest, listing_id: UUID) -> Any:
    """One listing with its monthly progress and its controls, those in force first."""
    actor = http.actor_of(request)
    return presenters.listing_out(actor, selectors.listing(actor, listing_id))


@router.post(
    "/listings/{uuid:listing_id}/transitions", response=ListingOut, summary="办理一步", url_name="listing_move"
)
@http.requires(Permission.SUPERVISION_LISTING_VIEW)
def transition(request: HttpRequest, listing_id: UUID, body: AnyCommand) -> Any:
    """Report progress, set or renew the controls, ask for release, recheck, release."""
    actor = http.actor_of(request)
    body.run(actor, listing_id)
    return presenters.listing_out(actor, selectors.listing(actor, listing_id))
