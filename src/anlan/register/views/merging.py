"""Looking for duplicates, and bringing two enterprises together after a look at what goes along."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.lib.refusals import Refused
from anlan.register import actions, selectors
from anlan.register.forms.merging import MergeForm
from anlan.register.merging import Moving, moving
from anlan.register.models import Enterprise
from anlan.register.policies import check_can_merge
from anlan.register.selectors import duplicates, following
from anlan.register.views.acts import posted

SHOWN = 100


@require_GET
@requires(Permission.ENTERPRISE_MERGE)
def duplicate_list(request: ActingRequest) -> HttpResponse:
    """Pairs that look like one enterprise, with the reasons."""
    pairs = duplicates.suspected_pairs(request.actor)
    return render(request, "register/duplicate_list.html", {"pairs": pairs[:SHOWN], "count": len(pairs)})


@require_POST
@requires(Permission.ENTERPRISE_MERGE)
def mark_distinct(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """不是重复: they are not suggested again."""
    enterprise = selectors.enterprise(request.actor, enterprise_id)
    other = as_id(request.POST.get("other", ""))
    if other is not None:
        actions.mark_distinct(actor=request.actor, enterprise_id=enterprise.id, other_id=other)
        messages.success(request, "已记下不是重复，以后不再提示。")
    return redirect("register:duplicate-list")


@require_http_methods(["GET", "POST"])
@requires(Permission.ENTERPRISE_MERGE)
def merge(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """First which one it goes into, then what goes along, then the act."""
    merged = selectors.enterprise(request.actor, enterprise_id)
    text = (request.POST.get("into") or request.GET.get("into") or "").strip()[:120]
    survivor = _survivor(request, text)
    if survivor is None or survivor.id == merged.id:
        return render(request, "register/merge_pick.html", {"merged": merged, "text": text})
    form = MergeForm(
        *posted(request), actor=request.actor, initial={"into": str(survivor.id), "version": merged.version}
    )
    if form.is_bound and _run(request, form, merged, survivor):
        messages.success(request, f"已把{merged.name}（{merged.number}）并入{survivor.name}。")
        return redirect("register:enterprise", survivor.id)
    context = {
        "merged": merged,
        "survivor": survivor,
        "lines": compared(merged, survivor),
        "moving": [*moving(merged.id), *(Moving(*one) for one in following.with_the_sites(merged.id))],
        "refusal": _refusal(merged, survivor),
        "turned": f"{reverse('register:merge', args=[survivor.id])}?into={merged.id}",
        "form": form,
    }
    return render(request, "register/merge.html", context)


def _run(request: ActingRequest, form: MergeForm, merged: Enterprise, survivor: Enterprise) -> bool:
    done = form.run(lambda given: actions.merge_enterprise(
        actor=request.actor, merged_id=merged.id, into_id=survivor.id, reason=given["reason"],
        if_versions=form.if_versions,
    ))  # fmt: skip
    return done is not None


@dataclass(frozen=True)
class Line:
    """A fact of both; ``taken``: the survivor takes it over; ``differs``: both have it, and not the same."""

    label: str
    merged: Any
    survivor: Any
    taken: bool

    @property
    def differs(self) -> bool:
        return self.merged not in ("", None) and self.survivor not in ("", None) and self.merged != self.survivor


def compared(merged: Enterprise, survivor: Enterprise) -> list[Line]:
    """The facts of the two beside each other."""
    labels: list[tuple[str, str, bool]] = [
        ("名称", "name", False),
        ("编号", "number", False),
        ("简称", "short_name", True),
        ("所在区划", "region", False),
        ("注册地址", "registered_address", True),
        ("法定代表人", "legal_representative", True),
        ("联系电话", "phone", True),
        ("所属行业", "industry", True),
        ("从业人数", "employee_count", True),
        ("经营状态", "get_status_display", False),
    ]
    lines = []
    for label, name, fills in labels:
        one, other = (_value(found, name) for found in (merged, survivor))
        lines.append(Line(label, one, other, fills and other in ("", None) and one not in ("", None)))
    return lines


def _value(found: Enterprise, name: str) -> Any:
    value = getattr(found, name)
    return value() if callable(value) else value


def _survivor(request: ActingRequest, text: str) -> Enterprise | None:
    """By id, or by the whole name or number."""
    found = as_id(text)
    if found is None:
        called = selectors.enterprise_called(request.actor, text)
        found = called.id if called is not None else None
    return selectors.enterprise(request.actor, found) if found is not None else None


def _refusal(merged: Enterprise, survivor: Enterprise) -> str:
    try:
        check_can_merge(merged, survivor)
    except Refused as refused:
        return refused.reason
    return ""


def as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
