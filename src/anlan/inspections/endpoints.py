"""Checks and checklists over HTTP (DESIGN §12)."""

from datetime import date, datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja import Status as Answered
from pydantic import Field

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.http import api as http
from anlan.inspections import actions, selectors
from anlan.inspections.caps import Question, cap_of
from anlan.inspections.choices import ActClass, Answer, AnswerKind, Status, Unchecked
from anlan.inspections.commands import CheckIn
from anlan.inspections.models import ChecklistVersion, CheckRecord
from anlan.inspections.presenters import findings_seen
from anlan.inspections.selectors import Filters
from anlan.lib import clock
from anlan.register import api as enterprises
from anlan.territory import api as territory

router = Router(tags=["检查"])

PLAIN = (
    "inspection_kind",
    "arrival",
    "scan_no",
    "no_scan_reason",
    "plan_reference",
    "told_to",
    "led_by",
    "led_by_principal",
    "note",
    "rating",
    "rating_words",
)


class CheckRow(http.Answer):
    id: UUID
    number: str
    status: http.Coded
    act_class: http.Coded
    place: str
    region: http.Named
    site: UUID | None
    object: Annotated[http.Named | None, Field(description="企业场所以外的监管对象")]
    enterprise: http.Named | None
    organisation: http.Named
    checklist_version: UUID | None
    started_at: datetime
    ended_at: datetime | None
    month: date | None
    item_count: int
    fail_count: int
    finding_count: int
    version: int


class AnswerOut(http.Answer):
    item: int
    text: str
    basis: str
    answer: http.Coded | None
    number: str | None
    note: str


class OfficerOut(http.Answer):
    name: str
    certificate_no: str


class SelfCheckFindingOut(http.Answer):
    """A problem the enterprise found itself; ``state_label`` is what a person reads."""

    id: UUID
    description: str
    state: str
    state_label: str
    due_on: date


class CheckCase(CheckRow):
    """One check. ``hidden_dangers`` are those the actor may see."""

    officers: list[OfficerOut]
    inspection_kind: str
    arrival: str
    scan_no: str
    no_scan_reason: str
    plan_reference: str
    told_to: str
    led_by: str
    led_by_principal: bool
    note: str
    answers: list[AnswerOut]
    hidden_dangers: list[UUID]
    self_check_findings: list[SelfCheckFindingOut]
    rating: int | None
    rating_words: str


class ItemOut(http.Answer):
    number: int
    section: str
    text: str
    basis: str
    answer_kind: http.Coded
    unit: str
    danger_text: str
    sector: str
    level: str


class ChecklistOut(http.Answer):
    """The newest version of a checklist; ``id`` is the version's, which a check names."""

    id: UUID
    code: str
    name: str
    version: int
    source: str
    published_at: datetime
    items: list[ItemOut]


class Checklists(http.Answer):
    items: list[ChecklistOut]
    count: int


class CheckQuery(Schema):
    """Filters of the list; all may be combined."""

    q: Annotated[str, Field(max_length=60)] = ""
    act_class: ActClass | None = None
    status: Status | None = None
    region: Annotated[str, Field(max_length=12, description="区划代码，含下级")] = ""
    organisation: UUID | None = None
    enterprise: UUID | None = None
    site: UUID | None = None
    object: Annotated[UUID | None, Field(description="监管对象")] = None
    started_from: date | None = None
    started_to: date | None = None
    with_findings: bool = False
    imported: Annotated[bool | None, Field(description="只看随台账导入的，或者只看在平台登记的")] = None

    def as_filters(self) -> Filters:
        http.check_order(self.started_from, self.started_to, "/started_from")
        return Filters(
            q=self.q.strip(),
            act_class=self.act_class or "",
            status=self.status or "",
            region_path=territory.path_named(self.region),
            organisation_id=self.organisation,
            enterprise_id=self.enterprise,
            site_id=self.site,
            object_id=self.object,
            started_from=self.started_from,
            started_to=self.started_to,
            with_findings=self.with_findings,
            imported=self.imported,
        )


