"""企业自查报送: the township's board, the draw, and what enterprises do with their own findings."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.files import api as files
from anlan.http.api import ActingRequest, requires
from anlan.inspections import actions, selectors
from anlan.inspections.choices import Filing, Verification
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, Refused
from anlan.ui.lists import SHORT_PAGE, Column, asked_page_among

COLUMNS = (
    Column("企业", width="wide"),
    Column("属地", width="narrow"),
    Column("报送", width="narrow"),
    Column("报送时间", width="narrow"),
    Column("账号", width="narrow"),
)


@require_GET
@requires(Permission.CHECK_EXPORT)
def filings(request: ActingRequest) -> HttpResponse:
    """Who has filed this month's self-check, who late, who not."""
    actor, month = request.actor, month_named(request)
    state = request.GET.get("state", "")
    counts = selectors.filing_counts(actor, month)
    page = asked_page_among(request, counts.get(state.lower(), counts["total"]), size=SHORT_PAGE)
    rows = selectors.with_filing(actor, month, state).with_names().order_by("filing_at", "name")
    in_time = clock.end_of(selectors.end_of_month(month))
    sample = selectors.sample_of(actor, month) if actor.can(Permission.SELF_CHECK_SAMPLE) else None
    context = {
        "month": month,
        "previous": selectors.month_of(date.fromordinal(month.toordinal() - 1)),
        "following": date.fromordinal(selectors.end_of_month(month).toordinal() + 1),
        "is_this_month": month == selectors.month_of(clock.today()),
        "counts": counts,
        "line": selectors.self_check_line(actor, month),
        "states": [(value, label, counts[value.lower()]) for value, label in Filing.choices],
        "state": state,
        "columns": COLUMNS,
        "page": page,
        "rows": page.of(rows),
        "in_time": in_time,
        "sample": sample,
        "drawn": selectors.sample_items(sample) if sample else [],
        "may_sample": actor.can(Permission.SELF_CHECK_SAMPLE),
        "overdue": selectors.open_self_check_findings(actor).filter(due_on__lt=clock.today())[:10],
    }
    return render(request, "inspections/filings.html", context)


@require_POST
@requires(Permission.SELF_CHECK_SAMPLE)
def draw(request: ActingRequest) -> HttpResponse:
    """Draw the filings to verify on site."""
    month = month_named(request)
    number = request.POST.get("number", "")
    amount = int(number) if number.isdecimal() and len(number) < 6 else 0
    how = {"percent": amount} if request.POST.get("unit") == "percent" else {"count": amount}
    try:
        actions.draw(actor=request.actor, month=month, **how)
        messages.success(request, "已抽取，名单和种子已存证。")
    except (Refused, Invalid) as refusal:
        messages.error(request, refusal.reason)
    return redirect(f"{reverse('inspections:filings')}?month={month:%Y-%m}")


@require_POST
@requires(Permission.SELF_CHECK_SAMPLE)
def verify(request: ActingRequest, sample_item_id: UUID) -> HttpResponse:
    """属实 or 不实."""
    month = month_named(request)
    result, note = request.POST.get("result", ""), request.POST.get("note", "")
    try:
        actions.verify(actor=request.actor, sample_item_id=sample_item_id, result=result, note=note)
        messages.success(request, f"已记录：{Verification(result).label}。")
    except (Refused, Invalid) as refusal:
        messages.error(request, refusal.reason)
    return redirect(f"{reverse('inspections:filings')}?month={month:%Y-%m}#sample")


@require_POST
@requires(Permission.SELF_CHECK_FILE)
def close_inside(request: ActingRequest, finding_id: UUID) -> HttpResponse:
    """Put right and accepted inside the enterprise."""
    post = request.POST
    try:
        photos = [
            files.store(actor=request.actor, upload=one, kind=files.Kind.AFTER).id
            for one in request.FILES.getlist("photos")
        ]
        finding = actions.close_inside(
            actor=request.actor,
            finding_id=finding_id,
            measure=post.get("measure", ""),
            rectified_by=post.get("rectified_by", ""),
            accepted_by=post.get("accepted_by", ""),
            photo_ids=photos,
        )
        messages.success(request, "已记录自改，并由另一人验收。")
        return redirect("inspections:record", finding.check_record_id)
    except (Refused, Invalid, Forbidden) as refusal:
        messages.error(request, refusal.reason)
        return redirect(_back(request))


@require_POST
@requires(Permission.CHECK_VIEW)
def hand_over(request: ActingRequest, finding_id: UUID) -> HttpResponse:
    """To the government as a hidden danger."""
    try:
        finding = actions.hand_over(actor=request.actor, finding_id=finding_id)
        messages.success(request, "已转为隐患，由初审单位核定。")
        return redirect("inspections:record", finding.check_record_id)
    except (Refused, Invalid) as refusal:
        messages.error(request, refusal.reason)
        return redirect(_back(request))


def _back(request: ActingRequest) -> str:
    """The record the form stood on, by its id; never an address that was sent."""
    try:
        return reverse("inspections:record", args=[UUID(request.POST.get("check", ""))])
    except ValueError:
        return reverse("inspections:list")


def month_named(request: ActingRequest) -> date:
    """``?month=2026-11``; this month when it cannot be read."""
    text = request.POST.get("month", "") or request.GET.get("month", "")
    try:
        return date.fromisoformat(f"{text}-01") if text.startswith("20") else selectors.month_of(clock.today())
    except ValueError:
        return selectors.month_of(clock.today())
