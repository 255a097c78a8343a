"""``/api/v1/objects``: what is supervised besides the sites of enterprises."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Schema, Status

from anlan.authz.choices import Sector
from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, IfMatch, Page, PageQuery, Sent, Sheet, expected_versions, paginate, requires
from anlan.register import actions
from anlan.register.choices import Gap, ObjectKind, ObjectStatus, PartyKind, SourceCrs
from anlan.register.endpoints.enterprises import made, tagged
from anlan.register.endpoints.merging import ConfirmedOut
from anlan.register.endpoints.routing import router
from anlan.register.facts import ObjectFacts
from anlan.register.models import ObjectRegulator, SupervisedObject
from anlan.register.schemas import Latitude, Longitude, Place, RegulatorOut, ShortNamed
from anlan.register.selectors import objects
from anlan.territory import api as territory

TAGS = ["监管对象"]


class ObjectOut(Schema):
    id: UUID
    kind: ObjectKind
    kind_label: str = Field(alias="get_kind_display")
    name: str
    address: str
    region: Place
    local_unit: ShortNamed = Field(description="属地单位")
    status: ObjectStatus
    status_label: str = Field(alias="get_status_display")
    longitude: Decimal | None = Field(description="WGS-84")
    latitude: Decimal | None = Field(description="WGS-84")
    party_kind: str = Field(description="ENTERPRISE、ORGANISATION、PERSON，空为还不清楚")
    party_enterprise: ShortNamed | None
    party_organisation: ShortNamed | None
    party_name: str
    party_phone: str
    registered_at: datetime
    changed_at: datetime
    confirmed_at: datetime | None = Field(description="最近一次确认无变化")
    version: int


class ObjectDetail(ObjectOut):
    regulators: list[RegulatorOut]

    @staticmethod
    def resolve_regulators(found: SupervisedObject) -> list[ObjectRegulator]:
        return list(found.regulators.all())


class ObjectIn(Sent):
    """Each sector gets the county's regulator. The party is the one ``party_kind`` names."""

    kind: ObjectKind
    name: str = Field(min_length=1, max_length=120)
    address: str = Field(min_length=1, max_length=200)
    region: str = Field(max_length=12, description="村（社区）或乡镇（街道）的代码")
    status: ObjectStatus = ObjectStatus.IN_USE
    longitude: Longitude = None
    latitude: Latitude = None
    source_crs: SourceCrs | None = None
    party_kind: PartyKind | None = None
    party_enterprise: UUID | None = None
    party_organisation: UUID | None = None
    party_name: str = Field("", max_length=60)
    party_phone: str = Field("", max_length=30)
    sectors: list[Sector] = Field(default_factory=list, max_length=30)


class ObjectPatch(ObjectIn):
    """Only what is sent changes; sectors are replaced as a whole."""

    kind: ObjectKind = ObjectKind.OTHER
    name: str = Field("", max_length=120)
    address: str = Field("", max_length=200)
    region: str = Field("", max_length=12)


class ObjectsToConfirm(Sent):
    objects: list[UUID] = Field(min_length=1, max_length=5000, description="监管对象")


class ObjectQuery(Schema):
    q: str = Field("", max_length=60, description="名称、地址、责任主体中的文字")
    kind: ObjectKind | None = None
    region: str = Field("", max_length=12, description="区划代码，含其下级")
    status: ObjectStatus | None = None
    sector: Sector | None = None
    unregulated: bool = Field(False, description="只看还没有主管部门的")
    gap: Gap | None = Field(
        None, description="缺什么：regulator 没有主管部门，local_unit 没有属地单位，grid 没有网格，any 缺任意一项"
    )
    unheld: bool = Field(False, description="只看所在综合网格没有网格长和网格员的")
    stale: bool = Field(False, description="只看久未更新、也没有确认过的")


def _changes(sent: ObjectIn) -> dict[str, Any]:
    given: dict[str, Any] = {name: getattr(sent, name) for name in sent.model_fields_set}
    if "region" in given:
        given["region_id"] = territory.region_named(given.pop("region")).id
    for name in ("party_enterprise", "party_organisation"):
        if name in given:
            given[f"{name}_id"] = given.pop(name)
    for name in ("source_crs", "party_kind"):
        if name in given:
            given[name] = given[name] or ""
    if "sectors" in given:
        given["sectors"] = tuple(given["sectors"])
    return given


@router.get("/objects", response=Page[ObjectOut], summary="查监管对象", url_name="object_list", tags=TAGS)
@requires(Permission.OBJECT_VIEW)
def list_objects(request: ActingRequest, filters: Query[ObjectQuery], page: Query[PageQuery]) -> Sheet:
    narrowed = objects.ObjectFilters(
        q=filters.q,
        kind=filters.kind or "",
        region_path=territory.path_named(filters.region),
        status=filters.status or "",
        sector=filters.sector or "",
        unregulated=filters.unregulated,
        gap=filters.gap or "",
        unheld=filters.unheld,
        stale=filters.stale,
    )
    return paginate(objects.supervised_objects(request.actor, narrowed).with_names(), page)


@router.post("/objects", response={201: ObjectDetail}, summary="登记监管对象", url_name="object_register", tags=TAGS)
@requires(Permission.OBJECT_EDIT)
def register_object(request: ActingRequest, response: HttpResponse, sent: ObjectIn) -> Status[SupervisedObject]:
    found = actions.register_object(actor=request.actor, facts=ObjectFacts(**_changes(sent)))
    return Status(201, made(response, "api:object", found))


@router.post(
    "/object-confirmations",
    response=ConfirmedOut,
    summary="确认监管对象信息无变化",
    url_name="confirm_objects_unchanged",
    tags=TAGS,
)
@requires(Permission.OBJECT_EDIT)
def confirm_objects_unchanged(request: ActingRequest, sent: ObjectsToConfirm) -> dict[str, int]:
    return {"confirmed": actions.confirm_objects_unchanged(actor=request.actor, object_ids=sent.objects)}


@router.get("/objects/{uuid:object_id}", response=ObjectDetail, summary="读一个监管对象", url_name="object", tags=TAGS)
@requires(Permission.OBJECT_VIEW)
def read_object(request: ActingRequest, response: HttpResponse, object_id: UUID) -> SupervisedObject:
    found: SupervisedObject = tagged(response, objects.supervised_object(request.actor, object_id))
    return found


@router.patch("/objects/{uuid:object_id}", response=ObjectDetail, summary="修改监管对象", url_name="object_edit",
              tags=TAGS)  # fmt: skip
@requires(Permission.OBJECT_EDIT)
def edit_object(
    request: ActingRequest, response: HttpResponse, object_id: UUID, sent: ObjectPatch, if_match: IfMatch = None
) -> SupervisedObject:
    found: SupervisedObject = tagged(response, actions.edit_object(
        actor=request.actor, object_id=object_id, changes=_changes(sent), if_versions=expected_versions(if_match)
    ))  # fmt: skip
    return found
