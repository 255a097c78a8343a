"""Looking after accounts: the list, one account, a new one, another grant."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.accounts import actions, policies, selectors
from anlan.accounts.forms import AccountFilterForm, GrantForm, OpenAccountForm, PersonFields
from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from anlan.ui.lists import Column, asked_page, filters_of

OFFERED = 50
"""Organisations shown before one has typed a longer part of the name."""
COLUMNS = [
    Column("姓名", width="wide"),
    Column("单位和角色", width="wide"),
    Column("手机"),
    Column("状态", width="narrow"),
    Column("最近登录", width="narrow"),
]
KEPT = (Invalid, Forbidden, Refused)


@require_GET
@requires(Permission.ACCOUNT_ADMINISTER)
def account_list(request: ActingRequest) -> HttpResponse:
    """The accounts the actor looks after."""
    form = AccountFilterForm(request.GET, actor=request.actor)
    rows = selectors.accounts_within(request.actor, form.as_filters())
    page = asked_page(request, rows)
    context = {
        "filters": filters_of(form, request.GET),
        "columns": COLUMNS,
        "page": page,
        "rows": page.of(selectors.with_grants(rows.order_by("display_name", "id"), request.actor)),
        "now": clock.now(),
    }
    return render(request, "accounts/list.html", context)


@require_GET
@requires(Permission.ACCOUNT_ADMINISTER)
def account_page(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """One account: facts, grants, sessions, and what may be done with it."""
    return _account_page(request, user_id)


def _account_page(request: ActingRequest, user_id: UUID, **more: Any) -> HttpResponse:
    user = selectors.account_within(request.actor, user_id)
    today = clock.today()
    grants = list(selectors.grants_of_account(request.actor, user_id))
    live = selectors.live_grants(user_id)
    context = {
        "account": user,
        "live": [grant for grant in grants if grant.valid_to is None or grant.valid_to >= today],
        "past": [grant for grant in grants if grant.valid_to is not None and grant.valid_to < today],
        "today": today,
        "is_oneself": request.actor.is_party(user_id),
        "acts_elsewhere": not all(policies.administers(request.actor, grant) for grant in live),
        "sessions": selectors.sessions_of(user_id),
        "factors": selectors.factors_of(user_id),
        "stand_ins": selectors.stand_ins_of(user_id, request.actor),
        **more,
    }
    context["may_manage"] = not context["is_oneself"] and not context["acts_elsewhere"]
    return render(request, "accounts/account.html", context)


def show_password(request: ActingRequest, user_id: UUID, password: str) -> HttpResponse:
    """The account's page with a password on it that is shown this once."""
    response = _account_page(request, user_id, password=password)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_ADMINISTER)
def open_account(request: ActingRequest) -> HttpResponse:
    """First the organisation, then the person; at the end the temporary password, once."""
    organisation = _chosen(request)
    if organisation is None:
        return _choose(request, heading="新建账号", back="/users/")
    form = OpenAccountForm(request.POST or None, actor=request.actor, organisation=organisation)
    if form.is_bound and form.is_valid():
        try:
            user, password = actions.open_account(actor=request.actor, person=form.person(), grant=form.grant())
        except KEPT as refusal:
            form.take(refusal)
        else:
            return show_password(request, user.id, password)
    context = {"form": form, "organisation": organisation}
    return render(request, "accounts/open.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_ADMINISTER)
def grant(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """Another grant for somebody: first the organisation, then the role."""
    user = selectors.account_within(request.actor, user_id)
    policies.check_not_oneself(request.actor, user_id, "授权")
    organisation = _chosen(request)
    if organisation is None:
        return _choose(request, heading=f"给{user.display_name}授权", back=f"/users/{user_id}/")
    form = GrantForm(request.POST or None, actor=request.actor, organisation=organisation)
    if form.is_bound and form.is_valid():
        try:
            actions.grant_by_facts(actor=request.actor, user_id=user_id, grant=form.grant())
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已授权，立即生效。" if form.grant().valid_from == clock.today() else "已授权。")
            return redirect("users:account", user_id)
    context = {"form": form, "organisation": organisation, "account": user}
    return render(request, "accounts/grant.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_ADMINISTER)
def edit(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """Name and telephone."""
    user = selectors.account_within(request.actor, user_id)
    form = PersonFields(request.POST or None, initial={"display_name": user.display_name, "phone": user.phone})
    if form.is_bound and form.is_valid():
        try:
            actions.edit_user(actor=request.actor, user_id=user_id, **form.cleaned_data)
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("users:account", user_id)
    context = {"form": form, "account": user}
    return render(request, "accounts/edit.html", context, status=422 if form.is_bound else 200)


def _chosen(request: ActingRequest) -> Any:
    """The organisation in the address, or None while none is chosen. NotInScope (404)."""
    asked = request.GET.get("organisation", "")
    if not asked:
        return None
    try:
        return selectors.organisation_within(request.actor, UUID(asked))
    except ValueError as error:
        raise NotInScope("单位") from error


def _choose(request: ActingRequest, *, heading: str, back: str) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:60]
    found = list(selectors.organisations_to_choose(request.actor, text)[: OFFERED + 1])
    context = {"heading": heading, "back": back, "q": text, "organisations": found[:OFFERED]}
    return render(request, "accounts/choose.html", {**context, "are_more": len(found) > OFFERED})
