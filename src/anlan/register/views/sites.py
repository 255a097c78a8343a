"""The list of sites: what they are marked with, what nobody looks after, and marking many at once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, is_htmx, requires
from anlan.jobs import api as jobs
from anlan.register import actions, selectors, tasks
from anlan.register.actions.tags import Tagged
from anlan.register.choices import Gap
from anlan.register.forms.sites import SiteFilterForm, TagForm, UntagForm
from anlan.register.tags import TAGS
from anlan.register.views.acts import Act, run_act
from anlan.ui.lists import Column, asked_page, filters_of, ticked

COLUMNS = [
    Column("场所", width="wide"),
    Column("属地单位"),
    Column("主管部门"),
    Column("标签"),
    Column("缺什么", width="narrow"),
    Column("状态", width="narrow"),
]
HEADINGS = {
    Gap.ANY.value: "网格、部门、属地不全的场所",
    Gap.REGULATOR.value: "没有主管部门的场所",
    Gap.LOCAL_UNIT.value: "没有属地单位的场所",
    Gap.GRID.value: "未入格场所",
}
NAMED = 5


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def site_list(request: ActingRequest) -> HttpResponse:
    """The sites the actor sees; htmx gets the list without its frame."""
    form = SiteFilterForm(request.GET, actor=request.actor)
    rows = selectors.sites(request.actor, form.as_filters())
    page = asked_page(request, rows)
    context = {
        "filters": filters_of(form, request.GET, ("q", "region", "tag", "sector", "status")),
        "heading": HEADINGS.get(form.as_filters().gap, "场所"),
        "columns": COLUMNS,
        "page": page,
        "rows": page.of(selectors.with_regulators(rows.with_names().with_gaps())),
        "may_edit": request.actor.can(Permission.SITE_EDIT),
    }
    return render(request, "register/_site_list.html" if is_htmx(request) else "register/site_list.html", context)


@require_POST
@requires(Permission.ENTERPRISE_VIEW)
def export_sites(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    return jobs.start_export(request, tasks.export_sites, "导出场所台账")


@require_http_methods(["GET", "POST"])
@requires(Permission.SITE_EDIT)
def tag_sites(request: ActingRequest) -> HttpResponse:
    """Which tag the ticked sites get, and since when: how many they are is said before it is done."""
    return _mark(
        request,
        TagForm,
        "加标签",
        lambda given: actions.tag_sites(
            actor=request.actor,
            site_ids=given["ids"],
            kind=given["kind"],
            since_on=given["since_on"],
            note=given["note"],
        ),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.SITE_EDIT)
def untag_sites(request: ActingRequest) -> HttpResponse:
    """Which tag is taken off the ticked sites, and why."""
    return _mark(
        request,
        UntagForm,
        "去标签",
        lambda given: actions.untag_sites(
            actor=request.actor,
            site_ids=given["ids"],
            kind=given["kind"],
            removed_on=given["removed_on"],
            note=given["note"],
        ),
    )


def _mark(
    request: ActingRequest,
    form_class: type[TagForm] | type[UntagForm],
    verb: str,
    do: Callable[[dict[str, Any]], Tagged],
) -> HttpResponse:
    ids, kind = ticked(request), request.GET.get("kind", "")
    intro = _words(request, ids)
    is_asked = request.method == "POST" and "kind" in request.POST
    posted = (request.POST, request.FILES) if is_asked else ()
    initial = {"ids": [str(one) for one in ids], "kind": kind if kind in TAGS else ""}
    form = form_class(*posted, actor=request.actor, intro=intro, initial=initial)

    def act(given: dict[str, Any]) -> Tagged:
        done = do(given)
        passed = f"，{done.unchanged} 处没有变化" if done.unchanged else ""
        messages.success(request, f"已给 {done.changed} 处场所{verb}“{TAGS[given['kind']].label}”{passed}。")
        return done

    back = f"{reverse('register:site-list')}?tag={form['kind'].value()}" if is_asked else reverse("register:site-list")
    about = f"{len(ids)} 处场所"
    return run_act(request, Act(f"{verb}（{about}）" if ids else verb, "场所", back, ""), form, act)


def _words(request: ActingRequest, ids: list[UUID]) -> str:
    if not ids:
        return "还没有勾选场所：请回到场所列表，勾选以后再来。"
    rows = selectors.sites(request.actor, selectors.SiteFilters()).filter(id__in=ids)
    names = [f"{site.enterprise.name} {site.name}" for site in rows.select_related("enterprise")[:NAMED]]
    return f"共 {len(ids)} 处场所：{'；'.join(names)}{'……' if len(ids) > NAMED else ''}"
