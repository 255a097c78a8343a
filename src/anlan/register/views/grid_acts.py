"""The acts on grids as pages: forms, and buttons that post."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.lib.ids import as_id
from anlan.lib.refusals import Invalid, Refused, Stale
from anlan.register import selectors as register
from anlan.register.actions import grids as actions
from anlan.register.actions import handing_over
from anlan.register.actions.steps import AT_ONCE
from anlan.register.forms.grids import (
    AppointForm,
    GridEditForm,
    GridForm,
    HandOverForm,
    HolderForm,
    OfficialForm,
    ReasonForm,
)
from anlan.register.grid_members import MEMBERS, SITES, Member
from anlan.register.selectors import grids as selectors
from anlan.territory import api as territory
from anlan.ui.lists import ticked

KEPT = (Invalid, Refused, Stale)


@require_http_methods(["GET", "POST"])
@requires(Permission.GRID_EDIT)
def establish(request: ActingRequest) -> HttpResponse:
    """The form of a new grid."""
    form = GridForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            grid = territory.establish_grid(actor=request.actor, facts=form.facts())
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已设立{grid.name}，编码 {grid.code}。")
            return redirect("grids:grid", grid.id)
    return _form(request, form, "设立网格", "设立", reverse("grids:list"))


@require_http_methods(["GET", "POST"])
@requires(Permission.GRID_EDIT)
def edit(request: ActingRequest, grid_id: UUID) -> HttpResponse:
    """The form of a grid that is there."""
    grid = territory.grid(request.actor, grid_id)
    initial = GridEditForm.starting_values(grid)
    form = GridEditForm(request.POST or None, actor=request.actor, grid=grid, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            territory.edit_grid(
                actor=request.actor, grid_id=grid_id, changes=form.changes(), if_versions=form.if_versions
            )
        except KEPT as refusal:
            form.take(refusal)
        else:
            return _done(request, "已保存。", "grids:grid", grid_id)
    return _form(request, form, f"修改{grid.name}", "保存", _page_of(grid_id), grid)


@require_http_methods(["GET", "POST"])
@requires(Permission.GRID_EDIT)
def dissolve(request: ActingRequest, grid_id: UUID) -> HttpResponse:
    """Why a grid is dissolved."""
    grid = territory.grid(request.actor, grid_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.dissolve_grid(actor=request.actor, grid_id=grid_id, reason=form.cleaned_data["reason"])
        except KEPT as refusal:
            form.take(refusal)
        else:
            return _done(request, f"{grid.name}已撤销，人员和包保随之结束。", "grids:list")
    return _form(request, form, f"撤销{grid.name}", "撤销", _page_of(grid_id), grid)


@require_http_methods(["GET", "POST"])
@requires(Permission.GRID_EDIT)
def appoint(request: ActingRequest, grid_id: UUID) -> HttpResponse:
    """Somebody for a post of the grid."""
    grid = territory.grid(request.actor, grid_id)
    initial = {"post": request.GET.get("post", "")}
    form = AppointForm(request.POST or None, actor=request.actor, grid=grid, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            member = territory.appoint_member(actor=request.actor, grid_id=grid_id, appointment=form.appointment())
        except KEPT as refusal:
            form.take(refusal)
        else:
            said = f"已任命{member.name}为{member.get_post_display()}。"
            return _done(request, said, "grids:grid", grid_id)
    return _form(request, form, f"{grid.name}：任命人员", "任命", _page_of(grid_id), grid)


@require_POST
@requires(Permission.GRID_EDIT)
def end_appointment(request: ActingRequest, member_id: UUID) -> HttpResponse:
    """The person leaves the post at the end of today."""
    member = territory.end_appointment(actor=request.actor, member_id=member_id)
    said = f"{member.name}的{member.get_post_display()}任期到 {member.valid_to} 为止。"
    return _done(request, said, "grids:grid", member.grid_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.GRID_EDIT)
def name_official_of_grid(request: ActingRequest, grid_id: UUID) -> HttpResponse:
    """The 包保人 of a grid."""
    grid = territory.grid(request.actor, grid_id)
    back = _page_of(grid_id)
    return _name_official(request, f"{grid.name}：指定包保人", back, grid=grid, grid_id=grid_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.GRID_EDIT)
def name_official_of_site(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """The 包保人 of a site."""
    site = register.site(request.actor, site_id)
    place = next((one for one in selectors.places_of(request.actor, SITES, [site_id])), None)
    back = _page_of(place.grid_id) if place else reverse("grids:gaps")
    heading = f"{site.enterprise.name} {site.name}：指定包保人"
    return _name_official(request, heading, back, grid=place.grid if place else None, site_id=site_id)


def _name_official(
    request: ActingRequest, heading: str, back: str, *, grid: Any = None, **subject: UUID
) -> HttpResponse:
    form = OfficialForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            named = actions.name_official(actor=request.actor, facts=form.facts(), **subject)
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已指定包保人{named.name}。")
            return redirect(back)
    return _form(request, form, heading, "指定", back, grid)


@require_POST
@requires(Permission.GRID_EDIT)
def end_official(request: ActingRequest, official_id: UUID) -> HttpResponse:
    """The 包保 ends today, nobody follows yet."""
    named = actions.end_official(actor=request.actor, official_id=official_id)
    messages.success(request, f"{named.name}的包保到 {named.valid_to} 为止，请尽快指定接替的人。")
    return redirect(_page_of(named.grid_id) if named.grid_id else reverse("grids:gaps"))


@require_POST
@requires(Permission.GRID_EDIT)
def assign(request: ActingRequest, grid_id: UUID, member: Member) -> HttpResponse:
    """What is ticked joins the grid."""
    found = actions.assign(
        actor=request.actor, grid_id=grid_id, member=member, ids=ticked(request), move=bool(request.POST.get("move"))
    )
    moved = f"，其中 {found.moved} 处从原网格划来" if found.moved else ""
    messages.success(request, f"已划入 {found.joined + found.moved} {member.noun}{moved}。")
    return redirect(f"{_page_of(grid_id)}?show={member.key}")


@require_POST
@requires(Permission.GRID_EDIT)
def remove(request: ActingRequest, grid_id: UUID, member: Member) -> HttpResponse:
    """What is ticked leaves the grid."""
    left = actions.remove(
        actor=request.actor,
        grid_id=grid_id,
        member=member,
        ids=ticked(request),
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, f"已划出 {left} {member.noun}，它们现在没有这类网格。")
    return redirect(f"{_page_of(grid_id)}?show={member.key}")


@require_POST
@requires(Permission.GRID_EDIT)
def assign_by_place(request: ActingRequest) -> HttpResponse:
    """Ticked sites or objects without a grid, or all of the kind, join the grid of their village."""
    member = MEMBERS.get(request.POST.get("kind", ""), SITES)
    ids = ticked(request)
    if not ids and request.POST.get("all"):
        ids = list(selectors.without_grid(request.actor, member).values_list("id", flat=True)[:AT_ONCE])
    placed = actions.assign_by_place(actor=request.actor, ids={member.key: ids})
    rest = f"还有 {placed.left} 处所在地没有综合网格或者不止一个，请到网格里逐一划入。" if placed.left else ""
    messages.success(request, f"已把 {placed.assigned} {member.noun}归入 {placed.grids} 个网格。{rest}")
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect(f"{reverse('grids:gaps')}?kind={member.key}")


@require_http_methods(["GET", "POST"])
@requires(Permission.GRID_EDIT)
def hand_over(request: ActingRequest) -> HttpResponse:
    """Who hands over → what they hold, counted → to whom → done in one act."""
    picked = as_id(request.GET.get("of", ""))
    if picked is None:
        return render(request, "grids/hand_over.html", {"holder_form": HolderForm(actor=request.actor)})
    charge = selectors.charge_of(request.actor, picked)
    form = HandOverForm(request.POST or None, actor=request.actor, initial={"expected": charge.count})
    if request.method == "POST" and form.is_valid():
        try:
            done = handing_over.hand_over(
                actor=request.actor,
                of=picked,
                to=form.person(),
                reason=form.cleaned_data["reason"],
                expected=form.cleaned_data["expected"],
            )
        except KEPT as refusal:
            form.take(refusal)
        else:
            said = f"{charge.name}的 {done.posts} 个岗位、{done.officials} 项包保已移交给{done.to}，今天起生效。"
            return _done(request, said, "grids:list")
    context = {"charge": charge, "form": form}
    return render(request, "grids/hand_over.html", context, status=422 if form.is_bound else 200)


def _page_of(grid_id: UUID | None) -> str:
    return reverse("grids:grid", args=[grid_id])


def _done(request: ActingRequest, said: str, to: str, *args: object) -> HttpResponse:
    messages.success(request, said)
    return redirect(to, *args)


def _form(request: ActingRequest, form: Any, heading: str, submit: str, back: str, grid: Any = None) -> HttpResponse:
    context = {"form": form, "heading": heading, "submit": submit, "back": back, "grid": grid}
    return render(request, "grids/form.html", context, status=422 if form.is_bound else 200)
