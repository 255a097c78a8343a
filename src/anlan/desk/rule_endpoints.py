"""``/api/v1/rules``: the executable law for other programs. Facts of the caller's own go in, nothing is kept."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from anlan.authz.permissions import Permission
from anlan.http.api import FindingOut, Sent, problem, requires
from anlan.rules import RULE_IDS, RuleError, evaluate, load
from anlan.rules.facts import schema_of

router = Router(tags=["规则"])


class VersionOut(Schema):
    """A version of a rule: from when it holds and what it rests on."""

    name: str
    in_force_from: date
    document: str
    article: str
    note: str


class RuleOut(Schema):
    """A rule, as the list shows it."""

    id: str
    title: str
    decides: str
    versions: list[VersionOut]


class RuleDetail(RuleOut):
    """With what goes in and what comes out."""

    facts: dict[str, Any] = Field(description="事实的 JSON schema")
    values: dict[str, str] = Field(description="结论的代码和名称")
    figures: dict[str, str] = Field(description="各项数字的名称")
    sources: list[dict[str, Any]] = Field(description="出处；unverified 说明为什么没有对照")


class EvaluateIn(Sent):
    on: date = Field(description="法定日期：事故、行为、评估之日")
    facts: dict[str, Any] = Field(description="事实；没有的项就是不知道")


@router.get("/rules", response=list[RuleOut], summary="列出规则", url_name="rule_list")
@requires(Permission.RULE_VIEW)
def list_rules(request: HttpRequest) -> list[dict[str, Any]]:
    return [_described(rule_id) for rule_id in RULE_IDS]


@router.get("/rules/{rule_id}", response=RuleDetail, summary="读一条规则", url_name="rule")
@requires(Permission.RULE_VIEW)
def read_rule(request: HttpRequest, rule_id: str) -> dict[str, Any]:
    described = _described(rule_id)
    rule, parameters = load(rule_id)
    return {
        **described,
        "facts": schema_of(rule.facts),
        "values": dict(rule.values),
        "figures": dict(rule.figures),
        "sources": list(parameters.sources.values()),
    }


@router.post("/rules/{rule_id}/evaluate", response=FindingOut, summary="按某一天的法判一件事", url_name="rule_evaluate")
@requires(Permission.RULE_VIEW)
def evaluate_rule(request: HttpRequest, rule_id: str, sent: EvaluateIn) -> HttpResponse:
    if rule_id not in RULE_IDS:
        raise Http404
    try:
        finding = evaluate(rule_id, sent.facts, on=sent.on)
    except RuleError as error:
        pointer = error.pointer if error.pointer == "/on" else f"/facts{error.pointer}"
        errors = [{"pointer": pointer, "message": error.message, "source": "body"}]
        near = [str(one) for one in error.near]
        return problem(422, error.code, error.message, errors=errors, near=near)
    # Written by the rules themselves: no digit is lost on the way.
    return HttpResponse(finding.to_json(), content_type="application/json; charset=utf-8")


def _described(rule_id: str) -> dict[str, Any]:
    if rule_id not in RULE_IDS:
        raise Http404
    rule, parameters = load(rule_id)
    versions = [
        {
            "name": version.name,
            "in_force_from": version.in_force_from,
            **version.citation.as_json(),
            "note": version.note,
        }
        for version in parameters.versions
    ]
    return {"id": rule.id, "title": rule.title, "decides": rule.decides, "versions": versions}
