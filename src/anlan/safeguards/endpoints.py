"""``/api/v1/safeguards``."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from anlan.authz.permissions import Permission
from anlan.http import api as http
from anlan.http.api import IfMatch, expected_versions
from anlan.lib import clock
from anlan.safeguards import actions, selectors
from anlan.safeguards.boards import Line, lines_of
from anlan.safeguards.choices import MatterState
from anlan.safeguards.models import GuaranteedEvent
from anlan.safeguards.schemas import Added, EventIn, EventPatch, GuaranteedEventOut, MatterOut, MattersIn, ReleaseIn
from anlan.territory import api as territory

router = Router(tags=["活动保障"])
PATH = "/safeguards/{uuid:event_id}"


@router.get("/safeguards", response=http.Page[GuaranteedEventOut], summary="保障活动列表", url_name="safeguard_list")
@http.requires(Permission.SAFEGUARD_VIEW)
def list_events(request: HttpRequest, page: Query[http.PageQuery]) -> Any:
    """The events inside the actor's scope: those that run, the next opening first; then the concluded."""
    actor = http.actor_of(request)
    sheet = http.paginate(selectors.events(actor), page)
    return {
        "items": [_out(line) for line in lines_of(actor, sheet.items, clock.today())],
        "count": sheet.count,
        "count_is_exact": sheet.count_is_exact,
        "next_cursor": sheet.next_cursor,
    }


@router.post("/safeguards", response={201: GuaranteedEventOut}, summary="登记保障活动", url_name="safeguard_establish")
@http.requires(Permission.SAFEGUARD_EDIT)
def establish(request: HttpRequest, response: HttpResponse, body: EventIn) -> Any:
    """Put down an event of the actor's region or of one directly below."""
    region = territory.region_named(body.region)
    event = actions.establish_event(actor=http.actor_of(request), region_id=region.id, facts=body.facts())
    response["Location"] = reverse("api:safeguard", args=[event.id])
    return Status(201, _answer(request, response, event.id))


@router.get(PATH, response=GuaranteedEventOut, summary="一项保障活动", url_name="safeguard")
@http.requires(Permission.SAFEGUARD_VIEW)
def get_event(request: HttpRequest, response: HttpResponse, event_id: UUID) -> Any:
    """One event with its numbers."""
    return _answer(request, response, event_id)


@router.patch(PATH, response=GuaranteedEventOut, summary="修改保障活动", url_name="safeguard_edit")
@http.requires(Permission.SAFEGUARD_EDIT)
def edit_event(
    request: HttpRequest, response: HttpResponse, event_id: UUID, body: EventPatch, if_match: IfMatch = None
) -> Any:
    """Change what was put down."""
    actions.edit_event(
        actor=http.actor_of(request),
        event_id=event_id,
        changes=body.changes(),
        if_versions=expected_versions(if_match),
    )
    return _answer(request, response, event_id)


@router.get(
    PATH + "/matters", response=http.Page[MatterOut], summary="保障活动的隐患", url_name="safeguard_matter_list"
)
@http.requires(Permission.SAFEGUARD_VIEW)
def list_matters(
    request: HttpRequest, event_id: UUID, page: Query[http.PageQuery], state: MatterState = MatterState.ALL
) -> Any:
    """The matters that one of the event's numbers counts."""
    actor = http.actor_of(request)
    sheet = http.paginate(selectors.matters(actor, selectors.event(actor, event_id), state), page)
    return {
        "items": [
            {
                **{name: getattr(one, name) for name in ("id", "number", "description", "place", "due_on", "ended_at")},
                "status": {"code": one.status, "label": one.get_status_display()},
            }
            for one in sheet.items
        ],
        "count": sheet.count,
        "count_is_exact": sheet.count_is_exact,
        "next_cursor": sheet.next_cursor,
    }


@router.post(PATH + "/matters", response=Added, summary="列入隐患", url_name="safeguard_guard")
@http.requires(Permission.SAFEGUARD_EDIT)
def guard(request: HttpRequest, event_id: UUID, body: MattersIn) -> Any:
    """Let the event wait for these matters; those it has already are passed over."""
    actor, added = http.actor_of(request), 0
    with transaction.atomic():
        if body.hidden_dangers or not body.numbers:
            added += actions.guard_matters(actor=actor, event_id=event_id, hidden_danger_ids=body.hidden_dangers)
        if body.numbers:
            added += actions.guard_numbers(actor=actor, event_id=event_id, numbers=body.numbers)
    return {"added": added, "event": _out(_line(request, event_id))}


@router.post(
    PATH + "/matters/{uuid:hidden_danger_id}/release",
    response=GuaranteedEventOut,
    summary="移出隐患",
    url_name="safeguard_release",
)
@http.requires(Permission.SAFEGUARD_EDIT)
def release(request: HttpRequest, event_id: UUID, hidden_danger_id: UUID, body: ReleaseIn) -> Any:
    """Take a matter out of the event, saying why."""
    actions.release_matter(
        actor=http.actor_of(request), event_id=event_id, hidden_danger_id=hidden_danger_id, reason=body.reason
    )
    return _out(_line(request, event_id))


def _answer(request: HttpRequest, response: HttpResponse, event_id: UUID) -> dict[str, Any]:
    line = _line(request, event_id)
    http.with_etag(response, line.event.version)
    return _out(line)


def _line(request: HttpRequest, event_id: UUID) -> Line:
    actor = http.actor_of(request)
    [line] = lines_of(actor, [selectors.event(actor, event_id)], clock.today())
    return line


def _out(line: Line) -> dict[str, Any]:
    event: GuaranteedEvent = line.event
    same = ("id", "name", "place", "opens_on", "ends_on", "note", "concluded_at", "version")
    return {
        **{name: getattr(event, name) for name in same},
        "region": {"id": event.region_id, "name": event.region.name},
        "days_to_opening": line.days,
        "found": line.tally.found,
        "closed": line.tally.closed,
        "remaining": line.tally.remaining,
        "in_time": line.tally.in_time,
        "left_out": line.tally.left_out,
    }
