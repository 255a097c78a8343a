"""What the API of the register takes and gives. Codes and labels are two fields."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema

from anlan.authz.choices import Sector
from anlan.http.api import OneOf, Place, Sent
from anlan.register.choices import Gap, OperatingStatus, PersonPost, SourceCrs
from anlan.register.facts import PersonFacts
from anlan.register.licence_terms import LICENCES
from anlan.register.models import Enterprise, Site, SitePerson, SiteRegulator
from anlan.register.tags import TAGS, Tag, tags_of

Longitude = Annotated[Decimal | None, Field(ge=73, le=136, max_digits=9, decimal_places=6)]
Latitude = Annotated[Decimal | None, Field(ge=3, le=54, max_digits=8, decimal_places=6)]
TagCode = Annotated[str, OneOf(tuple(TAGS))]
LicenceCode = Annotated[str, OneOf(tuple(LICENCES))]


class ShortNamed(Schema):
    id: UUID
    name: str
    short_name: str


class TagOut(Schema):
    kind: str = Field(description="KEY_SITE 重点场所，COMBUSTIBLE_DUST 粉尘涉爆，CONFINED_SPACE 有限空间 等")
    label: str


class IndustryOut(Schema):
    code: str
    name: str


class EnterpriseOut(Schema):
    id: UUID
    name: str
    short_name: str
    unified_social_credit_code: str | None
    own_no: str | None = Field(description="还不知道统一社会信用代码时的临时编号")
    legal_representative: str
    phone: str
    industry: IndustryOut | None
    above_designated_size: bool | None = Field(description="true 规上，false 规下，null 未定")
    employee_count: int | None
    status: OperatingStatus
    status_label: str = Field(alias="get_status_display")
    registered_address: str
    region: Place
    organisation: ShortNamed | None = Field(description="已开通账号的企业组织")
    tags: list[TagOut] = Field(description="它的场所带的标签")
    registered_at: datetime
    changed_at: datetime
    confirmed_at: datetime | None = Field(description="最近一次确认信息无变化的时间")
    version: int

    @staticmethod
    def resolve_tags(enterprise: Enterprise) -> list[Tag]:
        found: Any = enterprise
        return tags_of(found.tag_kinds, is_key=found.is_key)


class EnterpriseIn(Sent):
    """``region`` is an official code inside the caller's range, as fine as it is known."""

    name: str = Field(min_length=1, max_length=120)
    region: str = Field(max_length=12, description="所在区划的代码")
    short_name: str = Field("", max_length=40)
    unified_social_credit_code: str = Field("", max_length=40, description="可带空格和连字符；不填则给临时编号")
    legal_representative: str = Field("", max_length=60)
    phone: str = Field("", max_length=30)
    industry: str = Field("", max_length=4, description="GB/T 4754-2017 代码")
    above_designated_size: bool | None = None
    employee_count: int | None = Field(None, ge=0, le=10_000_000)
    status: OperatingStatus = OperatingStatus.OPERATING
    registered_address: str = Field("", max_length=200)


class EnterprisePatch(EnterpriseIn):
    """Only what is sent changes."""

    name: str = Field("", max_length=120)
    region: str = Field("", max_length=12)


class EnterpriseQuery(Schema):
    q: str = Field("", max_length=60, description="名称、简称、代码、法定代表人、电话、地址中的文字")
    region: str = Field("", max_length=12, description="区划代码，含其下级")
    industry: str = Field("", max_length=4, description="GB/T 4754 门类字母或代码前几位")
    above_designated_size: bool | None = None
    status: OperatingStatus | None = None
    sector: Sector | None = Field(None, description="有该行业领域主管部门的场所")
    tag: TagCode | None = Field(None, description="有带该标签的场所")
    stale: bool = Field(False, description="只看久未更新、也没有确认过的")


class PersonOut(Schema):
    name: str
    post: PersonPost
    post_label: str = Field(alias="get_post_display")
    phone: str


