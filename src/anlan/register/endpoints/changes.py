"""``/api/v1``: statuses with evidence, moves to another 属地 unit, tenancies."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Schema, Status

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, IfMatch, Page, PageQuery, Sent, Sheet, expected_versions, paginate, requires
from anlan.register import actions
from anlan.register.choices import ChangeState, OperatingStatus, TransferState
from anlan.register.endpoints.enterprises import tagged
from anlan.register.endpoints.routing import router
from anlan.register.models import SiteTenancy, SiteTransfer, StatusChange
from anlan.register.schemas import Place, ShortNamed
from anlan.register.selectors import changes
from anlan.territory import api as territory


class EvidenceIn(Sent):
    """``files``: ids of own uploads (``POST /files``), at least one."""

    reason: str = Field(min_length=1, max_length=500)
    since_on: date
    files: list[UUID] = Field(max_length=20)

    def evidenced(self) -> actions.Evidenced:
        return actions.Evidenced(reason=self.reason, since_on=self.since_on, file_ids=self.files)


class StatusIn(EvidenceIn):
    to_status: OperatingStatus


class AcceptanceIn(Sent):
    note: str = Field(max_length=500)
    files: list[UUID] = Field(default_factory=list, max_length=20)


class ReplyIn(Sent):
    note: str = Field("", max_length=500)


class StatusChangeOut(Schema):
    id: UUID
    enterprise: UUID = Field(alias="enterprise_id")
    site: UUID | None = Field(alias="site_id")
    state: ChangeState = Field(alias="status")
    state_label: str = Field(alias="get_status_display")
    from_status: OperatingStatus
    to_status: OperatingStatus
    to_status_label: str = Field(alias="get_to_status_display")
    since_on: date
    reason: str
    acceptance: str
    asked_at: datetime
    accepted_at: datetime | None
    version: int


class TransferIn(Sent):
    """``local_unit`` null: the township of the region receives it."""

    region: str = Field(max_length=12, description="迁入村（社区）或乡镇（街道）的代码，可以不在自己的辖区")
    local_unit: UUID | None = None
    new_address: str = Field("", max_length=200)
    reason: str = Field(min_length=1, max_length=500)


class TransferOut(Schema):
    id: UUID
    site: UUID = Field(alias="site_id")
    status: TransferState
    status_label: str = Field(alias="get_status_display")
    from_region: Place
    from_unit: ShortNamed
    to_region: Place
    to_unit: ShortNamed
    new_address: str
    reason: str
    answer: str
    proposed_at: datetime
    answered_at: datetime | None
    version: int


class TravellingOut(Schema):
    label: str = Field(description="是什么，带量词：件隐患")
    count: int


class TransferDetail(TransferOut):
    open_matters: list[TravellingOut] = Field(
        description="等待答复时，场所还没有办结、将随它移交的；没有移交权限的为空"
    )
    travelled: list[TravellingOut] = Field(description="接收时随场所移交过来的；没有移交权限的为空")


class TransferQuery(Schema):
    status: TransferState | None = None


class TenancyIn(Sent):
    landlord: UUID = Field(description="出租方企业")
    landlord_site: UUID | None = None
    valid_from: date


class TenancyEnd(Sent):
    valid_to: date


class TenancyOut(Schema):
    id: UUID
    landlord: UUID = Field(alias="landlord_id")
    landlord_site: UUID | None = Field(alias="landlord_site_id")
    tenant_site: UUID = Field(alias="tenant_site_id")
    valid_from: date
    valid_to: date | None


@router.post("/enterprises/{uuid:enterprise_id}/set-status", response={201: StatusChangeOut}, summary="变更企业状态",
             url_name="enterprise_set_status")  # fmt: skip
@requires(Permission.ENTERPRISE_EDIT)
def set_enterprise_status(
    request: ActingRequest, enterprise_id: UUID, sent: StatusIn, if_match: IfMatch = None
) -> Status[StatusChange]:
    return Status(201, actions.set_enterprise_status(
        actor=request.actor, enterprise_id=enterprise_id, to_status=sent.to_status, on=sent.evidenced(),
        if_versions=expected_versions(if_match),
    ))  # fmt: skip


@router.post("/sites/{uuid:site_id}/set-status", response={201: StatusChangeOut}, summary="变更场所状态",
             url_name="site_set_status")  # fmt: skip
@requires(Permission.SITE_EDIT)
def set_site_status(
    request: ActingRequest, site_id: UUID, sent: StatusIn, if_match: IfMatch = None
) -> Status[StatusChange]:
    return Status(201, actions.set_site_status(
        actor=request.actor, site_id=site_id, to_status=sent.to_status, on=sent.evidenced(),
        if_versions=expected_versions(if_match),
    ))  # fmt: skip


@router.post("/enterprises/{uuid:enterprise_id}/request-resumption", response={201: StatusChangeOut},
             summary="企业申请复产验收", url_name="enterprise_request_resumption")  # fmt: skip
@requires(Permission.SITE_REQUEST_RESUMPTION)
def request_enterprise_resumption(
    request: ActingRequest, enterprise_id: UUID, sent: EvidenceIn
) -> Status[StatusChange]:
    on = sent.evidenced()
    return Status(201, actions.request_resumption(actor=request.actor, enterprise_id=enterprise_id, on=on))


@router.post("/sites/{uuid:site_id}/request-resumption", response={201: StatusChangeOut},
             summary="场所申请复产验收", url_name="site_request_resumption")  # fmt: skip
@requires(Permission.SITE_REQUEST_RESUMPTION)
def request_site_resumption(request: ActingRequest, site_id: UUID, sent: EvidenceIn) -> Status[StatusChange]:
    return Status(201, actions.request_resumption(actor=request.actor, site_id=site_id, on=sent.evidenced()))


@router.get("/status-changes/{uuid:change_id}", response=StatusChangeOut, summary="读一次状态变更",
            url_name="status_change")  # fmt: skip
@requires(Permission.ENTERPRISE_VIEW)
def read_status_change(request: ActingRequest, response: HttpResponse, change_id: UUID) -> StatusChange:
    found: StatusChange = tagged(response, changes.status_change(request.actor, change_id))
    return found


@router.post("/status-changes/{uuid:change_id}/accept-resumption", response=StatusChangeOut, summary="同意复产",
             url_name="accept_resumption")  # fmt: skip
@requires(Permission.SITE_ACCEPT_RESUMPTION)
def accept_resumption(
    request: ActingRequest, change_id: UUID, sent: AcceptanceIn, if_match: IfMatch = None
) -> StatusChange:
    return actions.accept_resumption(
        actor=request.actor, change_id=change_id, note=sent.note, file_ids=sent.files,
        if_versions=expected_versions(if_match),
    )  # fmt: skip


@router.post("/status-changes/{uuid:change_id}/refuse-resumption", response=StatusChangeOut, summary="不同意复产",
             url_name="refuse_resumption")  # fmt: skip
@requires(Permission.SITE_ACCEPT_RESUMPTION)
def refuse_resumption(request: ActingRequest, change_id: UUID, sent: ReplyIn, if_match: IfMatch = None) -> StatusChange:
    return actions.refuse_resumption(
        actor=request.actor, change_id=change_id, note=sent.note, if_versions=expected_versions(if_match)
    )


@router.post("/sites/{uuid:site_id}/transfers", response={201: TransferOut}, summary="提出移交",
             url_name="propose_transfer")  # fmt: skip
@requires(Permission.SITE_TRANSFER)
def propose_transfer(
    request: ActingRequest, site_id: UUID, sent: TransferIn, if_match: IfMatch = None
) -> Status[SiteTransfer]:
    transfer = actions.propose_site_transfer(
        actor=request.actor, site_id=site_id, to_region_id=territory.region_named(sent.region).id,
        to_unit_id=sent.local_unit, new_address=sent.new_address, reason=sent.reason,
        if_versions=expected_versions(if_match),
    )  # fmt: skip
    return Status(201, transfer)


@router.get("/site-transfers", response=Page[TransferOut], summary="查移交", url_name="transfer_list")
@requires(Permission.ENTERPRISE_VIEW)
def list_transfers(request: ActingRequest, filters: Query[TransferQuery], page: Query[PageQuery]) -> Sheet:
    return paginate(changes.transfers(request.actor, status=filters.status or ""), page)


@router.get("/site-transfers/{uuid:transfer_id}", response=TransferDetail, summary="读一次移交", url_name="transfer")
@requires(Permission.ENTERPRISE_VIEW)
def read_transfer(request: ActingRequest, response: HttpResponse, transfer_id: UUID) -> SiteTransfer:
    return _told(request, response, transfer_id)


def _answered(
    request: ActingRequest, response: HttpResponse, verb: Any, transfer_id: UUID, sent: ReplyIn, if_match: str | None
) -> SiteTransfer:
    verb(actor=request.actor, transfer_id=transfer_id, note=sent.note, if_versions=expected_versions(if_match))
    return _told(request, response, transfer_id)


def _told(request: ActingRequest, response: HttpResponse, transfer_id: UUID) -> SiteTransfer:
    found: Any = changes.transfer(request.actor, transfer_id)
    found.open_matters = _counted(changes.waiting_with(request.actor, found))
    found.travelled = _counted(changes.travelled_with(request.actor, found))
    transfer: SiteTransfer = tagged(response, found)
    return transfer


def _counted(matters: Mapping[str, int]) -> list[dict[str, object]]:
    return [{"label": noun, "count": count} for noun, count in matters.items()]


@router.post("/site-transfers/{uuid:transfer_id}/confirm", response=TransferDetail, summary="接收移交",
             url_name="confirm_transfer")  # fmt: skip
@requires(Permission.SITE_TRANSFER)
def confirm_transfer(
    request: ActingRequest, response: HttpResponse, transfer_id: UUID, sent: ReplyIn, if_match: IfMatch = None
) -> SiteTransfer:
    return _answered(request, response, actions.confirm_transfer, transfer_id, sent, if_match)


@router.post("/site-transfers/{uuid:transfer_id}/refuse", response=TransferDetail, summary="不接收移交",
             url_name="refuse_transfer")  # fmt: skip
@requires(Permission.SITE_TRANSFER)
def refuse_transfer(
    request: ActingRequest, response: HttpResponse, transfer_id: UUID, sent: ReplyIn, if_match: IfMatch = None
) -> SiteTransfer:
    return _answered(request, response, actions.refuse_transfer, transfer_id, sent, if_match)


@router.post("/site-transfers/{uuid:transfer_id}/withdraw", response=TransferDetail, summary="撤回移交",
             url_name="withdraw_transfer")  # fmt: skip
@requires(Permission.SITE_TRANSFER)
def withdraw_transfer(
    request: ActingRequest, response: HttpResponse, transfer_id: UUID, sent: ReplyIn, if_match: IfMatch = None
) -> SiteTransfer:
    return _answered(request, response, actions.withdraw_transfer, transfer_id, sent, if_match)


@router.post("/sites/{uuid:site_id}/tenancies", response={201: TenancyOut}, summary="登记出租方",
             url_name="tenancy_register")  # fmt: skip
@requires(Permission.SITE_EDIT)
def register_tenancy(request: ActingRequest, site_id: UUID, sent: TenancyIn) -> Status[SiteTenancy]:
    tenancy = actions.register_tenancy(
        actor=request.actor, tenant_site_id=site_id, landlord_id=sent.landlord,
        landlord_site_id=sent.landlord_site, valid_from=sent.valid_from,
    )  # fmt: skip
    return Status(201, tenancy)


@router.post("/site-tenancies/{uuid:tenancy_id}/end", response=TenancyOut, summary="登记退租", url_name="tenancy_end")
@requires(Permission.SITE_EDIT)
def end_tenancy(request: ActingRequest, tenancy_id: UUID, sent: TenancyEnd) -> SiteTenancy:
    return actions.end_tenancy(actor=request.actor, tenancy_id=tenancy_id, on=sent.valid_to)
