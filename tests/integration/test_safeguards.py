"""活动保障 (S0-20): what an event waits for must be closed before it opens, and every number is the length of its list."""

import json
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from anlan.authz.scope import acting
from anlan.demo import festivities
from anlan.demo.places import World as Demo
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused, Stale
from anlan.processes.invariants import kinds
from anlan.safeguards import actions, selectors, tasks
from anlan.safeguards.boards import lines_of
from anlan.safeguards.choices import EventState, MatterState
from anlan.safeguards.facts import EventFacts
from anlan.safeguards.models import GuaranteedEvent, GuardedMatter
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days

pytestmark = pytest.mark.django_db


def establish(cast: Cast, who: str = "county", code: str = "331082", **facts: Any) -> GuaranteedEvent:
    given = {"name": "柑橘节", "opens_on": in_days(20), **facts}
    with acting(cast.actors[who]) as actor:
        return actions.establish_event(actor=actor, region_id=cast.regions[code].id, facts=EventFacts(**given))


def guard(cast: Cast, event: GuaranteedEvent, *matters: Any, who: str = "county") -> int:
    with acting(cast.actors[who]) as actor:
        ids = [one.id for one in matters]
        return actions.guard_matters(actor=actor, event_id=event.id, hidden_danger_ids=ids)


def tally(cast: Cast, event: GuaranteedEvent, who: str = "county") -> tuple[int, int, int]:
    with acting(cast.actors[who]) as actor:
        found = selectors.tally(actor, event)
        assert {
            state: selectors.matters(actor, event, state).count() for state in MatterState
        } == {
            MatterState.ALL: found.found,
            MatterState.CLOSED: found.closed,
            MatterState.OPEN: found.remaining,
            MatterState.IN_TIME: found.in_time,
            MatterState.LEFT_OUT: found.left_out,
        }  # fmt: skip
    return found.found, found.closed, found.remaining


def entries(cast: Cast, what: str) -> list[LedgerEntry]:
    with acting(cast.system("3310")):
        return list(LedgerEntry.objects.filter(event=f"safeguard.{what}").order_by("seq"))


# ── the event ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_is_put_down_once(cast: Cast) -> None:
    event = establish(cast, name=" 柑橘节 ", place="涌泉镇", ends_on=in_days(22))
    path = cast.regions["331082"].path
    assert (event.name, event.region_path, event.version, event.is_running) == ("柑橘节", path, 1, True)
    [entry] = entries(cast, "established")
    assert (entry.subject_id, entry.region_path, entry.payload["opens_on"]) == (
        event.id,
        event.region_path,
        event.opens_on.isoformat(),
    )
    with pytest.raises(Refused) as again:
        establish(cast)
    assert again.value.code == "event_there"
    establish(cast, opens_on=in_days(385))


def test_what_is_wrong_with_an_event_is_said(cast: Cast) -> None:
    with pytest.raises(Invalid) as wrong:
        establish(cast, name=" ", ends_on=in_days(19), note="长" * 501)
    assert {error.pointer for error in wrong.value.errors} == {"/name", "/ends_on", "/note"}


def test_who_puts_one_down_and_where(cast: Cast) -> None:
    establish(cast, "leader")
    establish(cast, "town", "331082001")
    establish(cast, "county", "331082001", name="街道的")
    for who, code in (("town", "331082"), ("town", "331082002"), ("county", "331081"), ("other", "331082")):
        with pytest.raises(Invalid):
            establish(cast, who, code)
    for who in ("dept", "special", "village", "firm", "expert"):
        with pytest.raises(Forbidden):
            establish(cast, who)


def test_who_sees_it(cast: Cast) -> None:
    county, town = establish(cast), establish(cast, "town", "331082001", name="街道的")
    seen: dict[str, set[str]] = {}
    for who, actor in cast.actors.items():
        with acting(actor):
            seen[who] = {event.name for event in selectors.events(actor)}
    both, first = {"柑橘节", "街道的"}, {"柑橘节"}
    assert {who for who, names in seen.items() if names == both} == {
        *("city", "county", "leader", "dept", "dept2", "fire", "market", "special", "town"),
    }
    assert {who for who, names in seen.items() if names == first} == {"town2"}
    for who in ("other", "firm", "village", "expert"):
        for event in (county, town):
            with acting(cast.actors[who]) as actor, pytest.raises(NotInScope):
                selectors.event(actor, event.id)


