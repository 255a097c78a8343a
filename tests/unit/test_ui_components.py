"""Components show what they are given, as text, and say in words what they show in colour."""

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import QueryDict
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from anlan.ui import assets, case, lists, marks, shell, style_guide

TYPED = "<script>alert('x')</script>\" onmouseover=\"alert(1)"
ICONS = Path(__file__).resolve().parents[2] / "frontend" / "src" / "icons"


def rendered(source: str, **context: Any) -> str:
    request = RequestFactory().get("/list", {"sort": "level", "page": "2"})
    return str(engines["django"].from_string(CottonCompiler().process(source)).render(context, request))


def shows_only_text(html: str) -> bool:
    outside_quotes = [re.sub(r'"[^"]*"', "", tag) for tag in re.findall(r"<[^>]*>", html)]
    return (
        "<script" not in html and "&lt;script&gt;" in html and not any("onmouseover" in tag for tag in outside_quotes)
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", help_text="写清楚依据。")
    level = forms.ChoiceField(label="级别", choices=[("", "全部"), ("MAJOR", "重大")], required=False)


@pytest.mark.parametrize(
    "source",
    [
        '<c-person name="{{ typed }}" organisation="{{ typed }}" url="{{ typed }}" />',
        '<c-person :name="typed" :organisation="typed" :url="typed" :phone="typed" />',
        '<c-organisation :name="typed" :kind="typed" />',
        '<c-card :heading="typed" :hint="typed" class="{{ typed }}">{{ typed }}</c-card>',
        '<c-facts :items="pairs" />',
        '<c-fact label="{{ typed }}">{{ typed }}</c-fact>',
        '<c-empty :heading="typed">{{ typed }}</c-empty>',
        '<c-tile :label="typed" :value="typed" :url="typed" :source="typed" />',
        '<c-timeline :entries="entries" />',
        '<c-action-bar :bar="bar" />',
        '<c-photo-pair :before="photo" :caption="typed" />',
        '<c-job :label="typed" :note="typed" :url="typed" />',
        '<c-confirm :heading="typed" :noun="typed" :count="3" :action="typed">{{ typed }}</c-confirm>',
        '<c-photo-field :label="typed" :help="typed" :error="typed" />',
        '<c-filter-bar :filters="filters" :clear="typed" />',
        '<c-export :action="typed" :label="typed" />',
        "{% load ui %}{% tick typed typed typed form=typed %}",
        '<c-table :columns="columns" :filters="filters" :of="typed"></c-table>',
        '<c-status :value="typed" />',
        '<c-table :columns="columns" :caption="typed"><tr><td>{{ typed }}</td></tr></c-table>',
    ],
)
def test_what_was_typed_stays_text(source: str) -> None:
    act = case.Act(TYPED, TYPED)
    html = rendered(
        source,
        typed=TYPED,
        pairs=[(TYPED, TYPED)],
        entries=[
            case.TimelineEntry(
                datetime(2026, 3, 2, 9, 14, tzinfo=ZoneInfo("Asia/Shanghai")), TYPED, TYPED, TYPED, note=TYPED, citation=TYPED,
                facts=[(TYPED, TYPED)], photos=[case.Photo(TYPED, caption=TYPED)], documents=[case.Document(TYPED, TYPED, TYPED)],
            )
        ],
        bar=case.ActionBar(now=TYPED, who=TYPED, primary=act, secondary=[act], more=[act, case.Act(TYPED, "", refused=TYPED)]),
        photo=case.Photo(TYPED, caption=TYPED),
        filters=replace(
            lists.filters_of(ReasonForm({"reason": TYPED}), QueryDict()), chips=[lists.Chip(TYPED, TYPED, TYPED)]
        ),
        columns=[lists.Column(TYPED)],
    )  # fmt: skip
    assert shows_only_text(html), html


def test_a_field_shows_its_error_and_ties_it_to_the_control() -> None:
    form = ReasonForm({"reason": ""})
    html = rendered('<c-error-summary :form="form" /><c-field :field="form.reason" />', form=form)
    assert 'href="#id_reason"' in html
    assert 'aria-describedby="id_reason_help id_reason_error"' in html
    assert html.count("这个字段是必填项。") == 2
    assert "写清楚依据。" in html


@pytest.mark.parametrize(
    ("due_on", "finished_on", "word", "tone"),
    [
        (date(2026, 3, 13), None, "逾期5天", "red"),
        (date(2026, 3, 18), None, "今天到期", "orange"),
        (date(2026, 3, 21), None, "剩余3天", "yellow"),
        (date(2026, 3, 22), None, "剩余4天", "grey"),
        (date(2026, 3, 13), date(2026, 3, 13), "按期办结", "grey"),
        (date(2026, 3, 13), date(2026, 3, 14), "逾期1天办结", "grey"),
    ],
)
def test_a_deadline_in_words(due_on: date, finished_on: date | None, word: str, tone: str) -> None:
    mark = marks.due_mark(due_on, today=date(2026, 3, 18), finished_on=finished_on)
    assert (mark.word, mark.tone) == (word, tone)


def test_no_two_states_look_the_same() -> None:
    seen = list(marks.STATUSES.values())
    assert len({mark.word for mark in seen}) == len({mark.icon for mark in seen}) == len(seen)
    assert not {mark.tone for mark in seen} & {"red", "orange", "yellow", "blue"}, (
        "these are kept for risk and lateness"
    )


@pytest.mark.parametrize("status", marks.STATUSES)
def test_every_state_has_its_place_in_the_loop(status: str) -> None:
    steps = marks.loop_steps(status)
    assert [step.word for step in steps] == list(marks.LOOP)
    states = [step.state for step in steps]
    assert states == sorted(states, key=["done", "current", "held", "ended", "ahead"].index)
    assert sum(state in ("current", "held", "ended") for state in states) == (status != "CLOSED")


def test_every_icon_a_mark_or_template_names_is_in_the_sheet() -> None:
    drawn = {path.stem for path in ICONS.glob("*.svg")} | set((ICONS / "bootstrap.txt").read_text("utf-8").split())
    templates = Path(assets.__file__).parent / "templates"
    source = "".join(path.read_text("utf-8") for path in templates.rglob("*.html"))
    named = set(re.findall(r'{% icon "([^"]+)"', source)) | {item.icon for item in style_guide.SHELL.navigation}
    for table in (marks.STATUSES, marks.LEVELS, marks.RISKS):
        named |= {mark.icon for mark in table.values()}
    assert named <= drawn, named - drawn


def test_headings_sort_and_pages_keep_the_filters() -> None:
    html = rendered(
        '<c-table :columns="columns" :page="page" sort="level" noun="件"><tr><td></td></tr></c-table>',
        columns=[lists.Column("级别", sort="level"), lists.Column("期限", sort="due_on")],
        page=lists.Page(number=2, size=50, count=10_000, count_is_exact=False),
    )
    assert 'aria-sort="ascending"><a href="?sort=-level"' in html
    assert 'href="?sort=due_on"' in html
    assert 'href="?sort=level&amp;page=3"' in html
    assert "10,000+" in html


def test_an_empty_list_says_what_to_do() -> None:
    table = (
        '<c-table :columns="columns" :filters="filters" of="隐患"><c-slot name="empty">还没有隐患</c-slot></c-table>'
    )
    assert "清除筛选" in rendered('<c-table :columns="columns"></c-table>', columns=[])
    assert "还没有隐患" in rendered(table, columns=[], filters=filters_asked("reason="))
    for narrowed in ("reason=消防", "level=NONE"):
        html = rendered(table, columns=[], filters=filters_asked(narrowed))
        assert "没有符合条件的隐患" in html
        assert '<a class="btn btn-plain" href="/list">清除筛选</a>' in html


def test_chips_leave_out_one_filter_each() -> None:
    query = QueryDict("reason=消防&level=MAJOR&page=4")
    form = ReasonForm(query)
    assert form.is_valid()
    assert [(chip.label, chip.value) for chip in lists.active_chips(form, query)] == [
        ("原因", "消防"),
        ("级别", "重大"),
    ]
    assert lists.active_chips(form, query)[1].remove == "?reason=%E6%B6%88%E9%98%B2"


def filters_asked(asked: str, *main: str) -> lists.Filters:
    query = QueryDict(asked)
    return lists.filters_of(WordForm(query), query, main)


class WordForm(ReasonForm):
    reason = forms.CharField(label="原因", required=False)


def test_the_other_filters_open_when_one_of_them_is_in_force_or_wrong() -> None:
    bar = '<c-filter-bar :filters="filters" wide="reason" />'
    assert "更多条件" not in rendered(bar, filters=filters_asked("level=MAJOR"))
    assert '<details class="more-filters">' in rendered(bar, filters=filters_asked("reason=消防", "reason"))
    for asked in ("level=MAJOR", "level=NONE"):
        html = rendered(bar, filters=filters_asked(asked, "reason"))
        assert '<details class="more-filters" open>' in html
        assert html.index('name="reason"') < html.index("更多条件") < html.index('name="level"')


@pytest.mark.parametrize(
    ("asked", "number"),
    [("", 1), ("2", 2), ("3", 3), ("99", 3), ("0", 1), ("-1", 1), ("二", 1), ("²", 1), ("9" * 5000, 1)],
)
def test_the_page_asked_for_is_one_there_is(asked: str, number: int) -> None:
    page = lists.asked_page_among(RequestFactory().get("/list", {"page": asked}), 41, size=20)
    assert page.number == number
    assert page.of(range(41)) == list(range(41))[(number - 1) * 20 : number * 20]


def test_a_list_without_rows_has_one_page() -> None:
    page = lists.asked_page_among(RequestFactory().get("/list", {"page": "7"}), 0)
    assert (page.number, page.first_row, page.of([])) == (1, 0, [])


def test_what_was_ticked_is_read_once_and_only_ids() -> None:
    one, other = UUID(int=1), UUID(int=2)
    html = rendered('{% load ui %}{% tick id "甲" "乙" form="bulk" %}', id=one)
    assert f'name="ids" value="{one}" form="bulk" aria-label="选择 甲 乙"' in html
    request = RequestFactory().post(f"/list?ids={other}&ids={one}", {"ids": [str(one), "x", "", str(one)]})
    assert lists.ticked(request) == [one, other]


@pytest.mark.parametrize(
    ("asked", "sort"), [("due_on", "due_on"), ("-due_on", "-due_on"), ("password", ""), ("-", ""), ("", "")]
)
def test_only_what_a_column_sorts_by_may_be_asked_for(asked: str, sort: str) -> None:
    columns = [lists.Column("期限", sort="due_on"), lists.Column("责任")]
    assert lists.sort_of(RequestFactory().get("/list", {"sort": asked}), columns) == sort


@pytest.mark.parametrize(
    ("count", "last", "window"), [(0, 1, [1]), (50, 1, [1]), (51, 2, [1, 2]), (500, 10, [1, None, 4, 5, 6, None, 10])]
)
def test_pages(count: int, last: int, window: list[int | None]) -> None:
    page = lists.Page(number=min(5, last), size=50, count=count)
    assert (page.last, list(page.window)) == (last, window)


def test_the_longest_address_is_the_active_one() -> None:
    items = [shell.NavigationItem("首页", "/", ""), shell.NavigationItem("隐患", "/hidden-dangers/", "")]
    assert [item.active for item in shell.with_active(items, "/hidden-dangers/7")] == [False, True]


def test_a_rate_without_a_denominator_is_a_dash() -> None:
    assert "—" in rendered('<c-tile label="整改率" :value="None" />')
    assert ">0<" in rendered('<c-tile label="隐患" :value="0" />')


def test_every_component_renders_on_one_page() -> None:
    request = RequestFactory().get("/")
    html = engines["django"].get_template("ui/style_guide.html").render(style_guide.context(request), request)
    assert not re.search(r"</?c-|__COTTON", html), "a component was left uncompiled"
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<script(?! type=\"module\" src)", html), (
        "the policy refuses inline code"
    )
    assert not re.search(r"(src|href)=\"(https?:)?//", html), "nothing is fetched from elsewhere"
