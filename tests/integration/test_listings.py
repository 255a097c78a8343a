"""挂牌督办: several listers, each its own release; the matter closes with the last."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.choices import Status
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from anlan.processes import api as processes
from anlan.supervision import actions, selectors
from anlan.supervision.choices import ControlsState, ListerLevel, ListingStatus
from tests.factories.matters import Matters, in_days, paper, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(cast) -> Matters:
    return Matters(cast)


def listed(lister, matter):
    with acting(lister):
        return actions.list_matter(actor=lister, hidden_danger_id=matter.id, due_on=in_days(30), leader="林副县长")


def do(actor, verb, listing, **more):
    with acting(actor):
        return getattr(actions, verb)(actor=actor, listing_id=listing.id, **more)


def accepted_major(cast, matters):
    matter = matters.major()
    first, second = listed(cast.county, matter), listed(cast.town, matter)
    matters.act(
        cast.firm, matter, "fill_five", plan="分隔", due_on=in_days(9), person="韩", funds_cny=1, measures="停用"
    )
    matters.act(cast.firm, matter, "submit_rectification", note="好了", photos=[upload(cast.firm)])
    report = upload(cast.fire, "REPORT", paper())
    matter = matters.act(cast.fire, matter, "accept_rectification", note="到位", report=[report], officers=["甲", "乙"])
    return matter, first, second


def test_only_what_is_dispatched_and_open_is_listed(cast, matters):
    with pytest.raises(Refused):
        listed(cast.county, matters.registered())
    with pytest.raises(Refused):
        listed(cast.county, matters.closed())


def test_a_lister_lists_once_and_numbers_have_no_gaps(cast, matters):
    first, second = matters.dispatched(), matters.dispatched()
    one = listed(cast.county, first)
    with pytest.raises(Refused) as refused:
        listed(cast.county, first)
    assert refused.value.code == "listed_already"
    two = listed(cast.county, second)
    assert (one.serial, two.serial, one.level) == (1, 2, ListerLevel.COUNTY_COMMITTEE)
    assert listed(cast.town, first).level == ListerLevel.TOWNSHIP


def test_a_listed_matter_closes_only_after_every_release(cast, matters):
    with jobs.inline():
        matter, first, second = accepted_major(cast, matters)
        assert matter.status == Status.ACCEPTED
        for lister, listing in ((cast.county, first), (cast.town, second)):
            do(cast.village, "request_release", listing)
            do(lister, "recheck", listing, note="现场复查到位")
            with pytest.raises(Refused):
                matters.act(cast.fire, matter, "close")
            assert do(lister, "release", listing).status == ListingStatus.RELEASED
        jobs.run_pending()
    with acting(cast.county):
        assert loop.hidden_danger(cast.county, matter.id).status == Status.CLOSED


def test_each_releases_only_its_own(cast, matters):
    _, first, _ = accepted_major(cast, matters)
    do(cast.village, "request_release", first)
    with pytest.raises(Forbidden):
        do(cast.town, "recheck", first, note="到位")


def test_release_is_asked_for_after_acceptance(cast, matters):
    listing = listed(cast.county, matters.rectifying())
    with pytest.raises(Refused) as refused:
        do(cast.village, "request_release", listing)
    assert refused.value.code == "not_accepted"


def test_progress_is_due_each_month(cast, matters):
    listing = listed(cast.county, matters.rectifying())
    with pytest.raises(Invalid):
        do(cast.firm, "report_progress", listing, note=" ")
    before = _due(cast, listing)
    do(cast.firm, "report_progress", listing, note="设备已采购")
    assert before < _due(cast, listing)
    with acting(cast.county):
        assert [p.note for p in selectors.progress_of([listing])[listing.id]] == ["设备已采购"]


def test_progress_is_reported_once_a_month(cast, matters, client):
    with clock.at(datetime(2026, 11, 30, 15, 59, tzinfo=UTC)):
        listing = listed(cast.county, matters.rectifying())
        do(cast.firm, "report_progress", listing, note="设备已采购")
        with pytest.raises(Refused) as refused:
            do(cast.village, "report_progress", listing, note="设备已采购")
        assert refused.value.code == "progress_reported"
        assert refused.value.reason.startswith("11 月的进展 30 日已由")
        client.force_login(cast.users["firm"])
        api, page = f"/api/v1/listings/{listing.id}", f"/listings/{listing.id}/"
        assert "report_progress" not in client.get(api).json()["verbs"]
        again = client.post(f"{api}/transitions", {"verb": "report_progress", "note": "再报"}, "application/json")
        assert (again.status_code, again.json()["code"]) == (409, "progress_reported")
        shown = client.post(f"{page}report-progress", {"note": "再报"}).content.decode()
        assert "每月报一次" in shown
        assert "再报" in shown, "what was typed stays"
        assert "report-progress" not in client.get(page).content.decode()
    with clock.at(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)):  # the first of December in Shanghai
        do(cast.firm, "report_progress", listing, note="正在安装")
    with acting(cast.county):
        assert [p.note for p in selectors.progress_of([listing])[listing.id]] == ["正在安装", "设备已采购"]


def test_a_stale_move_is_refused_and_says_who_was_faster(cast, matters, client):
    listing = listed(cast.county, matters.rectifying())
    client.force_login(cast.users["firm"])
    url = f"/api/v1/listings/{listing.id}"
    tag = client.get(url)["ETag"]
    do(cast.village, "set_controls", listing, check_on=in_days(7), **CONTROLS)
    said = {"verb": "report_progress", "note": "已采购"}
    stale = client.post(f"{url}/transitions", said, "application/json", headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["current_version"]) == (412, listing.version + 1)
    last = stale.json()["last_act"]
    assert (last["event"], last["title"]) == ("supervision_listing.controls_set", "落实管控措施")
    assert last["actor"] == cast.village.label
    client.force_login(cast.users["village"])
    tag = client.get(url)["ETag"]
    moved = client.post(f"{url}/transitions", said, "application/json", headers={"If-Match": tag})
    assert (moved.status_code, moved["ETag"]) == (200, f'"{moved.json()["version"]}"')


def test_lists_are_narrowed_alike_on_the_page_and_over_http(cast, matters, client):
    matter = matters.rectifying()
    one, two = listed(cast.county, matter), listed(cast.town, matters.rectifying())
    do(cast.village, "set_controls", one, check_on=in_days(7), **CONTROLS)
    client.force_login(cast.users["village"])

    def numbers(query):
        shown = client.get(f"/listings/?{query}").content.decode()
        found = {row["document_number"] for row in client.get(f"/api/v1/listings?{query}").json()["items"]}
        assert {row.document_number for row in (one, two) if row.document_number in shown} == found
        return found

    assert numbers("state=open") == {one.document_number, two.document_number}
    assert numbers("state=controls") == {two.document_number}
    assert numbers("state=recheck") == set()
    mine = client.get("/api/v1/listings", {"hidden_danger": matter.id}).json()
    assert [row["id"] for row in mine["items"]] == [str(one.id)]
    assert client.get("/api/v1/listings?state=hanging").status_code == 422
    assert client.get("/listings/?state=hanging&utm_source=wechat").status_code == 200


def test_a_list_costs_the_same_however_long(cast, matters, client):
    client.force_login(cast.users["village"])
    listed(cast.county, matters.rectifying())
    with CaptureQueriesContext(connection) as one:
        assert client.get("/api/v1/listings").json()["items"][0]["verbs"]
    for _ in range(3):
        listed(cast.county, matters.rectifying())
    with CaptureQueriesContext(connection) as four:
        assert client.get("/api/v1/listings").json()["count"] == 4
    assert len(four) <= len(one)


def _due(cast, listing, kind="PROGRESS"):
    with acting(cast.county):
        running = {d.kind: d.due_on for d in processes.running_of([listing.id])[listing.id]}
    assert running[kind] >= clock.today()
    return running[kind]


CONTROLS = {"measures": "停用二层，专人看守", "holder": "韩主任"}


def controls_of(cast, listing):
    with acting(cast.county):
        found = selectors.listing(cast.county, listing.id)
        return found, selectors.controls_of([found])[found.id]


def test_controls_are_renewed_and_what_was_before_is_kept(cast, matters):
    listing = listed(cast.county, matters.rectifying())
    assert controls_of(cast, listing)[0].controls_state == ControlsState.MISSING
    do(cast.firm, "set_controls", listing, check_on=in_days(7), **CONTROLS)
    with clock.at(clock.now() + timedelta(days=7)):
        assert controls_of(cast, listing)[0].controls_state == ControlsState.IN_FORCE, "to the end of its day"
    with clock.at(clock.now() + timedelta(days=8)):
        assert controls_of(cast, listing)[0].controls_state == ControlsState.CHECK_PASSED
        do(
            cast.village,
            "set_controls",
            listing,
            measures="加装喷淋",
            holder="林工",
            check_on=in_days(5),
            holder_phone="1",
        )
        found, kept = controls_of(cast, listing)
        assert found.controls_state == ControlsState.IN_FORCE
        assert _due(cast, listing, "CONTROLS") == found.controls_check_on == in_days(5)
        assert [(one.holder, one.set_by_id) for one in kept] == [
            ("林工", cast.village.person_id), ("韩主任", cast.firm.person_id)]  # fmt: skip
        with acting(cast.county):
            last = LedgerEntry.objects.filter(event="supervision_listing.controls_set").order_by("-seq").first()
            assert last.payload["check_on"] == in_days(5).isoformat()
            assert "林工" not in str(last.payload), "who holds them is personal text"


@pytest.mark.parametrize(
    ("pointer", "wrong"),
    [("/measures", {"measures": " "}), ("/holder", {"holder": ""}), ("/check_on", {"check_on": date(2020, 1, 1)})],
)
def test_controls_need_what_who_and_when(cast, matters, pointer, wrong):
    listing = listed(cast.county, matters.rectifying())
    with pytest.raises(Invalid) as invalid:
        do(cast.firm, "set_controls", listing, **{"check_on": in_days(7), **CONTROLS, **wrong})
    assert [error.pointer for error in invalid.value.errors] == [pointer]
    found, kept = controls_of(cast, listing)
    assert (found.controls_state, kept) == (ControlsState.MISSING, [])


def test_controls_are_set_by_those_who_put_it_right(cast, matters):
    listing = listed(cast.county, matters.rectifying())
    with pytest.raises(Forbidden):
        do(cast.county, "set_controls", listing, check_on=in_days(7), **CONTROLS)
    with pytest.raises(NotInScope):
        do(cast.firm2, "set_controls", listing, check_on=in_days(7), **CONTROLS)


def test_lister_lead_and_party_see_which_lack_controls(cast, matters):
    lacking, passed, held = (listed(cast.county, matters.rectifying()) for _ in range(3))
    do(cast.firm, "set_controls", passed, check_on=in_days(1), **CONTROLS)
    do(cast.firm, "set_controls", held, check_on=in_days(2), **CONTROLS)
    with clock.at(clock.now() + timedelta(days=2)):
        for actor, found in (
            (cast.county, {lacking.id, passed.id}),
            (cast.village, {lacking.id, passed.id}),
            (cast.firm, {lacking.id, passed.id}),
            (cast.town, set()),
        ):
            with acting(actor):
                rows = selectors.listings_without_controls(actor, clock.today())
                assert {one.id for one in rows} == found, actor.organisation_name


def test_a_released_listing_needs_no_controls(cast, matters):
    with jobs.inline():
        _, first, _ = accepted_major(cast, matters)
        do(cast.village, "set_controls", first, check_on=in_days(7), **CONTROLS)
        do(cast.village, "request_release", first)
        do(cast.county, "recheck", first, note="到位")
        do(cast.county, "release", first)
    with pytest.raises(Refused):
        do(cast.village, "set_controls", first, check_on=in_days(9), **CONTROLS)
    with acting(cast.county):
        assert first.id not in processes.running_of([first.id])


def test_the_pages_say_whether_controls_are_in_force_and_for_how_many_days(cast, matters, client):
    listing = listed(cast.county, matters.rectifying())
    pages = ("/listings/", f"/listings/{listing.id}/", f"/hidden-dangers/{listing.hidden_danger_id}/")
    client.force_login(cast.users["county"])
    for page in pages:
        assert "今天挂牌" in client.get(page).content.decode(), page
    with clock.at(clock.now() + timedelta(days=37)):
        for page in pages:
            text = " ".join(client.get(page).content.decode().split())
            assert "已挂牌 37 天" in text, page
            assert "未填" in text or "还没有填管控措施" in text, page
    client.force_login(cast.users["firm"])
    said = CONTROLS | {"check_on": in_days(7).isoformat()}
    url = f"/listings/{listing.id}/set-controls"
    assert "请填写管控责任人" in client.post(url, {**said, "holder": ""}).content.decode()
    assert client.post(url, said).status_code == 303
    assert "停用二层" in client.get(url).content.decode(), "a renewal starts from what is in force"
    for page in pages:
        assert "已落实" in client.get(page).content.decode(), page
    assert "韩主任" in client.get(pages[1]).content.decode()


def test_controls_over_http(cast, matters, client):
    listing = listed(cast.county, matters.rectifying())
    url = f"/api/v1/listings/{listing.id}"
    client.force_login(cast.users["firm"])
    assert client.get(url).json()["controls_state"] == {"code": "MISSING", "label": "未填"}
    said = {"verb": "set_controls", "check_on": in_days(7).isoformat(), **CONTROLS}
    done = client.post(f"{url}/transitions", said, "application/json")
    assert done.status_code == 200, done.content
    found = client.get(url).json()
    assert found["controls_state"]["code"] == "IN_FORCE"
    assert (found["controls"][0]["holder"], found["controls"][0]["check_on"]) == ("韩主任", in_days(7).isoformat())
    assert found["days_listed"] == 0
    assert client.post(f"{url}/transitions", said | {"holder": ""}, "application/json").status_code == 422


def test_an_empty_move_says_which_verbs_there_are(cast, matters, client):
    listing = listed(cast.county, matters.rectifying())
    client.force_login(cast.users["county"])
    body = client.post(f"/api/v1/listings/{listing.id}/transitions", {}, "application/json").json()
    assert [error["pointer"] for error in body["errors"]] == ["/verb"]
    assert "只能是 report_progress、set_controls、" in body["detail"]


def test_a_deadline_lies_within_three_years(cast, matters, client):
    client.force_login(cast.users["county"])
    said = {"hidden_danger": matters.rectifying().id, "due_on": "2299-01-01", "leader": "林副县长"}
    body = client.post("/api/v1/listings", said, "application/json").json()
    assert [error["pointer"] for error in body["errors"]] == ["/due_on"]
    assert "督办期限最远 3 年" in body["detail"]
