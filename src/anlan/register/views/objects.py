"""The pages of supervised objects."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, bounded_count, is_htmx, requires
from anlan.lib.refusals import Invalid, Stale
from anlan.register import actions
from anlan.register.facts import ObjectFacts
from anlan.register.forms.objects import ObjectFilterForm, ObjectForm
from anlan.register.selectors import objects
from anlan.register.views.enterprises import PAGE_SIZE, page_number
from anlan.ui.lists import Column, Page, active_chips

COLUMNS = [
    Column("对象", width="wide"),
    Column("类别", width="narrow"),
    Column("属地"),
    Column("责任主体"),
    Column("状态", width="narrow"),
]
KEPT = (Invalid, Stale)


@require_GET
@requires(Permission.OBJECT_VIEW)
def object_list(request: ActingRequest) -> HttpResponse:
    """The objects the actor sees; htmx gets the list without its frame."""
    form = ObjectFilterForm(request.GET, actor=request.actor)
    rows = objects.supervised_objects(request.actor, form.filters())
    count, is_exact = bounded_count(rows)
    page = Page(number=page_number(request, count), size=PAGE_SIZE, count=count, count_is_exact=is_exact)
    first = (page.number - 1) * PAGE_SIZE
    context = {
        "form": form,
        "chips": active_chips(form, request.GET),
        "columns": COLUMNS,
        "page": page,
        "rows": rows.with_names()[first : first + PAGE_SIZE],
        "may_register": request.actor.can(Permission.OBJECT_EDIT),
    }
    return render(request, "register/_object_list.html" if is_htmx(request) else "register/object_list.html", context)


@require_GET
@requires(Permission.OBJECT_VIEW)
def object_page(request: ActingRequest, object_id: UUID) -> HttpResponse:
    """One object: facts, party, regulators."""
    found = objects.supervised_object(request.actor, object_id)
    context = {"object": found, "may_edit": request.actor.can(Permission.OBJECT_EDIT)}
    return render(request, "register/object.html", context)


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