def test_a_township_reads_the_countys_event_and_does_not_change_it(cast: Cast) -> None:
    event = establish(cast)
    matter = Matters(cast).rectifying()
    with pytest.raises(Forbidden) as no:
        guard(cast, event, matter, who="town")
    assert no.value.code == "not_own_event"
    with acting(cast.town), pytest.raises(Forbidden):
        actions.conclude_event(actor=cast.town, event_id=event.id)
    with acting(cast.other), pytest.raises(NotInScope):
        actions.conclude_event(actor=cast.other, event_id=event.id)


def test_it_is_edited_with_its_version(cast: Cast) -> None:
    event = establish(cast)
    with acting(cast.county) as county:
        changes = {"opens_on": in_days(25), "place": "体育馆"}
        edited = actions.edit_event(actor=county, event_id=event.id, changes=changes, if_versions=frozenset({1}))
        assert (edited.version, edited.place) == (2, "体育馆")
        assert actions.edit_event(actor=county, event_id=event.id, changes=changes).version == 2
        with pytest.raises(Stale):
            actions.edit_event(actor=county, event_id=event.id, changes={"note": "x"}, if_versions=frozenset({1}))
    [entry] = entries(cast, "edited")
    assert entry.payload["changed"] == ["opens_on", "place"]


def test_when_it_is_over_nothing_changes_until_it_is_reopened(cast: Cast) -> None:
    event, matter = establish(cast), Matters(cast).rectifying()
    with acting(cast.county) as county:
        actions.conclude_event(actor=county, event_id=event.id)
        assert [one.id for one in selectors.events(county, EventState.CONCLUDED)] == [event.id]
        assert not selectors.events(county, EventState.RUNNING)
    with pytest.raises(Refused) as over:
        guard(cast, event, matter)
    assert over.value.code == "event_concluded"
    with acting(cast.county) as county:
        actions.reopen_event(actor=county, event_id=event.id)
        with pytest.raises(Refused):
            actions.reopen_event(actor=county, event_id=event.id)
    assert guard(cast, event, matter) == 1


# ── its matters ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_numbers_are_the_lengths_of_the_lists(cast: Cast) -> None:
    by, event = Matters(cast), establish(cast)
    closed, rectifying, dismissed = by.closed(), by.rectifying(), by.registered()
    assert guard(cast, event, closed, rectifying, dismissed) == 3
    by.act(cast.town, dismissed, "dismiss", reason="不是隐患")
    assert tally(cast, event) == (2, 1, 1)
    assert tally(cast, event, "town") == (2, 1, 1)
    assert tally(cast, event, "town2") == (0, 0, 0)
    with acting(cast.county) as county:
        [line] = lines_of(county, [event], clock.today())
        assert (line.rate, line.is_urgent, line.is_clear, line.tally.in_time, line.tally.left_out) == (
            "50%", False, False, 1, 1,
        )  # fmt: skip
        [near] = lines_of(county, [event], in_days(17))
        [past] = lines_of(county, [event], in_days(25))
    assert (near.is_urgent, near.opening, past.is_urgent, past.opening) == (True, "还有 3 天", True, "已开幕 5 天")


def test_all_but_one_is_not_all() -> None:
    assert selectors.Tally(found=2834, closed=2833).per_mille == 999
    assert selectors.Tally(found=2834, closed=2834).per_mille == 1000
    assert selectors.Tally().per_mille is None


def test_closed_after_the_opening_is_not_in_time(cast: Cast) -> None:
    event = establish(cast, opens_on=in_days(-1))
    guard(cast, event, Matters(cast).closed())
    with acting(cast.county) as county:
        found = selectors.tally(county, event)
    assert (found.closed, found.in_time) == (1, 0)
    assert tally(cast, event) == (1, 1, 0)


