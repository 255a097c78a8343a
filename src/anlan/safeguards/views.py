"""活动保障: the board, one event with its matters, and what is done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.authz.permissions import Permission
from anlan.hidden_dangers import api as loop
from anlan.http.api import ActingRequest, requires
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.lib.refusals import Refusal
from anlan.safeguards import actions, selectors, tasks
from anlan.safeguards.boards import lines_of
from anlan.safeguards.choices import EventState, MatterState
from anlan.safeguards.forms import EventForm, NothingForm, NumbersForm, RegisteredForm, ReleaseForm, SafeguardForm
from anlan.safeguards.models import GuaranteedEvent
from anlan.safeguards.policies import check_can_edit, check_is_running, may_edit
from anlan.ui.lists import SHORT_PAGE, Column, asked_page

FORM = require_http_methods(["GET", "POST"])
COLUMNS = (
    Column("活动", width="wide"),
    Column("开幕", width="narrow"),
    Column("发现", align="end", width="narrow"),
    Column("已销号", align="end", width="narrow"),
    Column("剩余", align="end", width="narrow"),
    Column("清零率", align="end", width="narrow"),
)
MATTER_COLUMNS = tuple(Column(column.label, width=column.width) for column in loop.COLUMNS)
PRINTED = 2000


@dataclass(frozen=True)
class Act:
    """``label`` is the verb on the button; ``back`` the page one comes from."""

    label: str
    about: str
    back: str
    intro: str = ""


@require_GET
@requires(Permission.SAFEGUARD_VIEW)
def board(request: ActingRequest) -> HttpResponse:
    """The events that run, the next opening first; or those that were concluded."""
    state = request.GET.get("state", "")
    state = state if state in EventState.values else EventState.RUNNING.value
    rows = selectors.events(request.actor, state)
    page = asked_page(request, rows, SHORT_PAGE)
    context = {
        "lines": lines_of(request.actor, page.of(rows), clock.today()),
        "page": page,
        "columns": COLUMNS,
        "states": EventState.choices,
        "state": state,
        "may_establish": request.actor.can(Permission.SAFEGUARD_EDIT),
    }
    return render(request, "safeguards/board.html", context)


@require_GET
@requires(Permission.SAFEGUARD_VIEW)
def event(request: ActingRequest, event_id: UUID) -> HttpResponse:
    """One event: its numbers, and exactly the matters one of them counts."""
    found = selectors.event(request.actor, event_id)
    state = state_of(request)
    rows = selectors.matters(request.actor, found, state)
    page = asked_page(request, rows, SHORT_PAGE)
    context = {
        **_about(request, found),
        "state": state,
        "states": MatterState.choices,
        "page": page,
        "columns": MATTER_COLUMNS,
        "rows": loop.rows_of(page.of(rows.as_lines())),
        "may_edit": may_edit(request.actor, found),
    }
    return render(request, "safeguards/event.html", context)


@require_GET
@requires(Permission.SAFEGUARD_VIEW)
def print_event(request: ActingRequest, event_id: UUID) -> HttpResponse:
    """The same list on A4 landscape."""
    found = selectors.event(request.actor, event_id)
    state = state_of(request)
    rows = selectors.matters(request.actor, found, state)
    context = {
        **_about(request, found),
        "state": MatterState(state),
        "rows": loop.rows_of(rows.as_lines()[:PRINTED]),
        "printed_at": clock.now(),
    }
    return render(request, "safeguards/print.html", context)


@require_POST
@requires(Permission.SAFEGUARD_VIEW)
def export(request: ActingRequest, event_id: UUID) -> HttpResponse:
    """Start writing the list as Excel; go to its progress."""
    found = selectors.event(request.actor, event_id)
    query = {"event": [str(found.id)], "state": [state_of(request)]}
    job = jobs.start(actor=request.actor, work=tasks.export_event, title=f"导出{found.name}保障隐患", query=query)
    return redirect("jobs:page", job.id)


@FORM
@requires(Permission.SAFEGUARD_EDIT)
def establish(request: ActingRequest) -> HttpResponse:
    """The form of an event that is not there yet."""
    form = EventForm(_posted(request), actor=request.actor)
    made: list[GuaranteedEvent] = []
    act = Act("登记活动", "", reverse("safeguards:board"), "县里的活动，所属乡镇（街道）都能看到自己的那部分隐患。")
    if request.method == "POST" and form.run(lambda given: made.append(
        actions.establish_event(actor=request.actor, region_id=form.region_id(), facts=form.facts())
    )):  # fmt: skip
        messages.success(request, f"已登记{made[0].name}。")
        return _go(reverse("safeguards:event", args=[made[0].id]))
    return _show(request, act, form)


@FORM
@requires(Permission.SAFEGUARD_EDIT)
def edit(request: ActingRequest, event_id: UUID) -> HttpResponse:
    """Changing what was put down."""
    found = _workable(request, event_id)
    form = EventForm(_posted(request), actor=request.actor, event=found)
    return _run(request, found, "修改活动", "已修改。", form, lambda given: actions.edit_event(
        actor=request.actor, event_id=event_id, changes=vars(form.facts())
    ))  # fmt: skip


@FORM
@requires(Permission.SAFEGUARD_EDIT)
def conclude(request: ActingRequest, event_id: UUID) -> HttpResponse:
    """The event is over."""
    found = _workable(request, event_id)
    [line] = lines_of(request.actor, [found], clock.today())
    intro = f"发现 {line.tally.found} 件，已销号 {line.tally.closed} 件，剩余 {line.tally.remaining} 件。结束以后名单不再变动，没有销号的照常办理。"
    act = lambda given: actions.conclude_event(actor=request.actor, event_id=event_id)  # noqa: E731
    return _run(request, found, "结束保障", "保障已结束。", NothingForm(_posted(request)), act, intro)


@require_POST
@requires(Permission.SAFEGUARD_EDIT)
def reopen(request: ActingRequest, event_id: UUID) -> HttpResponse:
    """It was concluded too early."""
    try:
        actions.reopen_event(actor=request.actor, event_id=event_id)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已恢复保障。")
    return _go(reverse("safeguards:event", args=[event_id]))


@FORM
@requires(Permission.SAFEGUARD_EDIT)
def guard_numbers(request: ActingRequest, event_id: UUID) -> HttpResponse:
    """Matters by their numbers."""
    found = _workable(request, event_id)
    form = NumbersForm(_posted(request))
    return _add(request, found, "按编号列入", form, lambda given: actions.guard_numbers(
        actor=request.actor, event_id=event_id, numbers=form.listed()
    ))  # fmt: skip


@FORM
@requires(Permission.SAFEGUARD_EDIT)
def guard_registered(request: ActingRequest, event_id: UUID) -> HttpResponse:
    """All open matters registered within some days: first how many they are, then doing it."""
    found = _workable(request, event_id)
    form = RegisteredForm(_posted(request))
    act = Act("按登记日期列入", found.name, reverse("safeguards:event", args=[found.id]))
    if request.method == "POST" and form.is_valid():
        first, last = form.days()
        count = selectors.candidates(request.actor, found, first, last).count() if first <= last else 0
        expected = form.cleaned_data["expected"]
        if expected is None or expected != count:
            context = {"act": act, "form": form, "event": found, "count": count, "first": first, "last": last}
            return render(request, "safeguards/count.html", context)
    return _add(request, found, act.label, form, lambda given: actions.guard_registered(
        actor=request.actor, event_id=event_id, first=given["first"], last=given["last"], expected=given["expected"]
    ))  # fmt: skip


@FORM
@requires(Permission.SAFEGUARD_EDIT)
def release(request: ActingRequest, event_id: UUID, hidden_danger_id: UUID) -> HttpResponse:
    """Taking one matter out."""
    found = _workable(request, event_id)
    matter = loop.hidden_danger_in_brief(request.actor, hidden_danger_id)
    act = lambda given: actions.release_matter(  # noqa: E731
        actor=request.actor, event_id=event_id, hidden_danger_id=hidden_danger_id, reason=given["reason"]
    )
    intro = f"{matter.number} {matter.description[:60]}：移出以后不再计入这项活动，隐患照常办理。"
    return _run(request, found, "移出", "已移出。", ReleaseForm(_posted(request)), act, intro)


def state_of(request: ActingRequest) -> str:
    """Which of the matters the address asks for; what is none means all."""
    state = request.GET.get("state", "")
    return state if state in MatterState.values else MatterState.ALL.value


def _about(request: ActingRequest, found: GuaranteedEvent) -> dict[str, Any]:
    [line] = lines_of(request.actor, [found], clock.today())
    numbers = {
        MatterState.ALL: line.tally.found,
        MatterState.CLOSED: line.tally.closed,
        MatterState.OPEN: line.tally.remaining,
        MatterState.IN_TIME: line.tally.in_time,
        MatterState.LEFT_OUT: line.tally.left_out,
    }
    tabs = [(state.value, state.label, number) for state, number in numbers.items()]
    return {"event": found, "line": line, "tabs": tabs if line.tally.left_out else tabs[:-1]}


def _workable(request: ActingRequest, event_id: UUID) -> GuaranteedEvent:
    found = selectors.event(request.actor, event_id)
    check_can_edit(request.actor, found)
    check_is_running(found)
    return found


def _add(
    request: ActingRequest,
    found: GuaranteedEvent,
    label: str,
    form: SafeguardForm,
    do: Callable[[dict[str, Any]], int],
) -> HttpResponse:
    added: list[int] = []
    back = reverse("safeguards:event", args=[found.id])
    if request.method == "POST" and form.run(lambda given: added.append(do(given))):
        messages.success(request, f"已列入 {added[0]} 件。" if added[0] else "这些隐患早已列入。")
        return _go(back)
    return _show(request, Act(label, found.name, back), form)


def _run(
    request: ActingRequest,
    found: GuaranteedEvent,
    label: str,
    done: str,
    form: SafeguardForm,
    do: Callable[[dict[str, Any]], object],
    intro: str = "",
) -> HttpResponse:
    back = reverse("safeguards:event", args=[found.id])
    if request.method == "POST" and form.run(do):
        messages.success(request, done)
        return _go(back)
    return _show(request, Act(label, found.name, back, intro), form)


def _posted(request: ActingRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _show(request: ActingRequest, act: Act, form: SafeguardForm) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "safeguards/act.html", {"act": act, "form": form}, status=status)


def _go(url: str) -> HttpResponse:
    response = redirect(url)
    response.status_code = 303
    return response
