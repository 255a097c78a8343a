"""Indicators over real acts: what counts when, for whom, and how the API answers."""

from datetime import date, timedelta

import pytest

from anlan.authz.scope import acting
from anlan.lib import clock
from anlan.oversight import selectors
from anlan.oversight.catalogue import INDICATORS, indicator
from anlan.oversight.questions import question
from anlan.supervision import actions as listings
from tests.factories.matters import Matters, in_days, upload
from tests.integration.test_checks import checklist, inspect, self_check  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def figure(actor, code, **asked):
    """Of the last year, not of the calendar year as when nothing is asked: these acts lie days apart, on whatever day."""
    first = clock.today() - timedelta(days=365)
    with acting(actor):
        found = selectors.figure(actor, indicator(code), question(actor, first=first, **asked))
    return found.value, found.numerator, found.denominator


def count(actor, code, **asked):
    return figure(actor, code, **asked)[1]


def on(days: int):
    """The clock some days from now."""
    return clock.at(clock.now() + timedelta(days=days))


def test_what_was_closed_later_was_open_then(cast):
    by = Matters(cast)
    matter = by.submitted()
    then = clock.today()
    with on(3):
        by.act(cast.town, matter, "accept_rectification", note="已到位")
        assert figure(cast.county, "rectification_rate", last=then) == (0, 0, 1)
        assert figure(cast.county, "rectification_rate") == (100, 1, 1)
        assert (count(cast.county, "open", last=then), count(cast.county, "open")) == (1, 0)


def test_what_was_not_established_is_in_neither_side(cast):
    by = Matters(cast)
    by.registered()
    by.act(cast.town, by.registered(), "dismiss", reason="不是隐患")
    by.act(cast.town, by.registered(), "return_to_reporter", reason="看不清")
    kept = by.registered()
    by.act(cast.town, by.registered(), "merge_duplicate", into=kept.id)
    ended = by.confirmed()
    then = clock.today()
    with on(2):
        by.act(cast.town, ended, "terminate", reason="企业已关闭")
        assert figure(cast.county, "rectification_rate") == (None, 0, 0)
        assert figure(cast.county, "rectification_rate", last=then) == (0, 0, 1)


def test_a_major_one_was_general_until_it_was_decided(cast):
    by = Matters(cast)
    matter = by.confirmed()
    then = clock.today()
    with on(1):
        by.act(cast.town, matter, "propose_major", reason="住宿与车间同楼")
        by.act(cast.fire, matter, "confirm_major", clause="判定标准第三条", cause="STATE")
        assert count(cast.county, "major_found", last=then) == 0
        assert figure(cast.county, "major_rectification_rate") == (0, 0, 1)


def test_overdue_as_it_stood(cast):
    by = Matters(cast)
    matter = by.rectifying(due_in=2)
    with on(2):
        assert count(cast.county, "overdue") == 0, "the due date ends with its day"
    with on(4):
        late = clock.today()
        assert count(cast.county, "overdue") == 1
    with on(5):
        by.act(cast.firm, matter, "request_extension", until=in_days(9), reason="等配件")
        by.act(cast.town, matter, "approve_extension")
        assert count(cast.county, "overdue") == 0
        assert count(cast.county, "overdue", last=late) == 1
    with on(6):
        photo = upload(cast.firm, "AFTER")
        by.act(cast.firm, matter, "submit_rectification", note="已清理", photos=[photo])
        by.act(cast.town, matter, "accept_rectification", note="已到位")
        assert count(cast.county, "overdue", last=late) == 1
        assert figure(cast.county, "on_time_rate") == (0, 0, 1), "an extension does not help"