def test_matters_are_taken_by_their_numbers(cast: Cast) -> None:
    by, event = Matters(cast), establish(cast)
    first, second = by.rectifying(), by.registered()
    with acting(cast.county) as county:
        numbers = [first.number, f" {second.number} ", first.number, ""]
        assert actions.guard_numbers(actor=county, event_id=event.id, numbers=numbers) == 2
        assert actions.guard_numbers(actor=county, event_id=event.id, numbers=numbers) == 0
        with pytest.raises(Invalid) as unknown:
            actions.guard_numbers(actor=county, event_id=event.id, numbers=[first.number, "331082-000000-1"])
        with pytest.raises(Invalid):
            actions.guard_numbers(actor=county, event_id=event.id, numbers=[" "])
    assert "331082-000000-1" in unknown.value.reason
    assert first.number not in unknown.value.reason
    [entry] = entries(cast, "matters_added")
    assert entry.payload["count"] == 2
    assert len(entry.payload["merkle_root"]) == 64


def test_what_lies_elsewhere_or_is_none_is_refused(cast: Cast) -> None:
    by = Matters(cast)
    town2 = establish(cast, "town2", "331082002")
    here = by.registered()
    with pytest.raises(Invalid):  # out of the township's scope
        guard(cast, town2, here, who="town2")
    with pytest.raises(Invalid) as elsewhere:  # the county sees it, but the event is another township's
        guard(cast, town2, here)
    assert "不在大洋街道" in elsewhere.value.reason
    by.act(cast.town, here, "dismiss", reason="不是隐患")
    with pytest.raises(Invalid) as none:
        guard(cast, establish(cast), here)
    assert here.number in none.value.reason
    with acting(cast.system()):
        assert GuardedMatter.objects.count() == 0


def test_all_registered_within_days_are_taken_as_they_were_counted(cast: Cast) -> None:
    by, event = Matters(cast), establish(cast)
    with clock.at(clock.now() - timedelta(days=10)):
        by.rectifying()
    by.closed()
    wanted = [by.registered(), by.rectifying()]
    today = clock.today()
    with acting(cast.county) as county:
        assert {one.id for one in selectors.candidates(county, event, today, today)} == {one.id for one in wanted}
        for expected in (1, 3):
            with pytest.raises(Refused) as changed:
                actions.guard_registered(actor=county, event_id=event.id, first=today, last=today, expected=expected)
            assert changed.value.code == "count_changed"
        assert actions.guard_registered(actor=county, event_id=event.id, first=today, last=today, expected=2) == 2
        with pytest.raises(Invalid):
            actions.guard_registered(actor=county, event_id=event.id, first=today, last=today, expected=0)
        with pytest.raises(Invalid):
            actions.guard_registered(actor=county, event_id=event.id, first=today, last=in_days(-1), expected=0)
    assert tally(cast, event) == (2, 0, 2)


