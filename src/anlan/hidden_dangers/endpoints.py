"""The loop over HTTP: list, register, read, move, history (DESIGN §12)."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from anlan.authz.choices import Sector
from anlan.authz.permissions import Permission
from anlan.hidden_dangers import actions, answers, bulk, selectors
from anlan.hidden_dangers.choices import Level, Source
from anlan.hidden_dangers.choices import Status as MatterStatus
from anlan.hidden_dangers.commands import AnyCommand, FindIn
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import may_read_findings
from anlan.hidden_dangers.presenters import visible_events
from anlan.hidden_dangers.schemas import (
    AskIn,
    CommentIn,
    DirectionIn,
    EventOut,
    HiddenDangerCase,
    HiddenDangerRow,
    History,
    RuleFindingOut,
    RuleFindings,
)
from anlan.hidden_dangers.selectors import Filters
from anlan.hidden_dangers.workflow import DIRECTED
from anlan.http import api as http
from anlan.lib import clock
from anlan.territory import api as territory

router = Router(tags=["隐患"])

MOST_FINDINGS = 50


class ListQuery(Schema):
    """Filters of the list; all may be combined."""

    q: Annotated[str, Field(max_length=60)] = ""
    status: list[MatterStatus] = []
    level: Level | None = None
    source: Source | None = None
    sector: Sector | None = None
    region: Annotated[str, Field(max_length=12, description="区划代码，含下级")] = ""
    holder: UUID | None = None
    enterprise: UUID | None = None
    site: UUID | None = None
    object: Annotated[UUID | None, Field(description="监管对象")] = None
    registered_from: date | None = None
    registered_to: date | None = None
    state: Annotated[str, http.OneOf(tuple(selectors.STATES))] | None = None
    imported: Annotated[bool | None, Field(description="只看随台账导入的，或者只看在平台登记的")] = None

    def as_filters(self) -> Filters:
        http.check_order(self.registered_from, self.registered_to, "/registered_from")
        return Filters(
            q=self.q.strip(),
            status=tuple(self.status),
            level=self.level or "",
            source=self.source or "",
            sector=self.sector or "",
            region_path=territory.path_named(self.region),
            holder_id=self.holder,
            enterprise_id=self.enterprise,
            site_id=self.site,
            object_id=self.object,
            registered_from=self.registered_from,
            registered_to=self.registered_to,
            state=self.state or "",
            imported=self.imported,
        )


@router.get("/hidden-dangers", response=http.Page[HiddenDangerRow], summary="隐患列表")
@http.requires(Permission.HIDDEN_DANGER_VIEW)
def list_hidden_dangers(request: HttpRequest, query: Query[ListQuery], page: Query[http.PageQuery]) -> Any:
    """The matters inside the actor's scope, the newest first."""
    actor = http.actor_of(request)
    sheet = http.paginate(selectors.lines(actor, query.as_filters(), clock.today()), page)
    content = {
        "items": [answers.row(actor, matter) for matter in sheet.items],
        "count": sheet.count,
        "count_is_exact": sheet.count_is_exact,
        "next_cursor": sheet.next_cursor,
    }
    return http.answered(http.Page[HiddenDangerRow], content)


@router.post("/hidden-dangers", response={201: HiddenDangerCase}, summary="登记隐患")
@http.requires(Permission.HIDDEN_DANGER_REGISTER)
def register_hidden_danger(request: HttpRequest, response: HttpResponse, body: FindIn) -> Any:
    """Three taps: photos, place, a sentence."""
    actor = http.actor_of(request)
    matter = actions.register(actor=actor, find=body.as_find())
    response["Location"] = f"{request.path}/{matter.id}"
    return Status(201, _case(request, response, matter.id))


class BulkIn(http.Sent):
    """One verb on several matters; ``payload`` is what the verb takes besides."""

    verb: Literal["urge", "redispatch", "report_up", "return_to_reporter", "return", "merge_duplicate"]
    ids: Annotated[list[UUID], Field(min_length=1, max_length=bulk.AT_MOST)]
    payload: dict[str, Any] = {}


class RefusedOut(Schema):
    id: UUID
    code: str
    reason: str


class BulkOut(Schema):
    done: list[UUID]
    refused: list[RefusedOut]


@router.post("/hidden-dangers/bulk", response=BulkOut, summary="批量办理")
@http.requires(Permission.HIDDEN_DANGER_VIEW)
def act_in_bulk(request: HttpRequest, body: BulkIn) -> Any:
    """Each matter goes through its own action; those refused come back with the reason."""
    with http.pointing(lambda pointer: f"/payload{pointer}"):
        return bulk.run(http.actor_of(request), body.verb, body.ids, body.payload)


