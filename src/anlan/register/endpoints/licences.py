"""``/api/v1/licences``."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Schema, Status

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, IfMatch, Page, PageQuery, Sent, Sheet, expected_versions, paginate, requires
from anlan.lib import clock
from anlan.register import actions
from anlan.register.choices import LicenceExpiry, LicenceState
from anlan.register.endpoints.enterprises import made, tagged
from anlan.register.endpoints.routing import router
from anlan.register.facts import LicenceFacts
from anlan.register.models import Licence
from anlan.register.schemas import LicenceCode, ShortNamed
from anlan.register.selectors import licences
from anlan.territory import api as territory

TAGS = ["证照"]


class LicenceOut(Schema):
    id: UUID
    enterprise: ShortNamed
    site_id: UUID | None = Field(description="只管一处场所的证照是哪一处；空为整个企业")
    kind: str = Field(description="SAFETY_PRODUCTION 安全生产许可证 等")
    kind_label: str = Field(alias="label")
    title: str
    number: str
    issued_by: str
    scope: str
    valid_from: date
    valid_to: date | None = Field(description="空为长期有效")
    status: LicenceState
    status_label: str = Field(alias="get_status_display")
    cancelled_reason: str
    registered_at: datetime
    changed_at: datetime
    version: int


class LicenceIn(Sent):
    kind: LicenceCode
    number: str = Field(min_length=1, max_length=60)
    valid_from: date
    valid_to: date | None = None
    title: str = Field("", max_length=80)
    issued_by: str = Field("", max_length=80)
    scope: str = Field("", max_length=300)
    site: UUID | None = None
    files: list[UUID] = Field(default_factory=list, max_length=9, description="先上传的扫描件")

    def facts(self) -> LicenceFacts:
        given = self.model_dump(exclude={"site", "files"})
        return LicenceFacts(**given, site_id=self.site)


class LicencePatch(LicenceIn):
    """Only what is sent changes."""

    kind: LicenceCode = ""
    number: str = Field("", max_length=60)
    valid_from: date = date(2000, 1, 1)

    def changes(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in self.model_fields_set - {"files"}}
        if "site" in given:
            given["site_id"] = given.pop("site")
        return given


class Cancelling(Sent):
    reason: str = Field(min_length=1, max_length=200)


class LicenceQuery(Schema):
    q: str = Field("", max_length=60, description="企业名称、证号中的文字")
    kind: LicenceCode | None = None
    region: str = Field("", max_length=12, description="区划代码，含其下级")
    expiry: LicenceExpiry | None = Field(None, description="expired 已过期；30、60、90 为多少天内到期")
    enterprise: UUID | None = None
    cancelled: bool = False


@router.get("/licences", response=Page[LicenceOut], summary="查证照", url_name="licence_list", tags=TAGS)
@requires(Permission.ENTERPRISE_VIEW)
def list_licences(request: ActingRequest, filters: Query[LicenceQuery], page: Query[PageQuery]) -> Sheet:
    narrowed = licences.LicenceFilters(
        q=filters.q,
        kind=filters.kind or "",
        region_path=territory.path_named(filters.region),
        expiry=filters.expiry or "",
        enterprise_id=filters.enterprise,
        cancelled=filters.cancelled,
    )
    return paginate(licences.with_names(licences.licences(request.actor, narrowed, clock.today())), page)


@router.post("/enterprises/{uuid:enterprise_id}/licences", response={201: LicenceOut}, summary="登记证照",
             url_name="licence_register", tags=TAGS)  # fmt: skip
@requires(Permission.LICENCE_EDIT)
def register_licence(
    request: ActingRequest, response: HttpResponse, enterprise_id: UUID, sent: LicenceIn
) -> Status[Licence]:
    found = actions.register_licence(
        actor=request.actor, enterprise_id=enterprise_id, facts=sent.facts(), file_ids=sent.files
    )
    return Status(201, made(response, "api:licence", found))


@router.get("/licences/{uuid:licence_id}", response=LicenceOut, summary="读一本证照", url_name="licence", tags=TAGS)
@requires(Permission.ENTERPRISE_VIEW)
def read_licence(request: ActingRequest, response: HttpResponse, licence_id: UUID) -> Licence:
    found: Licence = tagged(response, licences.licence(request.actor, licence_id))
    return found


@router.post("/licences/{uuid:licence_id}/renew", response=LicenceOut, summary="换证、延期", url_name="licence_renew",
             tags=TAGS)  # fmt: skip
@requires(Permission.LICENCE_EDIT)
def renew_licence(
    request: ActingRequest, response: HttpResponse, licence_id: UUID, sent: LicencePatch, if_match: IfMatch = None
) -> Licence:
    found: Licence = tagged(response, actions.renew_licence(
        actor=request.actor, licence_id=licence_id, changes=sent.changes(), file_ids=sent.files,
        if_versions=expected_versions(if_match),
    ))  # fmt: skip
    return found


@router.patch("/licences/{uuid:licence_id}", response=LicenceOut, summary="更正证照", url_name="licence_correct",
              tags=TAGS)  # fmt: skip
@requires(Permission.LICENCE_EDIT)
def correct_licence(
    request: ActingRequest, response: HttpResponse, licence_id: UUID, sent: LicencePatch, if_match: IfMatch = None
) -> Licence:
    found: Licence = tagged(response, actions.correct_licence(
        actor=request.actor, licence_id=licence_id, changes=sent.changes(), file_ids=sent.files,
        if_versions=expected_versions(if_match),
    ))  # fmt: skip
    return found


@router.post("/licences/{uuid:licence_id}/cancel", response=LicenceOut, summary="注销证照", url_name="licence_cancel",
             tags=TAGS)  # fmt: skip
@requires(Permission.LICENCE_EDIT)
def cancel_licence(
    request: ActingRequest, response: HttpResponse, licence_id: UUID, sent: Cancelling, if_match: IfMatch = None
) -> Licence:
    found: Licence = tagged(response, actions.cancel_licence(
        actor=request.actor, licence_id=licence_id, reason=sent.reason, if_versions=expected_versions(if_match)
    ))  # fmt: skip
    return found