def test_a_matter_is_taken_out_with_a_reason_and_may_come_back(cast: Cast) -> None:
    event, matter = establish(cast), Matters(cast).rectifying()
    guard(cast, event, matter)
    with acting(cast.county) as county:
        with pytest.raises(Invalid):
            actions.release_matter(actor=county, event_id=event.id, hidden_danger_id=matter.id, reason=" ")
        out = actions.release_matter(actor=county, event_id=event.id, hidden_danger_id=matter.id, reason="列错了")
        assert (out.removed_reason, out.removed_by_id) == ("列错了", county.user_id)
        with pytest.raises(NotInScope):
            actions.release_matter(actor=county, event_id=event.id, hidden_danger_id=matter.id, reason="再来")
    [entry] = entries(cast, "matter_removed")
    assert entry.payload["hidden_danger"] == str(matter.id)
    assert "列错了" not in json.dumps(entry.payload)
    assert tally(cast, event) == (0, 0, 0)
    assert guard(cast, event, matter) == 1


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pages(cast: Cast, client_of: Any) -> None:
    by, county = Matters(cast), client_of("county")
    assert "没有保障中的活动" in county.get("/safeguards/").content.decode()
    region = str(cast.regions["331082"].id)
    made = county.post("/safeguards/new", {"name": "柑橘节", "region": region, "opens_on": in_days(2).isoformat()})
    assert made.status_code == 303
    home = made["Location"]
    assert "还没有列入隐患" in county.get(home).content.decode()
    closed, late = by.closed(), by.rectifying()
    wrong = county.post(f"{home}guard-numbers", {"numbers": "无此编号"})
    assert wrong.status_code == 422
    assert "没有找到" in wrong.content.decode()
    assert county.post(f"{home}guard-numbers", {"numbers": closed.number}).status_code == 303
    today = clock.today().isoformat()
    asked = county.post(f"{home}guard-registered", {"first": today, "last": today})
    assert asked.status_code == 200
    assert "列入 1 件" in asked.content.decode()
    again = county.post(f"{home}guard-registered", {"first": today, "last": today, "expected": "5"})
    assert again.status_code == 200
    assert "列入 1 件" in again.content.decode()
    given = {"first": today, "last": today, "expected": "1"}
    assert county.post(f"{home}guard-registered", given).status_code == 303
    board = county.get("/safeguards/").content.decode()
    assert "tone-red" in board
    assert "还有 2 天，剩余 1 件" in board
    assert "50%" in board
    for state, numbers in (("", {closed.number, late.number}), ("closed", {closed.number}), ("open", {late.number})):
        page = county.get(home, {"state": state}).content.decode()
        assert {one for one in (closed.number, late.number) if one in page} == numbers, state
        printed = county.get(f"{home}print", {"state": state}).content.decode()
        assert {one for one in (closed.number, late.number) if one in printed} == numbers, state
    assert county.post(f"{home}matters/{late.id}/release", {"reason": ""}).status_code == 422
    assert county.post(f"{home}matters/{late.id}/release", {"reason": "不涉及"}).status_code == 303
    assert "已清零" in county.get("/safeguards/").content.decode()
    assert county.post(f"{home}edit", {"name": "橘节", "opens_on": in_days(3).isoformat()}).status_code == 303
    assert county.post(f"{home}conclude").status_code == 303
    assert "橘节" in county.get("/safeguards/?state=concluded").content.decode()
    assert county.get(f"{home}edit").status_code == 409
    assert county.post(f"{home}reopen").status_code == 303


def test_the_matters_page_says_which_event_waits_for_it(cast: Cast, client_of: Any) -> None:
    """As far as one sees the event; not after it was concluded, nor when the matter was taken out."""
    by = Matters(cast)
    matter = by.rectifying()
    event, over = establish(cast, name="柑橘节"), establish(cast, name="龙舟赛")
    for one in (event, over):
        guard(cast, one, matter)
    with acting(cast.county) as county:
        actions.conclude_event(actor=county, event_id=over.id)
    path = f"/hidden-dangers/{matter.id}/"
    for who in ("county", "town"):
        page = client_of(who).get(path).content.decode()
        assert f"/safeguards/{event.id}/" in page
        assert "还有 20 天" in page
        assert "龙舟赛" not in page
    assert "柑橘节" not in client_of("firm").get(path).content.decode()
    with acting(cast.county) as county:
        actions.release_matter(actor=county, event_id=event.id, hidden_danger_id=matter.id, reason="不在路线上")
    assert "柑橘节" not in client_of("county").get(path).content.decode()


def test_others_are_turned_away(cast: Cast, client_of: Any) -> None:
    event = establish(cast)
    for who, status in (("other", 404), ("firm", 403), ("village", 403), ("town", 200)):
        assert client_of(who).get(f"/safeguards/{event.id}/").status_code == status, who
    assert "按编号列入" not in client_of("town").get(f"/safeguards/{event.id}/").content.decode()
    assert client_of("town").get(f"/safeguards/{event.id}/guard-numbers").status_code == 403


def test_the_list_is_taken_away_as_excel(cast: Cast, client_of: Any) -> None:
    event, by = establish(cast), Matters(cast)
    matter = by.rectifying()
    guard(cast, event, matter, by.closed())
    with jobs.inline(), acting(cast.county) as county:
        query = {"event": [str(event.id)], "state": ["open"]}
        job = jobs.start(actor=county, work=tasks.export_event, title="导出", query=query)
        jobs.run_pending()
        path = jobs.result_folder(job) / "safeguard.xlsx"
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[4:-1]] == [matter.number]
    assert client_of("county").post(f"/safeguards/{event.id}/export?state=open").status_code == 302


