"""``/api/v1/organisations``: the organisations inside the caller's county (or city)."""

from uuid import UUID

from ninja import Field, Query, Router, Schema

from anlan.authz.choices import Capacity, OrganisationKind, Sector
from anlan.authz.models import Organisation
from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, Page, PageQuery, Place, Sheet, paginate, requires
from anlan.organisations import selectors

router = Router(tags=["组织机构"])


class SectorOut(Schema):
    code: Sector
    label: str


class OrganisationOut(Schema):
    """An organisation; ``capacity`` says whether it may inspect and order in law."""

    id: UUID
    kind: OrganisationKind
    kind_label: str = Field(alias="get_kind_display")
    name: str
    short_name: str
    parent_id: UUID | None
    region: Place
    sectors: list[SectorOut]
    capacity: Capacity
    capacity_label: str = Field(alias="get_capacity_display")
    document_prefix: str
    seal_name: str

    @staticmethod
    def resolve_sectors(organisation: Organisation) -> list[SectorOut]:
        return [SectorOut(code=Sector(code), label=Sector(code).label) for code in organisation.sectors]


class OrganisationQuery(Schema):
    q: str = Field("", max_length=60, description="名称或简称中的文字")
    kind: list[OrganisationKind] = Field([], description="类别；可以给几个")
    sector: Sector | None = Field(None, description="主管的行业领域")
    region: str = Field("", max_length=12, description="区划代码，全等")


@router.get("/organisations", response=Page[OrganisationOut], summary="查组织机构", url_name="organisation_list")
@requires(Permission.ORGANISATION_VIEW)
def list_organisations(request: ActingRequest, filters: Query[OrganisationQuery], page: Query[PageQuery]) -> Sheet:
    found = selectors.search_organisations(
        request.actor, q=filters.q, kinds=filters.kind, sector=filters.sector or "", region=filters.region
    )
    return paginate(found, page)


@router.get(
    "/organisations/{uuid:organisation_id}", response=OrganisationOut, summary="读一个组织机构", url_name="organisation"
)
@requires(Permission.ORGANISATION_VIEW)
def read_organisation(request: ActingRequest, organisation_id: UUID) -> Organisation:
    return selectors.organisation(request.actor, organisation_id)
