"""The pages of the register: list, one enterprise, forms."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, is_htmx, requires
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope, Stale
from anlan.register import actions, selectors
from anlan.register.facts import EnterpriseFacts, SiteFacts
from anlan.register.forms import EnterpriseFilterForm, EnterpriseForm, PeopleForms, PeopleFormSet, SiteForm
from anlan.register.freshness import freshness, is_stale
from anlan.register.merging import Kind
from anlan.register.models import Enterprise, Site
from anlan.register.selectors.duplicates import survivor_of
from anlan.register.selectors.grids import with_keepers
from anlan.register.selectors.licences import licences_of
from anlan.ui.lists import Column, asked_page, filters_of, sort_of

COLUMNS = [
    Column("企业", sort="name", width="wide"),
    Column("属地"),
    Column("行业、规模"),
    Column("标签"),
    Column("状态", width="narrow"),
    Column("从业人数", sort="employee_count", align="end", width="narrow"),
    Column("场所", align="end", width="narrow"),
]
LAST_CHANGED = Column("最近更新", width="narrow")
MAIN_FIELDS = ("q", "region", "industry", "status", "tag")
KEPT = (Invalid, Stale)


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def enterprise_list(request: ActingRequest) -> HttpResponse:
    """The enterprises the actor sees; htmx gets the list without its frame."""
    form = EnterpriseFilterForm(request.GET, actor=request.actor)
    asked = form.as_filters()
    rows = selectors.enterprises(request.actor, asked)
    sort = sort_of(request, COLUMNS)
    if sort:
        rows = rows.order_by(sort, "-id")
    page = asked_page(request, rows)
    context = {
        "filters": filters_of(form, request.GET, MAIN_FIELDS),
        "columns": [*COLUMNS[:5], LAST_CHANGED, COLUMNS[6]] if request.GET.get("stale") else COLUMNS,
        "sort": sort,
        "page": page,
        "rows": page.of(rows.with_names().with_site_count()),
        "may_register": request.actor.can(Permission.ENTERPRISE_REGISTER),
        "may_confirm": asked.stale and request.actor.can(Permission.ENTERPRISE_EDIT),
        "freshness": freshness(clock.today()),
    }
    template = "register/_enterprise_list.html" if is_htmx(request) else "register/enterprise_list.html"
    return render(request, template, context)


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def enterprise_page(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """One enterprise: facts, sites, people, regulators."""
    return at_survivor(
        request,
        Enterprise,
        enterprise_id,
        lambda: render(request, "register/enterprise.html", enterprise_context(request, enterprise_id)),
    )


def at_survivor(request: ActingRequest, kind: Kind, record_id: UUID, show: Callable[[], HttpResponse]) -> HttpResponse:
    """The page; what was merged leads to where it was merged into."""
    try:
        return show()
    except NotInScope:
        survivor = survivor_of(request.actor, kind, record_id)
    messages.info(request, f"您打开的{kind._meta.verbose_name}已并入{survivor.name}。")
    return redirect("register:enterprise", survivor.enterprise_id if isinstance(survivor, Site) else survivor.id)


def enterprise_context(request: ActingRequest, enterprise_id: UUID) -> dict[str, Any]:
    """What ``register/_enterprise_facts.html`` shows; for pages above that put more around it."""
    actor = request.actor
    enterprise = selectors.enterprise(actor, enterprise_id)
    sites = list(with_keepers(actor, selectors.sites_with_people(actor, enterprise.id)))
    return {
        "enterprise": enterprise,
        "sites": sites,
        "licences": licences_of(enterprise, sites),
        "may_edit_licence": actor.can(Permission.LICENCE_EDIT),
        "is_stale": is_stale(enterprise),
        "may_merge": actor.can(Permission.ENTERPRISE_MERGE),
        "may_edit": actor.can(Permission.ENTERPRISE_EDIT),
        "may_register_site": actor.can(Permission.SITE_REGISTER),
        "may_edit_site": actor.can(Permission.SITE_EDIT),
        "may_transfer": actor.can(Permission.SITE_TRANSFER),
        "may_request_resumption": actor.can(Permission.SITE_REQUEST_RESUMPTION),
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.ENTERPRISE_REGISTER)
def enterprise_register(request: ActingRequest) -> HttpResponse:
    """The form of a new enterprise."""
    form = EnterpriseForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            facts = EnterpriseFacts(**form.changes())
            enterprise = actions.register_enterprise(actor=request.actor, facts=facts)
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已登记{enterprise.name}，编号 {enterprise.number}。")
            return redirect("register:enterprise", enterprise.id)
    return _form_page(request, "register/enterprise_form.html", form=form)


@require_http_methods(["GET", "POST"])
@requires(Permission.ENTERPRISE_EDIT)
def enterprise_edit(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """The form of an enterprise that is there."""
    enterprise = selectors.enterprise(request.actor, enterprise_id)
    initial = EnterpriseForm.starting_values(enterprise)
    form = EnterpriseForm(request.POST or None, actor=request.actor, initial=initial, now_in=enterprise.region)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_enterprise(
                actor=request.actor,
                enterprise_id=enterprise_id,
                changes=form.changes(),
                if_versions=form.if_versions,
            )
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("register:enterprise", enterprise_id)
    return _form_page(request, "register/enterprise_form.html", form=form, enterprise=enterprise)


@require_POST
@requires(Permission.ENTERPRISE_EDIT)
def open_enterprise_organisation(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """Let the enterprise have accounts."""
    enterprise = actions.open_enterprise_organisation(actor=request.actor, enterprise_id=enterprise_id)
    messages.success(request, f"已为{enterprise}开通企业组织，可以给它的人员建账号了。")
    return redirect("register:enterprise", enterprise_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.SITE_REGISTER)
def site_register(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """The form of a new site."""
    enterprise = selectors.enterprise(request.actor, enterprise_id)
    form = SiteForm(request.POST or None, actor=request.actor, initial=_site_like(enterprise))
    people = _people(request)
    if request.method == "POST" and all([form.is_valid(), people.is_valid()]):
        try:
            facts = SiteFacts(**form.changes(), people=people.people())
            site = actions.register_site(actor=request.actor, enterprise_id=enterprise_id, facts=facts)
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已登记场所“{site.name}”。")
            return redirect("register:enterprise", enterprise_id)
    return _form_page(request, "register/site_form.html", form=form, people=people, enterprise=enterprise)


@require_http_methods(["GET", "POST"])
@requires(Permission.SITE_EDIT)
def site_edit(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """The form of a site that is there."""
    return at_survivor(request, Site, site_id, lambda: _site_edit(request, site_id))


def _site_edit(request: ActingRequest, site_id: UUID) -> HttpResponse:
    site = selectors.site_with_people(request.actor, site_id)
    initial = SiteForm.starting_values(site)
    form = SiteForm(request.POST or None, actor=request.actor, initial=initial, now_in=site.region)
    people = _people(request, PeopleFormSet.starting_values(site))
    if request.method == "POST" and all([form.is_valid(), people.is_valid()]):
        changes = {**form.changes(), "people": people.people()}
        try:
            actions.edit_site(actor=request.actor, site_id=site_id, changes=changes, if_versions=form.if_versions)
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("register:enterprise", site.enterprise_id)
    return _form_page(
        request, "register/site_form.html", form=form, people=people, enterprise=site.enterprise, site=site
    )


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def industry_options(request: ActingRequest) -> HttpResponse:
    """The options below the industry field, for htmx."""
    text = request.GET.get("industry", "").strip().partition(" ")[0]
    found = selectors.industries(text)[:30] if text else ()
    return render(request, "register/_industry_options.html", {"industries": found})


def _site_like(enterprise: Enterprise) -> dict[str, Any]:
    """A first site usually stands where the enterprise is registered."""
    return {
        "name": enterprise.name,
        "address": enterprise.registered_address,
        "region": str(enterprise.region_id),
        "status": enterprise.status,
    }


def _people(request: ActingRequest, initial: list[dict[str, Any]] | None = None) -> PeopleFormSet:
    formset: PeopleFormSet = PeopleForms(request.POST or None, initial=initial, prefix="people")  # type: ignore[assignment]
    return formset


def _form_page(request: ActingRequest, template: str, *, form: Any, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)