# ── the API ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_api(cast: Cast, client_of: Any) -> None:
    county, by = client_of("county"), Matters(cast)

    def send(path: str, body: Any, method: str = "post", **headers: str) -> Any:
        return getattr(county, method)(path, json.dumps(body), content_type="application/json", headers=headers)

    body = {"name": "柑橘节", "region": "331082", "opens_on": in_days(20).isoformat()}
    made = send("/api/v1/safeguards", body, **{"Idempotency-Key": "one"})
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    assert send("/api/v1/safeguards", body, **{"Idempotency-Key": "one"}).json()["id"] == made.json()["id"]
    assert send("/api/v1/safeguards", body).json()["code"] == "event_there"
    path = made["Location"]
    matter, closed = by.rectifying(), by.closed()
    added = send(f"{path}/matters", {"hidden_dangers": [str(matter.id)], "numbers": [closed.number]})
    assert (added.json()["added"], added.json()["event"]["remaining"]) == (2, 1)
    wrong = send(f"{path}/matters", {"numbers": ["no"]})
    assert (wrong.status_code, wrong["Content-Type"]) == (422, "application/problem+json")
    listed = county.get(f"{path}/matters?state=open").json()
    assert [one["number"] for one in listed["items"]] == [matter.number]
    assert listed["count"] == 1
    assert send(path, {"place": "体育馆"}, "patch", **{"If-Match": '"9"'}).status_code == 412
    assert send(path, {"place": "体育馆"}, "patch", **{"If-Match": '"1"'}).json()["place"] == "体育馆"
    out = send(f"{path}/matters/{matter.id}/release", {"reason": "不涉及"})
    assert (out.json()["found"], out.json()["closed"], out.json()["remaining"]) == (1, 1, 0)
    [seen] = county.get("/api/v1/safeguards").json()["items"]
    assert (seen["id"], seen["days_to_opening"]) == (made.json()["id"], 20)
    assert client_of("other").get(path).status_code == 404
    assert client_of("firm").get("/api/v1/safeguards").status_code == 403


# ── what always holds ────────────────────────────────────────────────────────────────────────────────────────────────


def breaches(cast: Cast) -> set[str]:
    with acting(cast.system()) as system:
        return {breach.what for kind in kinds() if kind.label.startswith("保障") for breach in kind.breaches(system)}


def test_a_matter_outside_the_events_region_is_found(cast: Cast) -> None:
    event, matter = establish(cast, "town", "331082001"), Matters(cast).rectifying()
    guard(cast, event, matter, who="town")
    assert breaches(cast) == set()
    county, elsewhere = cast.regions["331082"], cast.regions["331082002"]
    with acting(cast.system()):
        events = GuaranteedEvent.objects.filter(id=event.id)
        assert events.update(region=elsewhere, region_path=elsewhere.path) == 1
    assert breaches(cast) == {"列入活动的路径不符", "保障的隐患不在活动的属地"}
    with acting(cast.system()):
        events.update(region_path=county.path)
    assert breaches(cast) == {"列入活动的路径不符", "属地的路径不符"}
    with acting(cast.system()):
        events.update(region=county)
        guarded = GuardedMatter.objects.filter(event=event.id)
        guarded.update(region_path=county.path)
    assert breaches(cast) == set()
    with acting(cast.county) as actor:
        actions.release_matter(actor=actor, event_id=event.id, hidden_danger_id=matter.id, reason="列错了")
    with acting(cast.system()):
        guarded.update(added_at=clock.now() + timedelta(days=1))
    assert breaches(cast) == {"移出早于列入"}


# ── the demo ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_demo_guards_an_event_once(cast: Cast) -> None:
    places = {name: cast.regions[code] for name, code in (("county", "331082"), ("city", "3310"), ("other", "331081"))}
    actors = {actor.organisation_id: actor for actor in cast.actors.values()}
    world = Demo(**places, organisations=list(cast.organisations.values()), actors=actors)
    assert festivities.announce(world) == 0
    by = Matters(cast)
    by.closed()
    by.rectifying()
    by.registered()
    assert festivities.announce(world) == 2
    assert festivities.announce(world) == 0
    with acting(cast.county) as county:
        [event] = selectors.events(county)
    assert event.name == "演示柑橘节"
    assert tally(cast, event) == (2, 1, 1)
    assert breaches(cast) == set()
