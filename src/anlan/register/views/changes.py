"""The pages of statuses, moves and tenancies."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from anlan.authz.permissions import Permission
from anlan.files import api as files
from anlan.http.api import ActingRequest, is_htmx, requires
from anlan.processes import api as processes
from anlan.register import actions, selectors
from anlan.register.choices import ChangeState, TransferState
from anlan.register.forms.changes import (
    AcceptResumptionForm,
    AnswerForm,
    EndTenancyForm,
    ReceiveForm,
    RemarkForm,
    ResumptionForm,
    SetStatusForm,
    TenancyForm,
    TransferForm,
)
from anlan.register.models import Enterprise, Site, SiteTransfer
from anlan.register.open_matters import in_words
from anlan.register.policies import (
    check_can_accept_resumption,
    check_can_request_resumption,
    check_can_withdraw_transfer,
    check_receives,
    is_receiver,
)
from anlan.register.selectors import changes, tags
from anlan.register.selectors.duplicates import merges_into
from anlan.register.views.acts import Act, posted, run_act
from anlan.register.workflow import STATUS, TRANSFER

FORM = require_http_methods(["GET", "POST"])


def _home(enterprise_id: UUID) -> str:
    return reverse("register:enterprise", args=[enterprise_id])


def _called(holder: Enterprise | Site) -> str:
    """A site is called with its enterprise: 主厂区 alone says nothing."""
    return f"{holder.enterprise.name} {holder.name}" if isinstance(holder, Site) else holder.name


def _evidenced(form: SetStatusForm | ResumptionForm, given: dict[str, Any]) -> actions.Evidenced:
    return actions.Evidenced(reason=given["reason"], since_on=given["since_on"], file_ids=form.file_ids())


@FORM
@requires(Permission.ENTERPRISE_EDIT)
def set_enterprise_status(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """The form of a new status of the legal person."""
    enterprise = selectors.enterprise(request.actor, enterprise_id)
    form = SetStatusForm(*posted(request), actor=request.actor, holder=enterprise)
    act = Act(
        "变更状态", f"{enterprise.name}：现在{enterprise.get_status_display()}", _home(enterprise_id), "状态已变更。"
    )
    return run_act(request, act, form, lambda given: actions.set_enterprise_status(
        actor=request.actor, enterprise_id=enterprise_id, to_status=given["to_status"], on=_evidenced(form, given),
        if_versions=form.if_versions,
    ))  # fmt: skip


@FORM
@requires(Permission.SITE_EDIT)
def set_site_status(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """The form of a new status of one site."""
    site = selectors.site(request.actor, site_id)
    form = SetStatusForm(*posted(request), actor=request.actor, holder=site)
    act = Act(
        "变更状态", f"{_called(site)}：现在{site.get_status_display()}", _home(site.enterprise_id), "状态已变更。"
    )
    return run_act(request, act, form, lambda given: actions.set_site_status(
        actor=request.actor, site_id=site_id, to_status=given["to_status"], on=_evidenced(form, given),
        if_versions=form.if_versions,
    ))  # fmt: skip


@FORM
@requires(Permission.SITE_REQUEST_RESUMPTION)
def request_enterprise_resumption(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """Asking for 复产验收 of the enterprise."""
    enterprise = selectors.enterprise(request.actor, enterprise_id)
    return _request_resumption(request, enterprise, enterprise_id, enterprise_id=enterprise_id)


@FORM
@requires(Permission.SITE_REQUEST_RESUMPTION)
def request_site_resumption(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """Asking for 复产验收 of one site."""
    site = selectors.site(request.actor, site_id)
    return _request_resumption(request, site, site.enterprise_id, site_id=site_id)


def _request_resumption(request: ActingRequest, holder: Enterprise | Site, home: UUID, **subject: UUID) -> HttpResponse:
    if request.method == "GET":
        check_can_request_resumption(holder, changes.status_changes_of(holder))
    form = ResumptionForm(*posted(request), actor=request.actor)
    act = Act("申请复产验收", _called(holder), _home(home), "已申请，等待验收。")
    return run_act(request, act, form, lambda given: actions.request_resumption(
        actor=request.actor, on=_evidenced(form, given), **subject
    ))  # fmt: skip


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def history(request: ActingRequest, enterprise_id: UUID) -> HttpResponse:
    """Statuses, moves and tenancies of an enterprise and its sites: a part of its page, fetched by itself."""
    enterprise = selectors.enterprise(request.actor, enterprise_id)
    sites = list(selectors.sites(request.actor, selectors.SiteFilters(enterprise_id=enterprise_id)))
    rented = changes.tenancies_around(request.actor, enterprise)
    happened = {
        "status_timeline": changes.status_timeline(enterprise, sites),
        "waiting_transfers": changes.waiting_transfers(sites),
        "rents_out": [one for one in rented if one.landlord_id == enterprise.id],
        "rents_from": [one for one in rented if one.landlord_id != enterprise.id],
        "merges": merges_into(enterprise, sites),
        "tags_ever": tags.tags_ever(sites),
    }
    context = {
        **happened,
        "enterprise": enterprise,
        "has_history": any(happened.values()),
        "shows_people": not request.actor.is_enterprise,
        "may_edit_site": request.actor.can(Permission.SITE_EDIT),
    }
    template = "register/_enterprise_history.html" if is_htmx(request) else "register/history.html"
    return render(request, template, context)


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def status_change(request: ActingRequest, change_id: UUID) -> HttpResponse:
    """One change: what it was before, why, who, the papers."""
    change = changes.status_change(request.actor, change_id)
    may_accept = request.actor.can(Permission.SITE_ACCEPT_RESUMPTION) and change.status == ChangeState.REQUESTED
    context = {
        "change": change,
        "papers": files.files_of(STATUS.subject_type, [change.id])[change.id],
        "may_accept": may_accept and request.actor.user_id != change.asked_by_id,
        "waits_for_others": may_accept and request.actor.is_party(change.asked_by_id),
    }
    return render(request, "register/status_change.html", context)


@FORM
@requires(Permission.SITE_ACCEPT_RESUMPTION)
def accept_resumption(request: ActingRequest, change_id: UUID) -> HttpResponse:
    """Accepting that it works again."""
    change = changes.status_change(request.actor, change_id)
    if request.method == "GET":
        processes.check_state(STATUS, change, "accept_resumption")
        check_can_accept_resumption(request.actor, change)
    form = AcceptResumptionForm(*posted(request), actor=request.actor, initial={"version": change.version})
    act = Act("同意复产", _called(change.site or change.enterprise), reverse("register:status-change", args=[change_id]),
              "复产验收通过，状态已改为在产。")  # fmt: skip
    return run_act(request, act, form, lambda given: actions.accept_resumption(
        actor=request.actor, change_id=change_id, note=given["note"], file_ids=form.file_ids(),
        if_versions=form.if_versions,
    ))  # fmt: skip


@FORM
@requires(Permission.SITE_ACCEPT_RESUMPTION)
def refuse_resumption(request: ActingRequest, change_id: UUID) -> HttpResponse:
    """Saying why it may not work yet."""
    change = changes.status_change(request.actor, change_id)
    if request.method == "GET":
        processes.check_state(STATUS, change, "refuse_resumption")
        check_can_accept_resumption(request.actor, change)
    form = AnswerForm(*posted(request), actor=request.actor, initial={"version": change.version})
    act = Act("不同意复产", _called(change.site or change.enterprise), reverse("register:status-change", args=[change_id]),
              "已答复不同意复产。")  # fmt: skip
    return run_act(request, act, form, lambda given: actions.refuse_resumption(
        actor=request.actor, change_id=change_id, note=given["note"], if_versions=form.if_versions
    ))  # fmt: skip


@FORM
@requires(Permission.SITE_TRANSFER)
def propose_transfer(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """Offering a site to another 属地 unit."""
    site = selectors.site(request.actor, site_id)
    form = TransferForm(*posted(request), actor=request.actor, site=site)
    act = Act(
        "移交",
        f"{_called(site)}：现属{site.local_unit.short_name}",
        _home(site.enterprise_id),
        "已提出移交，等待对方接收。",
    )
    return run_act(request, act, form, lambda given: actions.propose_site_transfer(
        actor=request.actor, site_id=site_id, to_region_id=UUID(given["region"]),
        to_unit_id=UUID(given["local_unit"]) if given["local_unit"] else None,
        new_address=given["new_address"], reason=given["reason"], if_versions=form.if_versions,
    ))  # fmt: skip


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def transfer_list(request: ActingRequest) -> HttpResponse:
    """What comes and goes, the waiting ones first."""
    rows = list(changes.transfers(request.actor)[:100])
    waiting = [row for row in rows if row.status == TransferState.PROPOSED]
    context = {
        "incoming": list(changes.transfers_to_receive(request.actor)),
        "outgoing": [row for row in waiting if not is_receiver(request.actor, row)],
        "answered": [row for row in rows if row.status != TransferState.PROPOSED],
    }
    return render(request, "register/transfer_list.html", context)


@require_GET
@requires(Permission.ENTERPRISE_VIEW)
def transfer(request: ActingRequest, transfer_id: UUID) -> HttpResponse:
    """One move, and its answer."""
    found = changes.transfer(request.actor, transfer_id)
    may = request.actor.can(Permission.SITE_TRANSFER) and found.status == TransferState.PROPOSED
    receives = is_receiver(request.actor, found)
    context = {
        "transfer": found,
        "may_answer": may and receives,
        "may_withdraw": may and not receives,
        "open_matters": in_words(changes.waiting_with(request.actor, found)),
        "travelled": in_words(changes.travelled_with(request.actor, found)),
    }
    return render(request, "register/transfer.html", context)


@FORM
@requires(Permission.SITE_TRANSFER)
def confirm_transfer(request: ActingRequest, transfer_id: UUID) -> HttpResponse:
    """The receiver takes it, and is told how much came with it."""
    found = changes.transfer(request.actor, transfer_id)
    if request.method == "GET":
        processes.check_state(TRANSFER, found, "confirm_transfer")
        check_receives(request.actor, found)
    form = ReceiveForm(*posted(request), actor=request.actor, site=found.site, initial={"version": found.version})

    def receive(given: dict[str, Any]) -> SiteTransfer:
        done = actions.confirm_transfer(
            actor=request.actor, transfer_id=transfer_id, note=given["note"], if_versions=form.if_versions
        )
        came = in_words(changes.travelled_with(request.actor, done))
        messages.success(request, f"已接收，从现在起由本单位负责。{f'{came}随场所移交过来。' if came else ''}")
        return done

    return run_act(request, _answer_act(found, "接收", ""), form, receive)


@FORM
@requires(Permission.SITE_TRANSFER)
def refuse_transfer(request: ActingRequest, transfer_id: UUID) -> HttpResponse:
    """The receiver says why not."""
    return _answer_transfer(request, transfer_id, "refuse_transfer", "不接收", "已答复不接收。")


@FORM
@requires(Permission.SITE_TRANSFER)
def withdraw_transfer(request: ActingRequest, transfer_id: UUID) -> HttpResponse:
    """The proposing side takes it back."""
    return _answer_transfer(request, transfer_id, "withdraw_transfer", "撤回移交", "已撤回。")


def _answer_act(found: SiteTransfer, label: str, done: str) -> Act:
    return Act(label, _called(found.site), reverse("register:transfer", args=[found.id]), done)


def _answer_transfer(request: ActingRequest, transfer_id: UUID, verb: str, label: str, done: str) -> HttpResponse:
    found = changes.transfer(request.actor, transfer_id)
    if request.method == "GET":
        processes.check_state(TRANSFER, found, verb)
        policy = check_can_withdraw_transfer if verb == "withdraw_transfer" else check_receives
        policy(request.actor, found)
    form_class = AnswerForm if verb == "refuse_transfer" else RemarkForm
    form = form_class(*posted(request), actor=request.actor, initial={"version": found.version})
    act = _answer_act(found, label, done)
    do = getattr(actions, verb)
    return run_act(request, act, form, lambda given: do(
        actor=request.actor, transfer_id=transfer_id, note=given["note"], if_versions=form.if_versions
    ))  # fmt: skip


@FORM
@requires(Permission.SITE_EDIT)
def register_tenancy(request: ActingRequest, site_id: UUID) -> HttpResponse:
    """From whom a site rents."""
    site = selectors.site(request.actor, site_id)
    form = TenancyForm(*posted(request), actor=request.actor)
    act = Act("登记出租方", f"承租场所：{_called(site)}", _home(site.enterprise_id), "已登记租赁关系。")
    return run_act(request, act, form, lambda given: actions.register_tenancy(
        actor=request.actor, tenant_site_id=site_id, landlord_id=given["landlord"].id, valid_from=given["valid_from"]
    ))  # fmt: skip


@FORM
@requires(Permission.SITE_EDIT)
def end_tenancy(request: ActingRequest, tenancy_id: UUID) -> HttpResponse:
    """The last day of a tenancy."""
    found = changes.tenancy(request.actor, tenancy_id)
    form = EndTenancyForm(*posted(request), actor=request.actor)
    act = Act("登记退租", f"{_called(found.tenant_site)} 承租 {found.landlord.name}",
              _home(found.tenant_site.enterprise_id), "已登记退租。")  # fmt: skip
    return run_act(request, act, form, lambda given: actions.end_tenancy(
        actor=request.actor, tenancy_id=tenancy_id, on=given["valid_to"]
    ))  # fmt: skip
