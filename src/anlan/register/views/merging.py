"""Looking for duplicates, and bringing two enterprises or two sites together after a look at what goes along."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.lib.ids import as_id
from anlan.lib.refusals import Refused
from anlan.register import actions, selectors
from anlan.register.forms.merging import MergeForm
from anlan.register.merging import moving
from anlan.register.models import Enterprise, Site
from anlan.register.policies import check_can_merge
from anlan.register.selectors import duplicates, following
from anlan.register.views.acts import posted
from anlan.register.views.comparing import Line, compared_enterprises, compared_sites

SHOWN = 100


@require_GET
@requires(Permission.ENTERPRISE_MERGE)
def duplicate_list(request: ActingRequest) -> HttpResponse:
    """Pairs that look like one enterprise, or like one site of it, with the reasons."""
    pairs = duplicates.suspected_pairs(request.actor)
    sites = duplicates.suspected_sites(request.actor)
    context = {"pairs": pairs[:SHOWN], "count": len(pairs), "site_pairs": sites[:SHOWN], "site_count": len(sites)}
    return render(request, "register/duplicate_list.html", context)


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


@require_POST
@requires(Permission.ENTERPRISE_MERGE)
def mark_sites_distinct(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """The same of two sites."""
    site = selectors.site(request.actor, site_id)
    other = as_id(request.POST.get("other", ""))
    if other is not None:
        actions.mark_sites_distinct(actor=request.actor, site_id=site.id, other_id=other)
        messages.success(request, "已记下不是重复，以后不再提示。")
    return redirect("register:duplicate-list")


@require_http_methods(["GET", "POST"])
@requires(Permission.ENTERPRISE_MERGE)
def merge(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """First which one it goes into, then what goes along, then the act."""
    merged = selectors.enterprise(request.actor, enterprise_id)
    text = _asked(request)
    survivor = _enterprise(request, text)
    if survivor is None or survivor.id == merged.id:
        return render(request, "register/merge_pick.html", {"merged": merged, "text": text})
    return _merge(request, ENTERPRISES, merged, survivor)


@require_http_methods(["GET", "POST"])
@requires(Permission.ENTERPRISE_MERGE)
def merge_site(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """The same with a site: it goes into another one of its enterprise."""
    into = as_id(_asked(request))
    if into is None or into == site_id:
        merged = selectors.site(request.actor, site_id)
        others = selectors.sites(request.actor, selectors.SiteFilters(enterprise_id=merged.enterprise_id))
        context = {"merged": merged, "others": others.with_names().exclude(id=site_id)}
        return render(request, "register/merge_pick_site.html", context)
    return _merge(request, SITES, *selectors.two_sites_with_people(request.actor, site_id, into))


@dataclass(frozen=True)
class Pages:
    """How the pages of a kind differ. ``also(merged)``: what goes along with what hangs on it."""

    noun: str
    measure: str
    address: str
    act: Callable[..., Any]
    compared: Callable[[Actor, Any, Any], Sequence[Line]]
    enterprise_of: Callable[[Any], UUID]
    also: Callable[[Any], Sequence[tuple[str, Any]]]


def _merge(request: ActingRequest, pages: Pages, merged: Any, survivor: Any) -> HttpResponse:
    initial = {
        "into": str(survivor.id),
        "version": merged.version,
        "reason": f"同一{pages.measure}{pages.noun}登记了两次。",
    }
    form = MergeForm(*posted(request), actor=request.actor, initial=initial)
    if form.is_bound and _run(request, pages.act, form, merged, survivor):
        messages.success(request, f"已把{pages.noun}“{merged.name}”并入“{survivor.name}”。")
        return redirect("register:enterprise", pages.enterprise_of(survivor))
    goes_along, gives_way = moving(merged, survivor, *pages.also(merged))
    context = {
        "merged": merged,
        "survivor": survivor,
        "pages": pages,
        "lines": pages.compared(request.actor, merged, survivor),
        "moving": goes_along,
        "giving_way": gives_way,
        "refusal": _refusal(merged, survivor),
        "enterprise_id": pages.enterprise_of(merged),
        "turned": f"{reverse(pages.address, args=[survivor.id])}?into={merged.id}",
        "form": form,
    }
    return render(request, "register/merge.html", context)


def _run(request: ActingRequest, act: Callable[..., Any], form: MergeForm, merged: Any, survivor: Any) -> bool:
    done = form.run(lambda given: act(
        actor=request.actor, merged_id=merged.id, into_id=survivor.id, reason=given["reason"],
        if_versions=form.if_versions,
    ))  # fmt: skip
    return done is not None


ENTERPRISES = Pages(
    noun="企业",
    measure="家",
    address="register:merge",
    act=actions.merge_enterprise,
    compared=compared_enterprises,
    enterprise_of=lambda enterprise: enterprise.id,
    also=lambda merged: following.with_the_sites(merged.id),
)
SITES = Pages(
    noun="场所",
    measure="处",
    address="register:merge-site",
    act=actions.merge_site,
    compared=compared_sites,
    enterprise_of=lambda site: site.enterprise_id,
    also=lambda merged: (),
)


def _asked(request: ActingRequest) -> str:
    return (request.POST.get("into") or request.GET.get("into") or "").strip()[:120]


def _enterprise(request: ActingRequest, text: str) -> Enterprise | None:
    """By id, or by the whole name or number."""
    found = as_id(text)
    if found is None:
        called = selectors.enterprise_called(request.actor, text)
        found = called.id if called is not None else None
    return selectors.enterprise(request.actor, found) if found is not None else None


def _refusal(merged: Enterprise | Site, survivor: Enterprise | Site) -> str:
    try:
        check_can_merge(merged, survivor)
    except Refused as refused:
        return refused.reason
    return ""
