"""The search over HTTP: one address for every kind of record."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.authz.permissions import Permission
from anlan.desk import finding
from anlan.http import api as http

router = Router(tags=["搜索"])


class SearchQuery(Schema):
    """``q``: up to four words, each of which must be found; ``size``: at most so many of each kind."""

    q: Annotated[str, Field(max_length=finding.LENGTH)] = ""
    size: Annotated[int, Field(ge=1, le=50)] = finding.SHOWN


class FoundKind(Schema):
    code: Literal["enterprise", "site", "object", "hidden_danger"]
    label: str


class Match(Schema):
    """The field in which a word was found that the title does not hold."""

    label: str
    value: str


class HitOut(Schema):
    id: UUID
    title: str
    sub: str
    match: Match | None
    url: str


class GroupOut(Schema):
    kind: FoundKind
    items: list[HitOut]
    has_more: bool


class Found(Schema):
    q: str
    groups: list[GroupOut]


@router.get("/search", response=Found, summary="搜索", url_name="search")
@http.requires(Permission.DESK_VIEW)
def search(request: HttpRequest, query: Query[SearchQuery]) -> Any:
    """Enterprises, sites, supervised objects and hidden dangers inside the actor's scope, by name, former name, pinyin,
    phone, address, legal representative, credit code or number."""
    text = query.q.strip()
    groups = finding.find(http.actor_of(request), text, query.size)
    return {"q": text, "groups": [_group(group) for group in groups]}


def _group(group: finding.Group) -> dict[str, Any]:
    return {
        "kind": {"code": group.kind, "label": group.label},
        "items": [_hit(hit) for hit in group.hits],
        "has_more": group.has_more,
    }


def _hit(hit: finding.Hit) -> dict[str, Any]:
    match = {"label": hit.label, "value": hit.plain_value} if hit.label else None
    return {"id": hit.id, "title": hit.plain_title, "sub": hit.sub, "match": match, "url": hit.url}
