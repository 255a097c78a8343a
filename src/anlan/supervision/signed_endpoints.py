"""Signed lists over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from anlan.authz.permissions import Permission
from anlan.http import api as http
from anlan.http.api import Coded, Named
from anlan.lib.refusals import Invalid
from anlan.supervision import actions
from anlan.supervision.models import SignedList
from anlan.supervision.periods import Period
from anlan.supervision.selectors import signed_lists as selectors

router = Router(tags=["隐患清单"])


class SignIn(http.Sent):
    """``period``: 2026-10 or 2026Q3. ``content_hash``: of the list the signatory was shown; anything else is refused."""

    period: Annotated[str, Field(max_length=7)]
    signatory: Annotated[str, Field(max_length=60)]
    post: Annotated[str, Field(max_length=60)] = ""
    content_hash: Annotated[str, Field(max_length=64)] | None = None


class SignedListOut(Schema):
    id: UUID
    organisation: Named
    level: Coded
    period: str
    edition: int
    row_count: int
    major_count: int
    content_hash: str
    signatory: str
    post: str
    signed_by: str
    signed_at: datetime


class SignedRowOut(Schema):
    hidden_danger: UUID
    number: str
    description: str
    place: str
    level: str
    party: str
    lead: str
    due_on: date | None
    status: str


class FieldChange(Schema):
    """``field`` is empty where the whole line came or went: ``now`` then says which."""

    field: str
    was: str
    now: str


class ChangeOut(Schema):
    number: str
    description: str
    what: list[FieldChange]


class SignedListCase(SignedListOut):
    """``is_sound``: the lines still give the hash that was signed. ``changes``: what is different now; a list with any
    has to be signed anew, and an earlier edition has none."""

    rows: list[SignedRowOut]
    in_force: bool
    is_sound: bool
    changes: list[ChangeOut]


@router.get("/signed-lists", response=http.Page[SignedListOut], summary="已签字的隐患清单", url_name="signed_list_list")
@http.requires(Permission.SIGNED_LIST_VIEW)
def list_signed_lists(request: HttpRequest, page: Query[http.PageQuery]) -> Any:
    """The signed lists inside the actor's scope, every edition, the latest first."""
    sheet = http.paginate(selectors.signed_lists(http.actor_of(request)), page)
    return {
        "items": [_out(signed) for signed in sheet.items],
        "count": sheet.count,
        "count_is_exact": sheet.count_is_exact,
        "next_cursor": sheet.next_cursor,
    }


@router.post("/signed-lists", response={201: SignedListCase}, summary="签字隐患清单", url_name="signed_list_sign")
@http.requires(Permission.SIGNED_LIST_SIGN)
def sign_list(request: HttpRequest, body: SignIn) -> Any:
    """Sign the list of the actor's organisation for a period that is over."""
    actor = http.actor_of(request)
    period = Period.read(body.period)
    if period is None:
        raise Invalid.at("/period", "周期写成 2026-10（月）或者 2026Q3（季度）。")
    signed = actions.sign_list(
        actor=actor, period=period, signatory=body.signatory, post=body.post, content_hash=body.content_hash
    )
    return Status(201, _case(request, signed.id))


@router.get("/signed-lists/{uuid:list_id}", response=SignedListCase, summary="一份隐患清单", url_name="signed_list")
@http.requires(Permission.SIGNED_LIST_VIEW)
def get_signed_list(request: HttpRequest, list_id: UUID) -> Any:
    """One signed list with its lines, verified, and what has changed since."""
    return _case(request, list_id)


def _case(request: HttpRequest, list_id: UUID) -> dict[str, Any]:
    actor = http.actor_of(request)
    signed = selectors.signed_list(actor, list_id)
    in_force = selectors.editions(actor, signed.organisation_id, selectors.period_of(signed))[0].id == signed.id
    changes = selectors.changes_since(signed) if in_force else []
    return {
        **_out(signed),
        "rows": [{**vars(row), "hidden_danger": row.hidden_danger_id} for row in selectors.rows_as_signed(signed)],
        "in_force": in_force,
        "is_sound": selectors.is_sound(signed),
        "changes": [
            {
                "number": change.number,
                "description": change.description,
                "what": [{"field": field, "was": was, "now": now} for field, was, now in change.what],
            }
            for change in changes
        ],
    }


def _out(signed: SignedList) -> dict[str, Any]:
    return {
        "id": signed.id,
        "organisation": {"id": signed.organisation_id, "name": signed.organisation.name},
        "level": {"code": signed.level, "label": signed.get_level_display()},
        "period": selectors.period_of(signed).code,
        "edition": signed.edition,
        "row_count": signed.row_count,
        "major_count": signed.major_count,
        "content_hash": signed.content_hash,
        "signatory": signed.signatory,
        "post": signed.post,
        "signed_by": str(signed.signed_by),
        "signed_at": signed.signed_at,
    }
