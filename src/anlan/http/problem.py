"""Refusals as ``application/problem+json`` (RFC 9457)."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from ninja import Schema
from pydantic import Field

from anlan.http.last_acts import LastAct
from anlan.lib.refusals import Invalid, Refusal

CONTENT_TYPE = "application/problem+json"

TITLES = {
    400: "请求无法读懂",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种请求方法",
    409: "现在不能这样做",
    412: "内容已被更新",
    413: "内容过大",
    415: "不支持这种内容类型",
    422: "填写有误",
    429: "操作过于频繁",
    500: "系统出错",
    503: "暂时无法服务",
}
DETAILS = {
    400: "请检查请求的格式后重新发送。",
    403: "您当前的身份没有这项权限。",
    404: "没有找到所请求的内容，或者不在您的管辖范围内。",
    405: "请改用响应头 Allow 中列出的方法。",
    413: "请减小内容后重新发送。",
    500: "刚才的操作没有完成，数据没有改变。请稍后重试，仍不成功请联系管理员。",
    503: "数据库暂时没有应答，刚才的操作是否完成还不能确定。请稍后重试；接口用原来的 Idempotency-Key 重发，只会办一次。",
}


class ProblemField(Schema):
    """One bad value of what was sent."""

    pointer: str = Field(description="所发内容中的位置（JSON 指针，RFC 6901）")
    message: str = Field(description="错在哪里、应当怎样填")
    source: str = Field("body", description="body、query、path、header、form 或 file")


class LastActOut(Schema):
    """Who acted meanwhile, and how."""

    event: str = Field(description="稳定的代码，如 hidden_danger.dispatched")
    title: str = Field(description="给人看的名称；没有的为空")
    actor: str
    organisation: str
    at: datetime


class Problem(Schema):
    """Every refusal of the API has this form."""

    type: str = Field("about:blank", description="总是 about:blank，请用 code 区分")
    title: str
    status: int
    code: str = Field(description="稳定的代码，供程序判断")
    detail: str = Field(description="给人看的原因和办法")
    citation: str | None = Field(None, description="所依据的条款")
    errors: list[ProblemField] | None = Field(None, description="逐项错误，仅 422")
    current_version: int | None = Field(None, description="当前版本号：412，和状态不符（wrong_state）的 409")
    current_status: str | None = Field(None, description="当前状态，仅状态不符的 409")
    near: list[str] | None = Field(None, description="相近的、可用的写法，仅规则的 422")
    last_act: LastActOut | None = Field(
        None, description="最近一步是谁、何时、怎样办的；只给看得到的人，与 current_version 同在"
    )


def problem(
    status: int, code: str, detail: str = "", *, headers: dict[str, str] | None = None, **members: Any
) -> HttpResponse:
    """A problem response; ``members`` that are empty are left out."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, "请求未完成"),
        "status": status,
        "code": code,
        "detail": detail or DETAILS.get(status, ""),
    }
    body |= {name: value for name, value in members.items() if value not in (None, "", [])}
    options = {"ensure_ascii": False}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers, json_dumps_params=options)


def of_refusal(
    refusal: Refusal, source_of: Callable[[str], str] = lambda pointer: "body", last_act: LastAct | None = None
) -> HttpResponse:
    """The problem response of a refusal, with the pointers of its fields and where those stand, and the act that may have
    come before."""
    errors: list[dict[str, str]] = []
    if isinstance(refusal, Invalid):
        errors = [{"pointer": e.pointer, "message": e.message, "source": source_of(e.pointer)} for e in refusal.errors]
    headers = {"WWW-Authenticate": 'Bearer realm="anlan"'} if refusal.status == 401 else None
    return problem(
        refusal.status,
        refusal.code,
        f"{refusal.reason}最近一步：{last_act.in_words}。" if last_act else refusal.reason,
        headers=headers,
        citation=refusal.citation,
        errors=errors,
        last_act=LastActOut(**asdict(last_act)).model_dump(mode="json") if last_act else None,
        **refusal.extra,
    )
