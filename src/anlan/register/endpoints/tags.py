"""``/api/v1/sites/tags``: marking many sites at once, and the kinds there are."""

from datetime import date
from uuid import UUID

from ninja import Field, Schema

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, Sent, requires
from anlan.register import actions
from anlan.register.endpoints.routing import router
from anlan.register.schemas import TagCode
from anlan.register.tags import TAGS


class TagKindOut(Schema):
    kind: str
    label: str
    words: str = Field(description="什么情况加这个标签")
    source: str
    verified: bool
    closed: bool = Field(description="已停用：不再新加")


class TagIn(Sent):
    sites: list[UUID] = Field(min_length=1, max_length=5000)
    kind: TagCode
    since_on: date | None = Field(None, description="不填为今天")
    note: str = Field("", max_length=200)


class UntagIn(Sent):
    sites: list[UUID] = Field(min_length=1, max_length=5000)
    kind: TagCode
    removed_on: date | None = Field(None, description="不填为今天")
    note: str = Field(min_length=1, max_length=200)


class TaggedOut(Schema):
    changed: int
    unchanged: int


@router.get("/site-tags", response=list[TagKindOut], summary="场所标签的种类", url_name="site_tags")
@requires(Permission.ENTERPRISE_VIEW)
def list_tags(request: ActingRequest) -> list[dict[str, object]]:
    return [{"kind": code, **vars(kind)} for code, kind in TAGS.items()]


@router.post("/site-tags/set", response=TaggedOut, summary="给场所加标签", url_name="tag_sites")
@requires(Permission.SITE_EDIT)
def tag_sites(request: ActingRequest, sent: TagIn) -> actions.Tagged:
    return actions.tag_sites(
        actor=request.actor, site_ids=sent.sites, kind=sent.kind, since_on=sent.since_on, note=sent.note
    )


@router.post("/site-tags/remove", response=TaggedOut, summary="去掉场所的标签", url_name="untag_sites")
@requires(Permission.SITE_EDIT)
def untag_sites(request: ActingRequest, sent: UntagIn) -> actions.Tagged:
    return actions.untag_sites(
        actor=request.actor, site_ids=sent.sites, kind=sent.kind, removed_on=sent.removed_on, note=sent.note
    )
