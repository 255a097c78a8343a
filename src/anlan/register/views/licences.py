"""The pages of licences: 证照到期表, one licence, its acts."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.files import api as files
from anlan.http.api import ActingRequest, is_htmx, requires
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.register import actions, selectors, tasks
from anlan.register.choices import LicenceExpiry, LicenceState
from anlan.register.facts import LicenceFacts
from anlan.register.forms.licences import CancelLicenceForm, LicenceFilterForm, LicenceForm
from anlan.register.licence_history import told
from anlan.register.licence_terms import reminders
from anlan.register.licence_workflow import LICENCE
from anlan.register.models import Licence
from anlan.register.selectors import licences
from anlan.register.views.acts import Act, posted, run_act
from anlan.ui.lists import Column, asked_page, filters_of

FORM = require_http_methods(["GET", "POST"])
COLUMNS = [
    Column("证照", width="wide"),
    Column("企业、场所"),
    Column("发证机关"),
    Column("有效期", width="narrow"),
    Column("到期", width="narrow"),
]


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def licence_list(request: ActingRequest) -> HttpResponse:
    """证照到期表: those that run out first come first."""
    today = clock.today()
    form = LicenceFilterForm(request.GET, actor=request.actor)
    rows = licences.licences(request.actor, form.as_filters(), today)
    page = asked_page(request, rows)
    context = {
        "filters": filters_of(form, request.GET),
        "columns": COLUMNS,
        "page": page,
        "rows": page.of(licences.with_names(rows)),
        "expiries": LicenceExpiry.choices,
        "reminders": reminders(today),
        "today": today,
    }
    template = "register/_licence_list.html" if is_htmx(request) else "register/licence_list.html"
    return render(request, template, context)


@require_POST
@requires(Permission.ENTERPRISE_VIEW)
def export_licences(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    return jobs.start_export(request, tasks.export_licences, "导出证照到期表")


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def licence(request: ActingRequest, licence_id: UUID) -> HttpResponse:
    """One licence: what it says, the scans, what was done to it."""
    found = licences.licence(request.actor, licence_id)
    context = {
        "licence": found,
        "papers": files.files_of(LICENCE.subject_type, [found.id])[found.id],
        "history": told(processes.history_of(found.id)),
        "reminders": reminders(clock.today()),
        "may_edit": request.actor.can(Permission.LICENCE_EDIT) and found.status == LicenceState.IN_FORCE,
        "shows_people": not request.actor.is_enterprise,
    }
    return render(request, "register/licence.html", context)


@FORM
@requires(Permission.LICENCE_EDIT)
def register_licence(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """The form of a licence that is not there yet."""
    enterprise = selectors.enterprise(request.actor, enterprise_id)
    sites = selectors.sites(request.actor, selectors.SiteFilters(enterprise_id=enterprise_id))
    form = LicenceForm(*posted(request), actor=request.actor, sites=sites)
    home = reverse("register:enterprise", args=[enterprise_id])
    return run_act(request, Act("登记证照", enterprise.name, home, "已登记证照。"), form, lambda given: (
        actions.register_licence(
            actor=request.actor, enterprise_id=enterprise_id, facts=LicenceFacts(**form.changes()),
            file_ids=form.file_ids(),
        )
    ))  # fmt: skip


@FORM
@requires(Permission.LICENCE_EDIT)
def renew_licence(request: ActingRequest, licence_id: UUID) -> HttpResponse:
    """The new paper."""
    return _change(
        request, licence_id, "renew_licence", "换证、延期", "填新证的证号、有效期；旧证的内容留在办理经过里。"
    )


@FORM
@requires(Permission.LICENCE_EDIT)
def correct_licence(request: ActingRequest, licence_id: UUID) -> HttpResponse:
    """Putting right what was written down wrong."""
    return _change(
        request, licence_id, "correct_licence", "更正", "只用来改登记错了的内容；换了新证的请用“换证、延期”。"
    )


def _change(request: ActingRequest, licence_id: UUID, verb: str, label: str, intro: str) -> HttpResponse:
    found = _checked(request, licence_id, verb)
    sites = selectors.sites(request.actor, selectors.SiteFilters(enterprise_id=found.enterprise_id))
    initial = LicenceForm.starting_values(found)
    form = LicenceForm(*posted(request), actor=request.actor, sites=sites, intro=intro, initial=initial)
    do = getattr(actions, verb)
    return run_act(request, _act(found, label, f"已{label}。"), form, lambda given: do(
        actor=request.actor, licence_id=licence_id, changes=form.changes(), file_ids=form.file_ids(),
        if_versions=form.if_versions,
    ))  # fmt: skip


@FORM
@requires(Permission.LICENCE_EDIT)
def cancel_licence(request: ActingRequest, licence_id: UUID) -> HttpResponse:
    """Taking it off the list."""
    found = _checked(request, licence_id, "cancel_licence")
    form = CancelLicenceForm(*posted(request), actor=request.actor, initial={"version": found.version})
    return run_act(request, _act(found, "注销", "已注销。"), form, lambda given: actions.cancel_licence(
        actor=request.actor, licence_id=licence_id, reason=given["reason"], if_versions=form.if_versions
    ))  # fmt: skip


def _checked(request: ActingRequest, licence_id: UUID, verb: str) -> Licence:
    found = licences.licence(request.actor, licence_id)
    if request.method == "GET":
        processes.check_state(LICENCE, found, verb)
    return found


def _act(found: Licence, label: str, done: str) -> Act:
    return Act(label, f"{found.enterprise.name} {found}", reverse("register:licence", args=[found.id]), done)
