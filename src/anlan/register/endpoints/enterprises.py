"""``/api/v1/enterprises`` and ``/api/v1/sites``."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Schema, Status

from anlan.authz.permissions import Permission
from anlan.http.api import (
    ActingRequest,
    IfMatch,
    Page,
    PageQuery,
    Sheet,
    expected_versions,
    paginate,
    requires,
    with_etag,
)
from anlan.lib.refusals import Invalid
from anlan.register import actions, selectors
from anlan.register.endpoints.routing import router
from anlan.register.facts import EnterpriseFacts, SiteFacts
from anlan.register.models import Enterprise, Industry, Site
from anlan.register.schemas import (
    EnterpriseIn,
    EnterpriseOut,
    EnterprisePatch,
    EnterpriseQuery,
    IndustryOut,
    SiteDetail,
    SiteIn,
    SiteOut,
    SitePatch,
    SiteQuery,
    enterprise_changes,
    site_changes,
)
from anlan.territory import api as territory


@router.get("/enterprises", response=Page[EnterpriseOut], summary="查企业", url_name="enterprise_list")
@requires(Permission.ENTERPRISE_VIEW)
def list_enterprises(request: ActingRequest, filters: Query[EnterpriseQuery], page: Query[PageQuery]) -> Sheet:
    narrowed = selectors.EnterpriseFilters(
        q=filters.q,
        region_path=territory.path_named(filters.region),
        industry=_industry(filters.industry),
        above_designated_size=filters.above_designated_size,
        status=filters.status or "",
        sector=filters.sector or "",
        tag=filters.tag or "",
        stale=filters.stale,
    )
    return paginate(selectors.enterprises(request.actor, narrowed).with_names(), page)


@router.post("/enterprises", response={201: EnterpriseOut}, summary="登记企业", url_name="enterprise_register")
@requires(Permission.ENTERPRISE_REGISTER)
def register_enterprise(request: ActingRequest, response: HttpResponse, sent: EnterpriseIn) -> Status[Enterprise]:
    facts = EnterpriseFacts(
        **{"name": sent.name, **enterprise_changes(sent)}, region_id=territory.region_named(sent.region).id
    )
    enterprise = actions.register_enterprise(actor=request.actor, facts=facts)
    return Status(201, made(response, "api:enterprise", enterprise))


@router.get("/enterprises/{uuid:enterprise_id}", response=EnterpriseOut, summary="读一家企业", url_name="enterprise")
@requires(Permission.ENTERPRISE_VIEW)
def read_enterprise(request: ActingRequest, response: HttpResponse, enterprise_id: UUID) -> Enterprise:
    return tagged(response, selectors.enterprise(request.actor, enterprise_id))


@router.patch(
    "/enterprises/{uuid:enterprise_id}", response=EnterpriseOut, summary="修改企业", url_name="enterprise_edit"
)
@requires(Permission.ENTERPRISE_EDIT)
def edit_enterprise(
    request: ActingRequest,
    response: HttpResponse,
    enterprise_id: UUID,
    sent: EnterprisePatch,
    if_match: IfMatch = None,
) -> Enterprise:
    enterprise = actions.edit_enterprise(
        actor=request.actor,
        enterprise_id=enterprise_id,
        changes=enterprise_changes(sent) | _moved(sent),
        if_versions=expected_versions(if_match),
    )
    return tagged(response, enterprise)


@router.post(
    "/enterprises/{uuid:enterprise_id}/open-organisation",
    response={201: EnterpriseOut},
    summary="为企业开通组织",
    url_name="enterprise_open_organisation",
)
@requires(Permission.ENTERPRISE_EDIT)
def open_organisation(
    request: ActingRequest, response: HttpResponse, enterprise_id: UUID, if_match: IfMatch = None
) -> Status[Enterprise]:
    enterprise = actions.open_enterprise_organisation(
        actor=request.actor, enterprise_id=enterprise_id, if_versions=expected_versions(if_match)
    )
    return Status(201, tagged(response, enterprise))


@router.post(
    "/enterprises/{uuid:enterprise_id}/sites", response={201: SiteDetail}, summary="登记场所", url_name="site_register"
)
@requires(Permission.SITE_REGISTER)
def register_site(request: ActingRequest, response: HttpResponse, enterprise_id: UUID, sent: SiteIn) -> Status[Site]:
    facts = SiteFacts(**site_changes(sent), region_id=territory.region_named(sent.region).id)
    site = actions.register_site(actor=request.actor, enterprise_id=enterprise_id, facts=facts)
    return Status(201, made(response, "api:site", selectors.site_with_people(request.actor, site.id)))


@router.get("/sites", response=Page[SiteOut], summary="查场所", url_name="site_list")
@requires(Permission.ENTERPRISE_VIEW)
def list_sites(request: ActingRequest, filters: Query[SiteQuery], page: Query[PageQuery]) -> Sheet:
    narrowed = selectors.SiteFilters(
        q=filters.q,
        region_path=territory.path_named(filters.region),
        status=filters.status or "",
        sector=filters.sector or "",
        enterprise_id=filters.enterprise,
        local_unit_id=filters.local_unit,
        unregulated=filters.unregulated,
        tag=filters.tag or "",
        gap=filters.gap or "",
    )
    return paginate(selectors.sites(request.actor, narrowed).with_names(), page)


@router.get("/sites/{uuid:site_id}", response=SiteDetail, summary="读一处场所", url_name="site")
@requires(Permission.ENTERPRISE_VIEW)
def read_site(request: ActingRequest, response: HttpResponse, site_id: UUID) -> Site:
    return tagged(response, selectors.site_with_people(request.actor, site_id))


@router.patch("/sites/{uuid:site_id}", response=SiteDetail, summary="修改场所", url_name="site_edit")
@requires(Permission.SITE_EDIT)
def edit_site(
    request: ActingRequest, response: HttpResponse, site_id: UUID, sent: SitePatch, if_match: IfMatch = None
) -> Site:
    changes = site_changes(sent) | _moved(sent)
    actions.edit_site(actor=request.actor, site_id=site_id, changes=changes, if_versions=expected_versions(if_match))
    return tagged(response, selectors.site_with_people(request.actor, site_id))


class IndustryQuery(Schema):
    q: str = Field("", max_length=60, description="代码的前几位，或名称中的文字")
    section: str = Field("", pattern="^[A-Ta-t]?$", description="门类字母，A 至 T")


@router.get("/industries", response=Page[IndustryOut], summary="查国民经济行业", url_name="industry_list")
@requires(Permission.ENTERPRISE_VIEW)
def list_industries(request: HttpRequest, filters: Query[IndustryQuery], page: Query[PageQuery]) -> Sheet:
    found: QuerySet[Industry] = selectors.industries(filters.q, section=filters.section.upper())
    return paginate(found, page)


def _moved(sent: EnterprisePatch | SitePatch) -> dict[str, UUID]:
    return {"region_id": territory.region_named(sent.region).id} if "region" in sent.model_fields_set else {}


def _industry(code: str) -> str:
    """A section's letter or the beginning of a code, as GB/T 4754 has it. Invalid (422)."""
    if code and not selectors.industries_in(code.upper()).exists():
        raise Invalid.at("/industry", f"GB/T 4754 里没有“{code}”，请填门类字母或者代码的前几位。")
    return code.upper()


def tagged(response: HttpResponse, record: Any) -> Any:
    with_etag(response, record.version)
    return record


def made(response: HttpResponse, route: str, record: Any) -> Any:
    response["Location"] = reverse(route, args=[record.id])
    return tagged(response, record)
