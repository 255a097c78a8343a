"""A small site to try the plumbing on: pages and operations that do nothing but what a test asks for."""

from threading import Event
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from anlan.authz.permissions import Permission
from anlan.files.endpoints import router as files_router
from anlan.http.api import (
    ActingRequest,
    IfMatch,
    Page,
    PageQuery,
    Sheet,
    build_api,
    check_if_match,
    paginate,
    public,
    requires,
    with_etag,
)
from anlan.http.views import not_found
from anlan.jobs.endpoints import router as jobs_router
from anlan.lib.refusals import FieldError, Invalid, NotInScope, Refused
from anlan.notify import api as notify

router = Router()
SUBJECT = UUID("0198c000-0000-7000-8000-000000000001")
VERSION = 3
MESSAGES = engines["django"].from_string("{% for row in rows %}{{ row.title }}；{% endfor %}")


class Gate:
    """Lets a test hold an act open while another request comes."""

    entered, may_go = Event(), Event()


def _tell(request: ActingRequest, title: str) -> None:
    notify.tell(
        actor=request.actor,
        organisation_id=request.actor.organisation_id,
        subject_type="test",
        subject_id=SUBJECT,
        region_path=request.actor.region_path,
        title=title,
        body="",
        dedupe_key=f"{title}-{notify.Message().id}",
    )


class ActIn(Schema):
    title: str = Field(min_length=1, max_length=20)
    amounts: list[int] = []


class ActOut(Schema):
    id: UUID
    title: str


class MessageOut(Schema):
    id: UUID
    title: str


@router.post("/acts", response={201: ActOut})
@requires(Permission.HIDDEN_DANGER_CONFIRM)
def act(request: ActingRequest, payload: ActIn) -> Any:
    """Writes, and then says no when asked to."""
    _tell(request, payload.title)
    if payload.title == "拒绝":
        raise Refused("not_now", "现在不行。", citation="《安全生产法》第四十一条")
    if payload.title == "等待":
        Gate.entered.set()
        assert Gate.may_go.wait(20)
    if payload.title == "坏":
        raise Invalid([FieldError("/title", "不能叫这个名字。")])
    return Status(201, ActOut(id=notify.Message().id, title=payload.title))


@router.get("/acts", response=Page[MessageOut])
@requires(Permission.DESK_VIEW)
def list_acts(request: ActingRequest, page: Query[PageQuery]) -> Sheet:
    return paginate(notify.messages_to(request.actor), page)


@router.get("/acts/{uuid:act_id}", response=ActOut)
@requires(Permission.DESK_VIEW)
def read_act(request: ActingRequest, act_id: UUID, response: HttpResponse) -> ActOut:
    if act_id != SUBJECT:
        raise NotInScope
    with_etag(response, VERSION)
    return ActOut(id=act_id, title="一件")


@router.patch("/acts/{uuid:act_id}", response=ActOut)
@requires(Permission.DESK_VIEW)
def edit_act(request: ActingRequest, act_id: UUID, payload: ActIn, if_match: IfMatch) -> ActOut:
    check_if_match(if_match, VERSION)
    return ActOut(id=act_id, title=payload.title)


@router.post("/photos", response={201: ActOut})
@requires(Permission.DESK_VIEW)
def photo(request: ActingRequest, file: Annotated[UploadedFile, File(...)]) -> Any:
    _tell(request, str(file.name))
    return Status(201, ActOut(id=notify.Message().id, title=str(file.name)))


@router.get("/open", response=list[str])
@public("给测试用")
def open_operation(request: HttpRequest, n: int = 1) -> list[str]:
    return ["开"] * n


@requires(Permission.DESK_VIEW)
def lazy_page(request: ActingRequest) -> HttpResponse:
    """Its rows are read while it is rendered."""
    return TemplateResponse(request, MESSAGES, {"rows": notify.messages_to(request.actor)})


@requires(Permission.HIDDEN_DANGER_CONFIRM)
def confirm(request: ActingRequest) -> HttpResponse:
    return HttpResponse("核定")


@requires(Permission.DESK_VIEW)
def write_and_refuse(request: ActingRequest) -> HttpResponse:
    _tell(request, "页面")
    raise Refused("not_now", "现在不行。")


@requires(Permission.DESK_VIEW)
def write_and_break(request: ActingRequest) -> HttpResponse:
    _tell(request, "页面")
    raise ZeroDivisionError


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("谁都能看")


@public("给测试用")
def whoever(request: HttpRequest) -> HttpResponse:
    actor = getattr(request, "actor", None)
    return HttpResponse(actor.organisation_name if actor else "无人")


api = build_api([("", router), ("", files_router), ("", jobs_router)])
handler404 = not_found
urlpatterns = [
    path("", whoever),
    path("api/v1/", api.urls),
    path("accounts/", include("anlan.accounts.urls")),
    path("files/", include("anlan.files.urls")),
    path("jobs/", include("anlan.jobs.urls")),
    path("ledger/", include("anlan.proofs.urls")),
    path("messages/", include("anlan.notify.urls")),
    path("confirm/", confirm),
    path("lazy/", lazy_page),
    path("write-and-refuse/", write_and_refuse),
    path("write-and-break/", write_and_break),
    path("undeclared/", undeclared),
]