def test_listed_and_released(cast):
    """One matter, listed by two; only when both have released it is it off the list, and only from then on."""
    by = Matters(cast)
    matter = by.rectifying()
    listed = [_list(who, matter) for who in (cast.town, cast.county)]
    by.act(cast.firm, matter, "submit_rectification", note="已清理", photos=[upload(cast.firm, "AFTER")])
    by.act(cast.town, matter, "accept_rectification", note="已到位")
    assert figure(cast.county, "release_rate") == (0, 0, 1)
    _release(cast, cast.town, listed[0])
    assert figure(cast.county, "release_rate") == (0, 0, 1)
    then = clock.today()
    with on(1):
        _release(cast, cast.county, listed[1])
        assert figure(cast.county, "release_rate") == (100, 1, 1)
        assert figure(cast.county, "release_rate", last=then) == (0, 0, 1)
        assert count(cast.county, "listed") == 1


def test_controls_while_listed(cast):
    """One matter, listed by two: both need controls whose next check has not passed."""
    by = Matters(cast)
    matter = by.rectifying()
    assert figure(cast.county, "controls_rate") == (None, 0, 0)
    first, second = (_list(who, matter) for who in (cast.town, cast.county))
    _control(cast, first, 9)
    assert figure(cast.county, "controls_rate") == (0, 0, 1)
    _control(cast, second, 5)
    assert figure(cast.county, "controls_rate") == (100, 1, 1)
    then = clock.today()
    with on(5):
        assert figure(cast.county, "controls_rate") == (100, 1, 1), "the check ends with its day"
    with on(6):
        lapsed = clock.today()
        assert figure(cast.county, "controls_rate") == (0, 0, 1)
        assert figure(cast.county, "controls_rate", last=then) == (100, 1, 1)
    with on(7):
        _control(cast, second, 9)
        assert figure(cast.county, "controls_rate") == (100, 1, 1)
        assert figure(cast.county, "controls_rate", last=lapsed) == (0, 0, 1), "renewed only later"
        with acting(cast.county):
            found = selectors.rows(cast.county, indicator("controls_rate"), "numerator", question(cast.county))
            assert [record.id for _, record in found.page(0, 9)] == [matter.id]


def _control(cast, listing, days):
    with acting(cast.village):
        listings.set_controls(
            actor=cast.village, listing_id=listing.id, measures="停用", holder="林工", check_on=in_days(days)
        )


def _list(actor, matter):
    with acting(actor):
        return listings.list_matter(actor=actor, hidden_danger_id=matter.id, due_on=in_days(30), leader="林县长")


def _release(cast, actor, listing):
    with acting(cast.village):
        listings.request_release(actor=cast.village, listing_id=listing.id)
    with acting(actor):
        listings.recheck(actor=actor, listing_id=listing.id, note="合格")
        listings.release(actor=actor, listing_id=listing.id)


def test_on_time_and_bounced(cast):
    by = Matters(cast)
    by.closed(due_in=1)
    bounced = by.dispatched()
    by.act(cast.village, bounced, "bounce", reason="不归我们管")
    with on(2):
        by.act(cast.town, bounced, "redispatch", lead=cast.dept.organisation_id, due_on=in_days(9))
        assert figure(cast.county, "on_time_rate") == (100, 1, 1)
        assert figure(cast.county, "bounce_rate") == (50, 1, 2)


def test_checks_and_enterprises_are_two_figures(cast, checklist):  # noqa: F811
    inspect(cast.dept, cast.sites["firm"], checklist, failed=(1,))
    inspect(cast.dept, cast.sites["firm"], checklist)
    inspect(cast.dept, cast.sites["firm2"], checklist)
    assert [count(cast.county, code) for code in ("checks", "enterprises_checked")] == [3, 2]
    assert figure(cast.county, "checks", sector="HAZARDOUS_CHEMICALS")[1] == 1
    assert count(cast.town, "checks") == 2
    assert figure(cast.county, "findings_per_check") == (0, 0, 3), "not yet confirmed"


def test_what_enterprises_find_themselves_is_on_its_own_line(cast, checklist):  # noqa: F811
    by = Matters(cast)
    self_check(cast, checklist, (1, 2))
    matter = by.registered(cast.firm, source="SELF_CHECK")
    by.act(cast.town, matter, "confirm", cause="STATE", clause="第二十八条")
    assert [count(cast.county, code) for code in ("self_found", "self_closed", "found", "open")] == [3, 0, 0, 0]
    by.act(cast.town, matter, "propose_major", reason="住宿与车间同楼")
    by.act(cast.fire, matter, "confirm_major", clause="判定标准第三条", cause="STATE")
    assert [count(cast.county, code) for code in ("self_found", "found", "major_found")] == [2, 1, 1]


