"""What the API of the grids takes and gives. Codes and labels are two fields."""

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from anlan.authz.choices import Sector
from anlan.http.api import Page, Sent
from anlan.lib import clock
from anlan.register.choices import ObjectKind
from anlan.register.models import ResponsibleOfficial
from anlan.register.schemas import Place, ShortNamed, SiteOut
from anlan.territory.api import (
    Appointment,
    GridFacts,
    GridKind,
    GridLevel,
    GridMember,
    GridPost,
    PersonInPost,
    Vacancy,
)

Ids = list[UUID]


class GridRef(Schema):
    id: UUID
    code: str
    name: str


class GridOut(Schema):
    id: UUID
    code: str
    name: str
    kind: GridKind
    kind_label: str = Field(alias="get_kind_display")
    level: GridLevel
    level_label: str = Field(alias="get_level_display")
    sector: str = Field(description="行业网格的行业领域，其他为空")
    sector_label: str = Field(alias="get_sector_display")
    region: Place
    parent: GridRef | None
    organisation: ShortNamed | None = Field(description="牵头单位")
    valid_from: date
    valid_to: date | None
    version: int


class MemberOut(Schema):
    id: UUID
    name: str
    phone: str
    user: UUID | None = Field(alias="user_id")
    post: GridPost
    post_label: str = Field(alias="get_post_display")
    seat: int
    valid_from: date
    valid_to: date | None


class VacancyOut(Schema):
    post: GridPost
    post_label: str
    missing: int

    @staticmethod
    def resolve_post_label(vacancy: Vacancy) -> str:
        return str(vacancy.post.label)


class OfficialOut(Schema):
    id: UUID
    name: str
    phone: str
    duty: str
    organisation: ShortNamed | None
    valid_from: date
    valid_to: date | None


class GridDetail(GridOut):
    members: list[MemberOut] = Field(description="今天在岗的人员")
    vacancies: list[VacancyOut]
    official: OfficialOut | None = Field(description="网格的包保人")
    site_count: int
    object_count: int = Field(description="其他监管对象")

    @staticmethod
    def resolve_members(grid: Any) -> list[GridMember]:
        return list(grid.current_members)

    @staticmethod
    def resolve_vacancies(grid: Any) -> list[Vacancy]:
        return list(grid.vacant)

    @staticmethod
    def resolve_official(grid: Any) -> ResponsibleOfficial | None:
        found: ResponsibleOfficial | None = grid.official
        return found


class ObjectRef(Schema):
    id: UUID
    kind: ObjectKind
    kind_label: str = Field(alias="get_kind_display")
    name: str
    address: str
    region: Place
    local_unit: ShortNamed = Field(description="属地单位")
    version: int


class GridQuery(Schema):
    q: str = Field("", max_length=60, description="名称、编码，或在岗人员的姓名、电话中的文字")
    region: str = Field("", max_length=12, description="区划代码，含其下级")
    kind: GridKind | None = None
    level: GridLevel | None = None
    sector: Sector | None = None
    without_holder: bool = Field(False, description="只看没有网格长和网格员的")


class GapQuery(Schema):
    region: str = Field("", max_length=12, description="区划代码，含其下级")


class Gaps(Schema):
    sites_without_grid: Page[SiteOut]
    grids_without_holder: Page[GridOut]
    sites_without_official: Page[SiteOut] = Field(description="没有包保人的重点场所")
    objects_without_grid: Page[ObjectRef] = Field(description="没有归入综合网格的其他监管对象")
    objects_in_unheld_grids: Page[ObjectRef] = Field(description="所在综合网格没有网格长和网格员的其他监管对象")


class GridIn(Sent):
    name: str = Field(min_length=1, max_length=60)
    kind: GridKind = GridKind.COMPREHENSIVE
    level: GridLevel = GridLevel.VILLAGE
    region: str = Field(max_length=12, description="所在区划的代码")
    code: str = Field("", max_length=40, description="不填由系统给")
    parent: UUID | None = Field(None, description="上级网格")
    sector: Sector | None = Field(None, description="行业网格必填")
    organisation: UUID | None = Field(None, description="牵头单位")
    valid_from: date | None = Field(None, description="设立日期，不填为当天")

    def facts(self, region_id: UUID) -> GridFacts:
        return GridFacts(
            name=self.name,
            kind=self.kind,
            level=self.level,
            region_id=region_id,
            code=self.code,
            parent_id=self.parent,
            sector=self.sector or "",
            organisation_id=self.organisation,
            valid_from=self.valid_from,
        )


class GridPatch(Sent):
    """Only what is sent changes."""

    name: str = Field("", max_length=60)
    code: str = Field("", max_length=40)
    parent: UUID | None = None
    organisation: UUID | None = None

    def changes(self) -> dict[str, Any]:
        names = {"parent": "parent_id", "organisation": "organisation_id"}
        return {names.get(name, name): getattr(self, name) for name in self.model_fields_set}


class HolderIn(Sent):
    """An account, or a name with a phone."""

    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=30)
    user: UUID | None = Field(None, description="账号；填了账号，姓名、电话可不填")

    def facts(self) -> PersonInPost:
        return PersonInPost(name=self.name, phone=self.phone, user_id=self.user)


class MemberIn(HolderIn):
    post: GridPost
    valid_from: date | None = Field(None, description="任职日期，不填为当天")
    valid_to: date | None = Field(None, description="离任日期（含），不填为长期")

    def appointment(self) -> Appointment:
        return Appointment(
            person=self.facts(),
            post=self.post,
            valid_from=self.valid_from or clock.today(),
            valid_to=self.valid_to,
        )


class SitesIn(Sent):
    sites: Ids = Field(min_length=1, max_length=5000, description="场所")
    move: bool = Field(False, description="已在其他同类网格的，从那里划过来")


class SitesOut(Sent):
    sites: Ids = Field(min_length=1, max_length=5000, description="场所")
    reason: str = Field(min_length=1, max_length=200)


class ObjectsIn(Sent):
    objects: Ids = Field(min_length=1, max_length=5000, description="监管对象")
    move: bool = Field(False, description="已在其他同类网格的，从那里划过来")


class ObjectsOut(Sent):
    objects: Ids = Field(min_length=1, max_length=5000, description="监管对象")
    reason: str = Field(min_length=1, max_length=200)


class AssignedOut(Schema):
    joined: int = Field(description="新划入")
    moved: int = Field(description="从其他网格划来")
    unchanged: int = Field(description="原来就在")


class RemovedOut(Schema):
    left: int


class HandOverIn(Sent):
    of: UUID = Field(description="移交人的任一岗位或包保记录")
    to: HolderIn = Field(description="接手人")
    reason: str = Field("", max_length=200)
    expected: int | None = Field(None, description="核对过的项数；与现在不符时拒绝")
    dry_run: bool = Field(False, description="只看数，不移交")


class HandedOverOut(Schema):
    to: str = Field(description="接手人")
    posts: int = Field(description="移交的岗位")
    officials: int = Field(description="移交的包保")
    ended: int = Field(description="接手人原本就在岗、随之结束的岗位")
