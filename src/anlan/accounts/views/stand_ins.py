"""请假代办: the form, by the person or by the administrator, and the end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from anlan.accounts import actions, policies, selectors
from anlan.accounts.forms import StandInForm
from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.lib.refusals import Forbidden, Invalid, Refused

KEPT = (Invalid, Forbidden, Refused)


@require_http_methods(["GET", "POST"])
@requires(Permission.DESK_VIEW)
def name_own(request: ActingRequest) -> HttpResponse:
    """Somebody for oneself."""
    return _name(request, request.actor.person_id, redirect("account_own"))


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_ADMINISTER)
def name_for(request: ActingRequest, user_id: UUID) -> HttpResponse:
    """Somebody for a person who cannot do it themselves."""
    selectors.account_within(request.actor, user_id)
    policies.check_not_oneself(request.actor, user_id, "指定代办")
    return _name(request, user_id, redirect("users:account", user_id))


@require_POST
@requires(Permission.DESK_VIEW)
def end_own(request: ActingRequest, stand_in_id: UUID) -> HttpResponse:
    """End it, as one of the two."""
    actions.end_stand_in(actor=request.actor, stand_in_id=stand_in_id)
    messages.success(request, "代办已结束。")
    return redirect("account_own")


@require_POST
@requires(Permission.ACCOUNT_ADMINISTER)
def end_for(request: ActingRequest, stand_in_id: UUID) -> HttpResponse:
    """End it, as the administrator."""
    ended = actions.end_stand_in(actor=request.actor, stand_in_id=stand_in_id)
    messages.success(request, "代办已结束。")
    return redirect("users:account", ended.grant.user_id)


def _name(request: ActingRequest, user_id: UUID, back: HttpResponse) -> HttpResponse:
    grants = selectors.grants_to_lend(user_id, request.actor)
    colleagues = list(selectors.colleagues_of(grants).exclude(id=user_id))
    form = StandInForm(request.POST or None, grants=grants, colleagues=colleagues)
    if form.is_bound and form.is_valid():
        try:
            actions.name_stand_in(actor=request.actor, **form.arguments())
        except KEPT as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已安排代办，到期自动结束。")
            return back
    context = {"form": form, "back": back["Location"], "colleagues": colleagues, "grants": grants}
    context["is_own"] = user_id == request.actor.user_id
    return render(request, "accounts/name_stand_in.html", context, status=422 if form.is_bound else 200)
