"""The page of numbers, and the rows behind each of them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.jobs import api as jobs
from anlan.lib.refusals import NotInScope
from anlan.oversight import overview as page
from anlan.oversight import selectors, tasks
from anlan.oversight.addresses import overview_url, rows_url
from anlan.oversight.catalogue import SPLITS, Indicator, indicator, sides
from anlan.oversight.forms import QuestionForm
from anlan.oversight.listing import Listing, listing
from anlan.oversight.questions import Question
from anlan.ui.lists import SHORT_PAGE, asked_page_among, filters_of


@require_GET
@requires(Permission.INDICATOR_VIEW)
def overview(request: ActingRequest) -> HttpResponse:
    """Tiles, trend and tables of what the person sees."""
    form = QuestionForm(request.GET, actor=request.actor)
    asked = form.as_question()
    context = {
        "filters": filters_of(form, request.GET),
        "asked": asked,
        "page": page.overview(request.actor, asked),
    }
    return render(request, "oversight/overview.html", context)


@require_GET
@requires(Permission.INDICATOR_VIEW)
def rows(request: ActingRequest, code: str, side: str) -> HttpResponse:
    """Exactly the rows one side of a number counted."""
    one = indicator(code)
    if side not in sides(one):
        raise NotInScope("明细")
    asked = _asked(request)
    selectors.check_narrowing(request.actor, one, asked)
    if split := request.GET.get("split"):
        selectors.check_split(request.actor, one, split)
    lists = {name: selectors.rows(request.actor, one, name, asked) for name in sides(one)}
    counts = {name: found.count() for name, found in lists.items()}
    sheet = asked_page_among(request, counts[side], size=SHORT_PAGE)
    shown: Listing = listing(lists[side].page((sheet.number - 1) * sheet.size, sheet.size))
    context = {
        "indicator": one,
        "asked": asked,
        "narrowed": _narrowed(asked),
        "page": sheet,
        "listing": shown,
        "tabs": _tabs(one, side, asked, counts),
        "figure": selectors.Figure(one, counts["numerator"], counts.get("denominator")),
        "overview_url": overview_url(asked.part("", "")),
    }
    return render(request, "oversight/rows.html", context)


@require_POST
@requires(Permission.INDICATOR_VIEW)
def export(request: ActingRequest) -> HttpResponse:
    """Start writing the numbers the person is looking at; go to the job's progress."""
    query = {name: request.GET.get(name, "") for name in request.GET}
    job = jobs.start(
        actor=request.actor,
        work=tasks.export_indicators,
        title="导出统计表",
        query=query,
        base=request.build_absolute_uri("/"),
    )
    return redirect("jobs:page", job.id)


def _asked(request: ActingRequest) -> Question:
    asked = QuestionForm(request.GET, actor=request.actor).as_question()
    split, key = request.GET.get("split", ""), request.GET.get("key")
    return asked if not split or key is None else asked.part(split, key)


def _narrowed(asked: Question) -> list[tuple[str, str]]:
    """What the list is narrowed to, in words."""
    named = [("属地", asked.region.name)] if asked.region else []
    for name in ("sector", "source", "level"):
        if value := getattr(asked, name):
            named.append((SPLITS[name], selectors.WORDS[name].get(value, value)))
    if asked.split:
        named.append((SPLITS[asked.split].partition("（")[0], selectors.part_label(asked)))
    return named


def _tabs(one: Indicator, side: str, asked: Question, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": "、".join(measure.name for measure in measures),
            "count": counts[name],
            "url": rows_url(one, name, asked),
            "is_current": name == side,
        }
        for name, measures in sides(one).items()
    ]