@router.get("/checks", response=http.Page[CheckRow], summary="检查列表")
@http.requires(Permission.CHECK_VIEW)
def list_checks(request: HttpRequest, query: Query[CheckQuery], page: Query[http.PageQuery]) -> Any:
    """The checks inside the actor's scope, the newest first."""
    rows = selectors.checks(http.actor_of(request), query.as_filters()).with_names()
    sheet = http.paginate(rows, page)
    return {
        "items": [_row(check) for check in sheet.items],
        "count": sheet.count,
        "count_is_exact": sheet.count_is_exact,
        "next_cursor": sheet.next_cursor,
    }


@router.post("/checks", response={201: CheckCase}, summary="登记检查")
@http.requires(Permission.CHECK_VIEW)
def file_check(request: HttpRequest, response: HttpResponse, body: CheckIn) -> Any:
    """A whole check in one act: the record, its answers and the hidden dangers found."""
    actor = http.actor_of(request)
    require(actor, Permission.SELF_CHECK_FILE if actor.is_enterprise else Permission.CHECK_REGISTER)
    with http.pointing(body.pointer):
        check = actions.file(actor=actor, start=body.as_start(), facts=body.as_facts())
    response["Location"] = f"{request.path}/{check.id}"
    return Answered(201, _case(actor, response, check.id))


@router.get("/checks/{uuid:check_id}", response=CheckCase, summary="一次检查")
@http.requires(Permission.CHECK_VIEW)
def get_check(request: HttpRequest, response: HttpResponse, check_id: UUID) -> Any:
    """One check; its version is the ETag."""
    return _case(http.actor_of(request), response, check_id)


@router.get("/checklists", response=Checklists, summary="检查表")
@http.requires(Permission.CHECK_VIEW)
def list_checklists(request: HttpRequest) -> Any:
    """The newest version of every checklist the actor may use."""
    found = [_checklist(version) for version in selectors.checklist_versions(http.actor_of(request))]
    return {"items": found, "count": len(found)}


@cache
def _coded(choices: Any, value: str) -> dict[str, str] | None:
    return {"code": value, "label": choices(value).label} if value else None


def _row(check: CheckRecord) -> dict[str, Any]:
    enterprise, thing = check.enterprise, check.supervised_object
    return {
        "id": check.id,
        "number": check.number,
        "status": _coded(Status, check.status),
        "act_class": _coded(ActClass, check.act_class),
        "place": check.place,
        "region": {"id": check.region_id, "name": check.region.name},
        "site": check.site_id,
        "object": {"id": thing.id, "name": thing.name} if thing else None,
        "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
        "organisation": {"id": check.organisation_id, "name": check.organisation.name},
        "checklist_version": check.checklist_version_id,
        "started_at": check.started_at,
        "ended_at": check.ended_at,
        "month": check.month,
        "item_count": check.item_count,
        "fail_count": check.fail_count,
        "finding_count": check.finding_count,
        "version": check.version,
    }


def _case(actor: Actor, response: HttpResponse, check_id: UUID) -> dict[str, Any]:
    check = selectors.check_to_tell(actor, check_id)
    http.with_etag(response, check.version)
    return {
        **_row(check),
        **{name: getattr(check, name) for name in PLAIN},
        "officers": check.told_officers,  # type: ignore[attr-defined]
        "answers": [{**one, "answer": _coded(Answer, one["answer"])} for one in check.told_answers],  # type: ignore[attr-defined]
        "hidden_dangers": [matter.id for matter in findings_seen(actor, check)],
        "self_check_findings": [
            {
                "id": one.id,
                "description": one.description,
                "state": one.state,
                "state_label": one.get_state_display(),
                "due_on": one.due_on,
            }
            for one in (check.self_check_findings.all() if check.is_self_check else ())
        ],
    }


def _checklist(version: ChecklistVersion) -> dict[str, Any]:
    return {
        "id": version.id,
        "code": version.checklist.code,
        "name": version.checklist.name,
        "version": version.number,
        "source": version.source,
        "published_at": version.published_at,
        "items": [
            {
                "number": item.number,
                "section": item.section,
                "text": item.text,
                "basis": item.basis,
                "answer_kind": _coded(AnswerKind, item.answer_kind),
                "unit": item.unit,
                "danger_text": item.danger_text,
                "sector": item.sector,
                "level": item.level,
            }
            for item in version.items.all()
        ],
    }


