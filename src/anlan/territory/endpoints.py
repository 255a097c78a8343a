"""``/api/v1/regions``: the divisions. They are public facts, so every signed-in person reads all of them."""

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from anlan.authz.choices import RegionLevel
from anlan.authz.models import Region
from anlan.authz.permissions import Permission
from anlan.http.api import Page, PageQuery, Sheet, paginate, requires
from anlan.territory import selectors

router = Router(tags=["区划"])


class RegionOut(Schema):
    """A division, with the code of the one above."""

    code: str = Field(description="统计用区划代码，2、4、6、9 或 12 位")
    name: str
    level: RegionLevel
    level_label: str = Field(alias="get_level_display")
    parent_code: str | None

    @staticmethod
    def resolve_parent_code(region: Region) -> str | None:
        return region.parent.code if region.parent else None


class RegionDetail(RegionOut):
    """With its place in the tree, in words."""

    breadcrumb: str


class RegionQuery(Schema):
    code: str = Field("", max_length=12, description="区划代码，全等")
    parent: str = Field("", max_length=12, description="上级的区划代码")
    level: RegionLevel | None = None
    q: str = Field("", max_length=60, description="名称中的文字")


@router.get("/regions", response=Page[RegionOut], summary="查区划", url_name="region_list")
@requires(Permission.REGION_VIEW)
def list_regions(request: HttpRequest, filters: Query[RegionQuery], page: Query[PageQuery]) -> Sheet:
    if filters.parent:
        selectors.region_named(filters.parent, "/parent")
    found = selectors.search_regions(
        filters.q, code=filters.code, parent=filters.parent, level=filters.level.value if filters.level else ""
    )
    return paginate(found, page)


@router.get("/regions/{code}", response=RegionDetail, summary="读一个区划", url_name="region")
@requires(Permission.REGION_VIEW)
def read_region(request: HttpRequest, code: str) -> Region:
    region = selectors.find_region(code)
    region.breadcrumb = selectors.breadcrumb(region)  # type: ignore[attr-defined]
    return region
