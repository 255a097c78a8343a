"""The pages of supervised objects."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.authz.roles import Reach
from anlan.http.api import ActingRequest, is_htmx, requires
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Stale
from anlan.register import actions, tasks
from anlan.register.choices import STANDING, Gap
from anlan.register.facts import ObjectFacts
from anlan.register.forms.objects import ObjectFilterForm, ObjectForm
from anlan.register.freshness import freshness, is_stale
from anlan.register.grid_members import OBJECTS
from anlan.register.selectors import grids, objects
from anlan.register.views.enterprises import LAST_CHANGED
from anlan.ui.lists import Column, asked_page, filters_of, ticked

COLUMNS = [
    Column("对象", width="wide"),
    Column("类别", width="narrow"),
    Column("属地"),
    Column("责任主体"),
    Column("状态", width="narrow"),
]
LACKING = Column("缺什么", width="narrow")
HEADINGS = {
    Gap.ANY.value: "网格、部门、属地不全的监管对象",
    Gap.REGULATOR.value: "没有主管部门的监管对象",
    Gap.LOCAL_UNIT.value: "没有属地单位的监管对象",
    Gap.GRID.value: "未入格监管对象",
}
KEPT = (Invalid, Stale)


@require_GET
@requires(Permission.OBJECT_VIEW)
def object_list(request: ActingRequest) -> HttpResponse:
    """The objects the actor sees; htmx gets the list without its frame."""
    form = ObjectFilterForm(request.GET, actor=request.actor)
    asked = form.as_filters()
    rows = objects.supervised_objects(request.actor, asked)
    page = asked_page(request, rows)
    shown = rows.with_names().with_gaps() if asked.gap else rows.with_names()
    more = [*([LACKING] if asked.gap else []), *([LAST_CHANGED] if asked.stale else [])]
    stale = "久未更新的监管对象" if asked.stale else "监管对象"
    context = {
        "asked": asked,
        "heading": HEADINGS.get(asked.gap, stale),
        "filters": filters_of(form, request.GET, ("q", "kind", "region", "sector", "status")),
        "columns": [*COLUMNS, *more],
        "page": page,
        "rows": page.of(shown),
        "may_confirm": asked.stale and request.actor.can(Permission.OBJECT_EDIT),
        "freshness": freshness(clock.today()),
        "may_register": request.actor.can(Permission.OBJECT_EDIT),
    }
    return render(request, "register/_object_list.html" if is_htmx(request) else "register/object_list.html", context)


def object_context(request: ActingRequest, object_id: UUID) -> dict[str, Any]:
    """What ``register/object.html`` shows, with who looks after it; for the page above that puts more around it."""
    actor = request.actor
    found = objects.supervised_object(actor, object_id)
    sees_grids = actor.can(Permission.GRID_VIEW)
    return {
        "object": found,
        "may_edit": actor.can(Permission.OBJECT_EDIT),
        "sees_grids": sees_grids,
        "keepers": grids.keepers_of(actor, OBJECTS, [found.id]) if sees_grids else [],
        "may_open_grids": sees_grids and actor.reach != Reach.PARTICIPATION,
        "may_place": actor.can(Permission.GRID_EDIT) and found.status in STANDING,
        "is_stale": is_stale(found),
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.OBJECT_EDIT)
def object_register(request: ActingRequest) -> HttpResponse:
    """The form of a new object."""
    form = ObjectForm(request.POST or None, actor=request.actor, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.register_object(actor=request.actor, facts=ObjectFacts(**form.changes()))
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已登记“{found.name}”。")
            return redirect("objects:object", found.id)
    return render(request, "register/object_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.OBJECT_EDIT)
def object_edit(request: ActingRequest, object_id: UUID) -> HttpResponse:
    """The form of an object that is there."""
    found = objects.supervised_object(request.actor, object_id)
    initial = ObjectForm.starting_values(found)
    form = ObjectForm(request.POST or None, actor=request.actor, initial=initial, now_in=found.region)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_object(
                actor=request.actor, object_id=object_id, changes=form.changes(), if_versions=form.if_versions
            )
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("objects:object", object_id)
    context = {"form": form, "object": found}
    return render(request, "register/object_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.OBJECT_EDIT)
def confirm_unchanged(request: ActingRequest) -> HttpResponse:
    """Confirm the ticked objects."""
    try:
        count = actions.confirm_objects_unchanged(actor=request.actor, object_ids=ticked(request))
    except Invalid as nothing:
        messages.error(request, nothing.errors[0].message)
    else:
        messages.success(request, f"已确认 {count} 处监管对象的信息没有变化。")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"{reverse('objects:list')}?stale=1"
    return redirect(back)


@require_POST
@requires(Permission.OBJECT_VIEW)
def export(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    return jobs.start_export(request, tasks.export_objects, "导出监管对象台账")