def test_everybody_counts_what_they_see(cast):
    by = Matters(cast)
    by.rectifying()
    by.rectifying(lead=cast.dept)
    with acting(cast.town2):
        pass
    sees = {"county": 2, "town": 2, "town2": 0, "village": 2, "firm": 2, "firm2": 0, "dept": 1, "other": 0}
    assert {who: count(cast.actors[who], "open") for who in sees} == sees


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_catalogue(client_of):
    answer = client_of("county").get("/api/v1/indicators").json()
    assert [one["code"] for one in answer["items"]] == list(INDICATORS)
    assert all(one["formula"] and one["source"] for one in answer["items"])
    of_firm = client_of("firm").get("/api/v1/indicators").json()["items"][0]
    assert "source" not in of_firm["filters"] + [split["code"] for split in of_firm["splits"]]


def test_a_figure_and_its_rows(cast, client_of):
    by = Matters(cast)
    by.closed()
    by.rectifying()
    client = client_of("county")
    answer = client.get("/api/v1/indicators/rectification_rate?split=region&region=331082").json()
    year = date(clock.today().year, 1, 1).isoformat()
    assert {name: answer[name] for name in ("value", "numerator", "denominator", "period", "region")} == {
        "value": 50,
        "numerator": 1,
        "denominator": 2,
        "period": {"from": year, "to": clock.today().isoformat()},
        "region": {"code": "331082", "name": "临海市"},
    }
    assert answer["parts"] == [
        {"key": "331082001", "label": "古城街道", "value": 50.0, "numerator": 1, "denominator": 2}
    ]
    rows = client.get("/api/v1/indicators/rectification_rate/denominator?split=region&key=331082001&page_size=1").json()
    assert (rows["count"], len(rows["items"]), rows["items"][0]["kind"]) == (2, 1, "hidden_danger")


def test_what_is_left_empty_narrows_nothing(cast, client_of):
    """The rows of a number are all its rows, until one part of its split is named; there is one whose key is empty."""
    Matters(cast).closed()
    client, found = client_of("county"), "/api/v1/indicators/found"
    assert client.get(f"{found}?region=&from=&to=&split=&sector=").json()["value"] == 1
    lengths = {
        query: client.get(f"{found}/numerator?{query}").json()["count"]
        for query in (
            "split=region",
            "region=&from=&to=&split=&sector=",
            "split=region&key=331082001",
            "split=region&key=",
        )
    }
    assert list(lengths.values()) == [1, 1, 1, 0]
    assert client.get(f"{found}/numerator?split=weather").status_code == 422
    assert client.get(f"{found}/numerator?key=331082001").json()["errors"][0]["pointer"] == "/key"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("region=999999", "/region"),
        ("from=2026-02-30", "/from"),
        ("to=yesterday", "/to"),
        ("from=2026-02-02&to=2026-02-01", "/from"),
        ("split=weather", "/split"),
        ("sector=NONE", "/sector"),
    ],
)
def test_a_bad_question(client_of, query, pointer):
    answer = client_of("county").get(f"/api/v1/indicators/found?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_what_does_not_apply(client_of):
    assert client_of("county").get("/api/v1/indicators/checks?source=GRID_PATROL").status_code == 422
    assert client_of("firm").get("/api/v1/indicators/found?source=GRID_PATROL").status_code == 422
    assert client_of("firm").get("/api/v1/indicators/found?split=source").status_code == 422
    assert client_of("county").get("/api/v1/indicators/found?region=331081").status_code == 404
    assert client_of("county").get("/api/v1/indicators/found/denominator").status_code == 404
    assert client_of("county").get("/api/v1/indicators/fame").status_code == 404