class CapQuery(Schema):
    on: date | None = Field(None, description="哪一天；不填是今天")
    organ: str = Field("", max_length=200, description="检查机关的全称；不填是本单位")
    industry: str = Field("", max_length=30, description="行业代码，见规则 inspection_cap；不填是不知道")
    standing: str = Field("", max_length=30, description="类别或者标准化等级的代码；不填是不知道")


@router.get(
    "/sites/{uuid:site_id}/inspection-cap",
    response=http.FindingOut,
    summary="还能不能再来检查，谁何时来过",
    url_name="inspection_cap",
)
@http.requires(Permission.CHECK_VIEW)
def inspection_cap(request: HttpRequest, site_id: UUID, query: Query[CapQuery]) -> HttpResponse:
    """What the rule ``inspection_cap`` says of the administrative inspections of the site that the actor sees."""
    actor = http.actor_of(request)
    return _cap(actor, enterprises.site(actor, site_id), query)


@router.get(
    "/objects/{uuid:object_id}/inspection-cap",
    response=http.FindingOut,
    summary="同上，问一个监管对象",
    url_name="inspection_cap_object",
)
@http.requires(Permission.CHECK_VIEW)
def inspection_cap_of_object(request: HttpRequest, object_id: UUID, query: Query[CapQuery]) -> HttpResponse:
    """The same for another supervised object: each is counted for itself."""
    actor = http.actor_of(request)
    return _cap(actor, enterprises.supervised_object(actor, object_id), query)


def _cap(actor: Actor, spot: enterprises.Site | enterprises.SupervisedObject, query: CapQuery) -> HttpResponse:
    question = Question(query.on or clock.today(), query.organ.strip(), query.industry, query.standing)
    finding = cap_of(actor, spot, question)
    # Written by the rules themselves: no digit is lost on the way.
    return HttpResponse(finding.to_json(), content_type="application/json; charset=utf-8")


class UncheckedQuery(Schema):
    q: str = Field("", max_length=60)
    unchecked: Unchecked | None = Field(None, description="never 从未检查，year 查过但一年没有再查；不填两者都要")
    region: str = Field("", max_length=12)
    tag: enterprises.TagCode | None = None


class UncheckedSite(http.Answer):
    id: UUID
    name: str
    address: str
    enterprise: http.Named
    region: http.Named
    local_unit: http.Named
    last_checked_at: datetime | None


@router.get("/unchecked-sites", response=http.Page[UncheckedSite], summary="未检查的场所", url_name="unchecked_sites")
@http.requires(Permission.CHECK_VIEW)
def list_unchecked(request: HttpRequest, filters: Query[UncheckedQuery], page: Query[http.PageQuery]) -> http.Sheet:
    narrowed = selectors.UncheckedFilters(
        q=filters.q,
        unchecked=filters.unchecked or "",
        region_path=territory.path_named(filters.region),
        tag=filters.tag or "",
    )
    return http.paginate(selectors.unchecked_sites(http.actor_of(request), narrowed).with_names(), page)


class UnpatrolledQuery(Schema):
    q: str = Field("", max_length=60, description="网格名称、编码，或人员的姓名、电话中的文字")
    region: str = Field("", max_length=12, description="区划代码，含其下级")


class UnpatrolledGrid(http.Answer):
    id: UUID
    code: str
    name: str
    region: http.Named
    last_patrolled_at: datetime | None = Field(description="最近一次巡查；从未巡查为空")


@router.get(
    "/unpatrolled-grids", response=http.Page[UnpatrolledGrid], summary="本周未巡查的网格", url_name="unpatrolled_grids"
)
@http.requires(Permission.CHECK_VIEW)
def list_unpatrolled(request: HttpRequest, filters: Query[UnpatrolledQuery], page: Query[http.PageQuery]) -> http.Sheet:
    """本周一起没有巡查记录的村（社区）级综合网格；哪个单位巡查都算。"""
    narrowed = selectors.UnpatrolledFilters(q=filters.q.strip(), region_path=territory.path_named(filters.region))
    found = selectors.unpatrolled_grids(http.actor_of(request), narrowed)
    return http.paginate(selectors.with_last_patrol(found).with_names(), page)
