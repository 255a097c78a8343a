"""隐患清单签字: who has signed, signing, and one signed list."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refused
from anlan.supervision import actions, tasks
from anlan.supervision.choices import ListLevel, PeriodKind
from anlan.supervision.models import SignedList
from anlan.supervision.periods import Period
from anlan.supervision.selectors import signed_lists as selectors
from anlan.ui.lists import Column, asked_page_among

MONTHS, QUARTERS = 6, 4
BELOW = {
    ListLevel.CITY: (ListLevel.COUNTY,),
    ListLevel.COUNTY: (ListLevel.TOWNSHIP, ListLevel.VILLAGE, ListLevel.ENTERPRISE),
    ListLevel.TOWNSHIP: (ListLevel.VILLAGE, ListLevel.ENTERPRISE),
    ListLevel.VILLAGE: (ListLevel.ENTERPRISE,),
}
COLUMNS = (
    Column("单位", width="wide"),
    Column("清单", align="end", width="narrow"),
    Column("其中重大", align="end", width="narrow"),
    Column("签字", width="narrow"),
    Column("分管负责人"),
    Column("签字时间", width="narrow"),
)
ROW_COLUMNS = (
    Column("隐患", width="wide"),
    Column("等级", width="narrow"),
    Column("责任主体"),
    Column("主办单位"),
    Column("整改期限", width="narrow"),
    Column("期末状态", width="narrow"),
)


@dataclass(frozen=True)
class Line:
    """A unit's list of a period: what it holds, and how the signature stands."""

    keeper: Organisation
    row_count: int
    major_count: int
    signed: SignedList | None
    has_changed: bool


class SignForm(forms.Form):
    use_required_attribute = False
    content_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    signatory = forms.CharField(
        label="分管负责人", max_length=60, error_messages={"required": "请填写分管负责人姓名。"}
    )
    post = forms.CharField(label="职务", max_length=60, required=False)


