"""挂牌督办 over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.http import api as http
from anlan.lib import clock
from anlan.supervision import presenters, selectors
from anlan.supervision.commands import AnyCommand, ListIn
from anlan.supervision.schemas import ListingOut

router = Router(tags=["挂牌督办"])


class ListingQuery(Schema):
    state: Annotated[str, http.OneOf(tuple(selectors.STATES))] | None = Field(
        None, description="open 未摘牌，recheck 待本单位复查，controls 本单位管控未落实；不填是全部"
    )
    hidden_danger: UUID | None = Field(None, description="只看这一件隐患的")


@router.get("/listings", response=http.Page[ListingOut], summary="挂牌督办列表", url_name="listing_list")
@http.requires(Permission.SUPERVISION_LISTING_VIEW)
def list_listings(request: HttpRequest, query: Query[ListingQuery], page: Query[http.PageQuery]) -> Any:
    """The listings inside the actor's scope, the newest first."""
    actor = http.actor_of(request)
    rows = selectors.listings_in(actor, query.state or "", clock.today())
    if query.hidden_danger:
        rows = rows.filter(hidden_danger_id=query.hidden_danger)
    sheet = http.paginate(rows, page)
    return {
        "items": presenters.listings_out(actor, sheet.items),
        "count": sheet.count,
        "count_is_exact": sheet.count_is_exact,
        "next_cursor": sheet.next_cursor,
    }


@router.post("/listings", response={201: ListingOut}, summary="挂牌督办", url_name="listing_open")
@http.requires(Permission.SUPERVISION_LISTING_LIST)
def list_matter(request: HttpRequest, response: HttpResponse, body: ListIn) -> Any:
    """List a matter by the actor's organisation."""
    actor = http.actor_of(request)
    listing = body.run(actor)
    response["Location"] = reverse("api:listing", args=[listing.id])
    return Status(201, _told(actor, response, listing.id))


@router.get("/listings/{uuid:listing_id}", response=ListingOut, summary="一块牌", url_name="listing")
@http.requires(Permission.SUPERVISION_LISTING_VIEW)
def get_listing(request: HttpRequest, response: HttpResponse, listing_id: UUID) -> Any:
    """One listing with its monthly progress and its controls, those in force first; its version is the ETag."""
    return _told(http.actor_of(request), response, listing_id)


@router.post(
    "/listings/{uuid:listing_id}/transitions", response=ListingOut, summary="办理一步", url_name="listing_move"
)
@http.requires(Permission.SUPERVISION_LISTING_VIEW)
def transition(
    request: HttpRequest,
    response: HttpResponse,
    listing_id: UUID,
    body: AnyCommand,
    if_match: http.IfMatch = None,
) -> Any:
    """Report progress, set or renew the controls, ask for release, recheck, release."""
    actor = http.actor_of(request)
    body.run(actor, listing_id, http.expected_versions(if_match))
    return _told(actor, response, listing_id)


def _told(actor: Actor, response: HttpResponse, listing_id: UUID) -> dict[str, Any]:
    listing = selectors.listing(actor, listing_id)
    http.with_etag(response, listing.version)
    return presenters.listing_out(actor, listing)