@router.get("/hidden-dangers/{uuid:hidden_danger_id}", response=HiddenDangerCase, summary="一件隐患")
@http.requires(Permission.HIDDEN_DANGER_VIEW)
def get_hidden_danger(request: HttpRequest, response: HttpResponse, hidden_danger_id: UUID) -> Any:
    """One matter; its version is the ETag."""
    return _case(request, response, hidden_danger_id)


@router.post("/hidden-dangers/{uuid:hidden_danger_id}/transitions", response=HiddenDangerCase, summary="办理一步")
@http.requires(Permission.HIDDEN_DANGER_VIEW)
def transition(
    request: HttpRequest,
    response: HttpResponse,
    hidden_danger_id: UUID,
    body: AnyCommand,
    if_match: http.IfMatch = None,
) -> Any:
    """Move the matter by a verb. 403: this person may not; 409: the state or a condition does not allow it."""
    moved = body.run(http.actor_of(request), hidden_danger_id, http.expected_versions(if_match))
    return _case(request, response, hidden_danger_id, moved)


@router.get("/hidden-dangers/{uuid:hidden_danger_id}/history", response=History, summary="一件隐患的经过")
@http.requires(Permission.HIDDEN_DANGER_VIEW)
def history(request: HttpRequest, hidden_danger_id: UUID) -> Any:
    """Everything that happened, the oldest first."""
    actor = http.actor_of(request)
    matter = selectors.hidden_danger(actor, hidden_danger_id)
    items = [answers.event(entry) for entry in visible_events(actor, matter)]
    return {"items": items, "count": len(items)}


@router.post("/hidden-dangers/{uuid:hidden_danger_id}/comments", response={201: EventOut}, summary="留言")
@http.requires(Permission.HIDDEN_DANGER_COMMENT)
def comment(request: HttpRequest, hidden_danger_id: UUID, body: CommentIn) -> Any:
    """A word on the history, for everybody who reads it."""
    said = actions.comment(actor=http.actor_of(request), hidden_danger_id=hidden_danger_id, note=body.note)
    return Status(201, answers.event(said))


@router.post("/hidden-dangers/{uuid:hidden_danger_id}/directions", response={201: History}, summary="登记领导调度")
@http.requires(Permission.HIDDEN_DANGER_DIRECT)
def direct(request: HttpRequest, hidden_danger_id: UUID, body: DirectionIn) -> Any:
    """Put down that a leader directed a major matter; answers its directions, the oldest first."""
    actor = http.actor_of(request)
    said = body.model_dump() | {"held_on": body.held_on or clock.today()}
    matter = actions.direct(actor=actor, hidden_danger_id=hidden_danger_id, **said)
    items = [answers.event(entry) for entry in visible_events(actor, matter) if entry.event == DIRECTED]
    return Status(201, {"items": items, "count": len(items)})


@router.get("/hidden-dangers/{uuid:hidden_danger_id}/findings", response=RuleFindings, summary="规则对一件隐患的判断")
@http.requires(Permission.HIDDEN_DANGER_VIEW)
def list_findings(request: HttpRequest, hidden_danger_id: UUID) -> Any:
    """What rules said of the matter, the newest 50, each reckoned again under its own version. An enterprise reads
    them after the decision."""
    actor = http.actor_of(request)
    matter = selectors.hidden_danger(actor, hidden_danger_id)
    if not may_read_findings(actor, matter):
        return {"items": [], "count": 0}
    rows = selectors.rule_findings(matter)
    items = [answers.rule_finding(actor, matter, kept) for kept in rows[:MOST_FINDINGS]]
    return {"items": items, "count": len(items) if len(items) < MOST_FINDINGS else rows.count()}


@router.post("/hidden-dangers/{uuid:hidden_danger_id}/findings", response={201: RuleFindingOut}, summary="按标准判一判")
@http.requires(Permission.HIDDEN_DANGER_VIEW)
def ask_rule(request: HttpRequest, hidden_danger_id: UUID, body: AskIn) -> Any:
    """Ask the rule and keep what it says with the matter: advice beside the department's decision."""
    actor = http.actor_of(request)
    kept = actions.ask_rule(
        actor=actor, hidden_danger_id=hidden_danger_id, facts=body.facts, rule=body.rule, on=body.on
    )
    return Status(201, answers.rule_finding(actor, kept.hidden_danger, kept))


def _case(
    request: HttpRequest, response: HttpResponse, hidden_danger_id: UUID, moved: HiddenDanger | None = None
) -> dict[str, Any]:
    actor = http.actor_of(request)
    matter = selectors.hidden_danger_to_tell(actor, hidden_danger_id, moved)
    http.with_etag(response, matter.version)
    return answers.case(actor, matter)