class PersonIn(Sent):
    name: str = Field(min_length=1, max_length=60)
    post: PersonPost
    phone: str = Field("", max_length=30)

    def facts(self) -> PersonFacts:
        return PersonFacts(name=self.name, post=self.post, phone=self.phone)


class RegulatorOut(Schema):
    sector: Sector
    sector_label: str = Field(alias="get_sector_display")
    organisation: ShortNamed


class SiteOut(Schema):
    id: UUID
    enterprise: ShortNamed
    name: str
    address: str
    region: Place
    local_unit: ShortNamed = Field(description="属地单位")
    status: OperatingStatus
    status_label: str = Field(alias="get_status_display")
    longitude: Decimal | None = Field(description="WGS-84")
    latitude: Decimal | None = Field(description="WGS-84")
    source_crs: str = Field(description="登记时所给坐标的坐标系，空为没有坐标")
    tags: list[TagOut] = Field(description="重点场所（含按规则认定的）和高风险作业类别")
    registered_at: datetime
    changed_at: datetime
    version: int

    @staticmethod
    def resolve_tags(site: Site) -> list[Tag]:
        found: Any = site
        return tags_of(found.tag_kinds, is_key=found.is_key)


class SiteDetail(SiteOut):
    people: list[PersonOut]
    regulators: list[RegulatorOut]

    @staticmethod
    def resolve_people(site: Site) -> list[SitePerson]:
        return list(site.people.all())

    @staticmethod
    def resolve_regulators(site: Site) -> list[SiteRegulator]:
        return list(site.regulators.all())


class SiteIn(Sent):
    """``local_unit`` null: the township of the region. Each sector gets the county's regulator."""

    name: str = Field(min_length=1, max_length=120)
    address: str = Field(min_length=1, max_length=200)
    region: str = Field(max_length=12, description="村（社区）或乡镇（街道）的代码")
    local_unit: UUID | None = Field(None, description="属地单位；不填为所在乡镇（街道），园区内填园区管委会")
    status: OperatingStatus = OperatingStatus.OPERATING
    longitude: Longitude = None
    latitude: Latitude = None
    source_crs: SourceCrs | None = None
    people: list[PersonIn] = Field(default_factory=list, max_length=50)
    sectors: list[Sector] = Field(default_factory=list, max_length=30)


class SitePatch(SiteIn):
    """Only what is sent changes; people and sectors are replaced as a whole."""

    name: str = Field("", max_length=120)
    address: str = Field("", max_length=200)
    region: str = Field("", max_length=12)


class SiteQuery(Schema):
    q: str = Field("", max_length=60, description="场所或企业的名称、地址中的文字")
    region: str = Field("", max_length=12, description="区划代码，含其下级")
    status: OperatingStatus | None = None
    sector: Sector | None = None
    enterprise: UUID | None = None
    local_unit: UUID | None = None
    unregulated: bool = Field(False, description="只看还没有主管部门的")
    tag: TagCode | None = None
    gap: Gap | None = Field(None, description="缺什么：regulator 没有主管部门，local_unit 没有属地单位，grid 没有网格")


def site_changes(sent: SiteIn) -> dict[str, Any]:
    """What was sent, under the names of ``SiteFacts``, the region apart."""
    given: dict[str, Any] = {name: getattr(sent, name) for name in sent.model_fields_set - {"region"}}
    if "local_unit" in given:
        given["local_unit_id"] = given.pop("local_unit")
    if "people" in given:
        given["people"] = tuple(person.facts() for person in given["people"])
    if "sectors" in given:
        given["sectors"] = tuple(given["sectors"])
    if "source_crs" in given:
        given["source_crs"] = given["source_crs"] or ""
    return given


def enterprise_changes(sent: EnterpriseIn) -> dict[str, Any]:
    """What was sent, under the names of ``EnterpriseFacts``, the region apart."""
    given: dict[str, Any] = {name: getattr(sent, name) for name in sent.model_fields_set - {"region"}}
    if "industry" in given:
        given["industry_code"] = given.pop("industry")
    return given
