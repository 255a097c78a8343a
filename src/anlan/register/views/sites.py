"""The list of sites: what they are marked with, what nobody looks after, and marking many at once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, bounded_count, is_htmx, requires
from anlan.jobs import api as jobs
from anlan.register import actions, selectors, tasks
from anlan.register.actions.tags import Tagged
from anlan.register.forms.sites import SiteFilterForm, TagForm, UntagForm
from anlan.register.tags import TAGS
from anlan.register.views.acts import Act, run_act
from anlan.register.views.enterprises import PAGE_SIZE, page_number
from anlan.ui.lists import Column, Page, active_chips

COLUMNS = [
    Column("场所", width="wide"),
    Column("属地单位"),
    Column("主管部门"),
    Column("标签"),
    Column("缺什么", width="narrow"),
    Column("状态", width="narrow"),
]
NAMED = 5
AT_ONCE = 1000


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def site_list(request: ActingRequest) -> HttpResponse:
    """The sites the actor sees; htmx gets the list without its frame."""
    form = SiteFilterForm(request.GET, actor=request.actor)
    rows = selectors.sites(request.actor, form.filters())
    count, is_exact = bounded_count(rows)
    page = Page(number=page_number(request, count), size=PAGE_SIZE, count=count, count_is_exact=is_exact)
    first = (page.number - 1) * PAGE_SIZE
    shown = selectors.with_regulators(rows.with_names().with_gaps())[first : first + PAGE_SIZE]
    context = {
        "form": form,
        "chips": active_chips(form, request.GET),
        "columns": COLUMNS,
        "page": page,
        "rows": list(shown),
        "may_edit": request.actor.can(Permission.SITE_EDIT),
    }
    return render(request, "register/_site_list.html" if is_htmx(request) else "register/site_list.html", context)


@require_POST
@requires(Permission.ENTERPRISE_VIEW)
def export_sites(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    job = jobs.start(actor=request.actor, work=tasks.export_sites, title="导出场所台账", query=query)
    return redirect("jobs:page", job.id)


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


def ticked(request: ActingRequest) -> list[UUID]:
    """The ids of the rows that were ticked; what is none is passed over."""
    found = []
    for text in [*request.POST.getlist("ids"), *request.GET.getlist("ids")][:AT_ONCE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _words(request: ActingRequest, ids: list[UUID]) -> str:
    if not ids:
        return "还没有勾选场所：请回到场所列表，勾选以后再来。"
    rows = selectors.sites(request.actor, selectors.SiteFilters()).filter(id__in=ids)
    names = [f"{site.enterprise.name} {site.name}" for site in rows.select_related("enterprise")[:NAMED]]
    return f"共 {len(ids)} 处场所：{'；'.join(names)}{'……' if len(ids) > NAMED else ''}"
