"""``/api/v1``: duplicates and merging of enterprises and sites, confirming."""

from uuid import UUID

from ninja import Field, Query, Schema, Status

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, IfMatch, Page, PageQuery, Sent, Sheet, expected_versions, no_cursor, requires
from anlan.register import actions
from anlan.register.endpoints.routing import router
from anlan.register.models import EnterpriseMerge, SiteMerge
from anlan.register.selectors import duplicates


class Numbered(Schema):
    id: UUID
    name: str
    number: str = Field(description="统一社会信用代码，或者临时编号")


class PairOut(Schema):
    keep: Numbered = Field(description="建议保留的：有信用代码的，或者先登记的")
    other: Numbered
    reasons: list[str]


class NamedSite(Schema):
    id: UUID
    name: str
    address: str


class SitePairOut(Schema):
    enterprise: UUID = Field(alias="keep.enterprise_id")
    keep: NamedSite = Field(description="建议保留的：还在生产经营的，或者先登记的")
    other: NamedSite
    reasons: list[str]


class MergeIn(Sent):
    into: UUID = Field(description="保留的那一条")
    reason: str = Field(min_length=1, max_length=500)


class MergeOut(Schema):
    survivor_id: UUID
    merged_id: UUID
    moved: dict[str, int]


class OtherIn(Sent):
    other: UUID


class ConfirmIn(Sent):
    enterprises: list[UUID] = Field(min_length=1, max_length=5000)


class ConfirmedOut(Schema):
    confirmed: int


@router.get("/enterprise-duplicates", response=Page[PairOut], summary="疑似重复的企业", url_name="duplicate_list")
@requires(Permission.ENTERPRISE_MERGE)
def list_duplicates(request: ActingRequest, page: Query[PageQuery]) -> Sheet:
    return _sheet(duplicates.suspected_pairs(request.actor), page)


@router.get("/site-duplicates", response=Page[SitePairOut], summary="疑似重复的场所", url_name="site_duplicate_list")
@requires(Permission.ENTERPRISE_MERGE)
def list_site_duplicates(request: ActingRequest, page: Query[PageQuery]) -> Sheet:
    return _sheet(duplicates.suspected_sites(request.actor), page)


def _sheet(pairs: list[duplicates.Pair], page: PageQuery) -> Sheet:
    if page.cursor is not None:
        raise no_cursor()
    start = (page.page - 1) * page.page_size
    return Sheet(pairs[start : start + page.page_size], len(pairs), True)


@router.post("/enterprises/{uuid:enterprise_id}/merge", response=MergeOut, summary="并入另一家企业", url_name="merge")
@requires(Permission.ENTERPRISE_MERGE)
def merge_enterprise(
    request: ActingRequest, enterprise_id: UUID, sent: MergeIn, if_match: IfMatch = None
) -> EnterpriseMerge:
    return actions.merge_enterprise(
        actor=request.actor,
        merged_id=enterprise_id,
        into_id=sent.into,
        reason=sent.reason,
        if_versions=expected_versions(if_match),
    )


@router.post(
    "/enterprises/{uuid:enterprise_id}/mark-distinct",
    response={204: None},
    summary="认定不是重复",
    url_name="mark_distinct",
)
@requires(Permission.ENTERPRISE_MERGE)
def mark_distinct(request: ActingRequest, enterprise_id: UUID, sent: OtherIn) -> Status[None]:
    actions.mark_distinct(actor=request.actor, enterprise_id=enterprise_id, other_id=sent.other)
    return Status(204, None)


@router.post(
    "/sites/{uuid:site_id}/merge", response=MergeOut, summary="并入同一家企业的另一处场所", url_name="merge_site"
)
@requires(Permission.ENTERPRISE_MERGE)
def merge_site(request: ActingRequest, site_id: UUID, sent: MergeIn, if_match: IfMatch = None) -> SiteMerge:
    return actions.merge_site(
        actor=request.actor,
        merged_id=site_id,
        into_id=sent.into,
        reason=sent.reason,
        if_versions=expected_versions(if_match),
    )


@router.post(
    "/sites/{uuid:site_id}/mark-distinct",
    response={204: None},
    summary="认定两处场所不是重复",
    url_name="mark_sites_distinct",
)
@requires(Permission.ENTERPRISE_MERGE)
def mark_sites_distinct(request: ActingRequest, site_id: UUID, sent: OtherIn) -> Status[None]:
    actions.mark_sites_distinct(actor=request.actor, site_id=site_id, other_id=sent.other)
    return Status(204, None)


@router.post(
    "/enterprise-confirmations", response=ConfirmedOut, summary="确认企业信息无变化", url_name="confirm_unchanged"
)
@requires(Permission.ENTERPRISE_EDIT)
def confirm_unchanged(request: ActingRequest, sent: ConfirmIn) -> dict[str, int]:
    return {"confirmed": actions.confirm_unchanged(actor=request.actor, enterprise_ids=sent.enterprises)}