@require_GET
@requires(Permission.SIGNED_LIST_VIEW)
def board(request: ActingRequest) -> HttpResponse:
    """The lists of a period: one's own, and those of the units below, the unsigned ones first."""
    actor = request.actor
    period = Period.read(request.GET.get("period", "")) or Period.latest()
    own = _own_keeper(actor)
    own_level = selectors.level_of(own) if own else None
    levels = BELOW.get(own_level, ()) if own_level else ()
    level = request.GET.get("level", "")
    level = level if level in levels else (levels[0] if levels else "")
    below = list(selectors.keepers_below(actor, ListLevel(level))) if level else []
    lines = _lines(actor, below, period)
    if level == ListLevel.ENTERPRISE:
        lines = [line for line in lines if line.row_count or line.signed]
    unsigned, changed = sum(line.signed is None for line in lines), sum(line.has_changed for line in lines)
    state = request.GET.get("state", "")
    if state == "unsigned":
        lines = [line for line in lines if line.signed is None]
    lines.sort(key=lambda line: (line.signed is not None, line.signed is not None and not line.has_changed))
    page = asked_page_among(request, len(lines))
    context = {
        "period": period,
        "periods": _periods(),
        "own": _lines(actor, [own], period)[0] if own else None,
        "levels": [(one, one.label) for one in levels],
        "level": level,
        "lines": page.of(lines),
        "page": page,
        "columns": COLUMNS,
        "state": state,
        "unsigned": unsigned,
        "changed": changed,
        "may_sign": actor.can(Permission.SIGNED_LIST_SIGN),
    }
    return render(request, "supervision/signed/board.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SIGNED_LIST_SIGN)
def sign(request: ActingRequest) -> HttpResponse:
    """The list as it stands now, and signing it."""
    actor = request.actor
    period = Period.read(request.GET.get("period", "")) or Period.latest()
    keeper = selectors.keeper_for(actor)
    form = SignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            signed = actions.sign_list(actor=actor, period=period, **form.cleaned_data)
        except (Refused, Invalid) as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{period.label}的隐患清单已签字，第 {signed.edition} 版。")
            return redirect("signed_lists:list", signed.id)
    rows = selectors.rows_now(keeper, period)
    context = {
        "form": form,
        "period": period,
        "keeper": keeper,
        "rows": rows,
        "major_count": sum(row.level.startswith("重大") for row in rows),
        "columns": ROW_COLUMNS,
        "content_hash": selectors.content_hash(keeper.id, period, rows),
        "latest": selectors.latest_editions(actor, [keeper.id], period).get(keeper.id),
    }
    return render(request, "supervision/signed/sign.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(Permission.SIGNED_LIST_VIEW)
def signed_list(request: ActingRequest, list_id: UUID) -> HttpResponse:
    """One signed list: whether it is sound, whether the matters have changed since, its lines, its other editions."""
    return render(request, "supervision/signed/list.html", _of_one(request.actor, list_id))


@require_GET
@requires(Permission.SIGNED_LIST_VIEW)
def print_list(request: ActingRequest, list_id: UUID) -> HttpResponse:
    """The same on A4 landscape, to be signed by hand and filed."""
    return render(request, "supervision/signed/print.html", _of_one(request.actor, list_id))


@require_POST
@requires(Permission.SIGNED_LIST_VIEW)
def export(request: ActingRequest, list_id: UUID) -> HttpResponse:
    """Start writing the signed list as Excel; go to its progress."""
    signed = selectors.signed_list(request.actor, list_id)
    title = f"导出{signed.organisation.short_name}隐患清单"
    query = {"signed_list": [str(signed.id)]}
    job = jobs.start(actor=request.actor, work=tasks.export_signed_list, title=title, query=query)
    return redirect("jobs:page", job.id)


def _of_one(actor: Actor, list_id: UUID) -> dict[str, Any]:
    signed = selectors.signed_list(actor, list_id)
    period = selectors.period_of(signed)
    editions = selectors.editions(actor, signed.organisation_id, period)
    in_force = editions[0].id == signed.id
    own = _own_keeper(actor)
    is_own = own is not None and own.id == signed.organisation_id
    return {
        "signed": signed,
        "rows": selectors.rows_as_signed(signed),
        "columns": ROW_COLUMNS,
        "period": period,
        "editions": editions,
        "in_force": in_force,
        "changes": selectors.changes_since(signed) if in_force else [],
        "is_sound": selectors.is_sound(signed),
        "may_sign": is_own and actor.can(Permission.SIGNED_LIST_SIGN),
        "sign_url": f"{reverse('signed_lists:sign')}?period={period.code}",
    }


def _lines(actor: Actor, keepers: list[Organisation], period: Period) -> list[Line]:
    """Two queries, however many there are of one level."""
    if not keepers:
        return []
    within = keepers[0].region.path if len(keepers) == 1 else actor.region_path
    rows = selectors.rows_by_keeper(keepers, period, within=within)
    signed = selectors.latest_editions(actor, [keeper.id for keeper in keepers], period)
    lines = []
    for keeper in keepers:
        mine, latest = rows[keeper.id], signed.get(keeper.id)
        changed = latest is not None and latest.content_hash != selectors.content_hash(keeper.id, period, mine)
        majors = sum(row.level.startswith("重大") for row in mine)
        lines.append(Line(keeper, len(mine), majors, latest, changed))
    return lines


def _own_keeper(actor: Actor) -> Organisation | None:
    try:
        return selectors.keeper_for(actor)
    except Refused:
        return None


def _periods() -> list[Period]:
    """The last months and quarters that are over, the latest first."""
    found = [Period.latest()]
    while len(found) < MONTHS:
        found.append(found[-1].before)
    found.append(Period.of(clock.today(), PeriodKind.QUARTER).before)
    while len(found) < MONTHS + QUARTERS:
        found.append(found[-1].before)
    return found
