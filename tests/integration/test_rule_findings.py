"""What a rule says of a matter is kept beside the decision: who may ask, who reads it, and that it can be reckoned again."""

import hashlib
import json
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.hidden_dangers import advice
from anlan.hidden_dangers.api import HiddenDanger
from anlan.hidden_dangers.models import RuleFinding
from anlan.ledger.models import LedgerEntry
from anlan.rules import Finding
from tests.factories.cast import Cast
from tests.factories.matters import Matters

pytestmark = pytest.mark.django_db
SERIOUS = [
    *("equipment_unlicensed_or_scrap_in_use", "equipment_uninspected_or_failed_in_use"),
    *("safety_device_missing_or_failed_in_use", "fault_not_examined_in_use"),
    *("beyond_parameters_or_range", "other_found_serious_by_authority"),
]
FIREWORKS = {"sector": "FIREWORKS", "facts": {"powder_over_limit": True}}
JSON = "application/json"


@pytest.fixture
def by(cast: Cast) -> Matters:
    return Matters(cast)


def client(cast: Cast, who: str) -> Client:
    found = Client()
    found.force_login(cast.users[who])
    return found


def ask(cast: Cast, who: str, matter: HiddenDanger, facts: object = FIREWORKS, **more: object):
    path = f"/api/v1/hidden-dangers/{matter.id}/findings"
    return client(cast, who).post(path, {"facts": facts, **more}, content_type=JSON)


def listed(cast: Cast, who: str, matter: HiddenDanger) -> list[dict]:
    return client(cast, who).get(f"/api/v1/hidden-dangers/{matter.id}/findings").json()["items"]


def case(cast: Cast, who: str, matter: HiddenDanger) -> str:
    return client(cast, who).get(f"/hidden-dangers/{matter.id}/").content.decode()


def test_an_answer_is_kept_with_its_hash_in_the_ledger(cast, by):
    matter = by.registered()
    answer = ask(cast, "town", matter, on="2026-10-01")
    assert answer.status_code == 201, answer.content.decode()
    told = answer.json()
    assert (told["value"], told["replay"], told["finding"]["figures"]["established"]) == ("MAJOR", "same", ["第五项"])
    with acting(cast.county):
        kept = RuleFinding.objects.get(id=told["id"])
        entry = LedgerEntry.objects.get(subject_id=matter.id, event="hidden_danger.rule_asked")
    assert hashlib.sha256(kept.content.encode()).hexdigest() == kept.sha256 == told["sha256"]
    assert json.loads(kept.content)["inputs"] == FIREWORKS
    payload = {name: entry.payload[name] for name in ("rule", "version", "on", "value", "finding_sha256", "finding")}
    assert payload == {
        "rule": "major_hidden_danger",
        "version": kept.version,
        "on": "2026-10-01",
        "value": "MAJOR",
        "finding_sha256": kept.sha256,
        "finding": told["id"],
    }


def test_who_may_ask_and_when(cast, by):
    matter = by.rectifying()
    answers = {who: ask(cast, who, matter).status_code for who in ("firm", "village", "town2", "other", "county")}
    assert answers == {"firm": 403, "village": 403, "town2": 404, "other": 404, "county": 403}
    assert ask(cast, "town", by.submitted()).status_code == 409


@pytest.mark.parametrize(
    ("facts", "on", "pointer"),
    [
        ({"sector": "FIREWORKS", "facts": {"no_such": True}}, "2026-10-01", "/facts/facts/no_such"),
        ({"sector": "NOWHERE"}, "2026-10-01", "/facts/sector"),
        ({}, "2999-01-01", "/on"),
        ({}, "2001-01-01", "/on"),
    ],
)
def test_what_the_rule_cannot_read_is_pointed_at_and_not_kept(cast, by, facts, on, pointer):
    matter = by.registered()
    refused = ask(cast, "town", matter, facts, on=on)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert listed(cast, "town", matter) == []


def test_the_decision_stands_beside_the_advice_and_says_where_it_differs(cast, by):
    matter = by.registered()
    by.act(cast.town, matter, "propose_major", reason="疑似")
    told = ask(cast, "fire", matter).json()
    shown = case(cast, "fire", matter)
    assert "重大事故隐患" in shown
    assert "第五项" in shown
    assert "等临海消防大队判定" in shown
    by.act(cast.fire, matter, "refuse_major", reason="药量已清点")
    shown = case(cast, "town", matter)
    assert "不一致，以主管部门的判定为准" in shown
    assert "药量已清点" in shown
    assert shown.count("按标准判</span>") == 1
    assert told["id"] in shown


def test_a_decision_names_a_finding_of_its_matter(cast, by):
    matter, elsewhere = by.registered(), by.registered()
    by.act(cast.town, matter, "propose_major", reason="疑似")
    named = ask(cast, "town", matter).json()["id"]
    ask(cast, "fire", matter, {"sector": "FIRE"})
    foreign = ask(cast, "town", elsewhere).json()["id"]
    form = client(cast, "fire").get(f"/hidden-dangers/{matter.id}/confirm-major").content.decode()
    assert named in form
    path = f"/api/v1/hidden-dangers/{matter.id}/transitions"
    decision = {"verb": "confirm_major", "clause": "第五项", "cause": "STATE"}
    for wrong in (foreign, str(uuid4())):
        refused = client(cast, "fire").post(path, {**decision, "finding": wrong}, content_type=JSON)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/finding")
    done = client(cast, "fire").post(path, {**decision, "finding": named}, content_type=JSON)
    assert done.status_code == 200
    shown = case(cast, "town", matter)
    assert shown.index(named) < shown.index("另外判过")
    assert "不一致" not in shown


def test_a_refusal_names_a_finding_of_its_matter_too(cast, by):
    matter, elsewhere = by.registered(), by.registered()
    by.act(cast.town, matter, "propose_major", reason="疑似")
    ask(cast, "town", matter)
    denied = {"sector": "SPECIAL_EQUIPMENT", "facts": dict.fromkeys(SERIOUS, False)}
    named = ask(cast, "fire", matter, denied, on="2026-10-01").json()
    assert named["value"] == "NOT_MAJOR"
    foreign = ask(cast, "town", elsewhere).json()["id"]
    form = client(cast, "fire").get(f"/hidden-dangers/{matter.id}/refuse-major").content.decode()
    assert f'value="{named["id"]}" selected' in form
    path = f"/api/v1/hidden-dangers/{matter.id}/transitions"
    decision = {"verb": "refuse_major", "reason": "逐项看过"}
    refused = client(cast, "fire").post(path, {**decision, "finding": foreign}, content_type=JSON)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/finding")
    assert client(cast, "fire").post(path, {**decision, "finding": named["id"]}, content_type=JSON).status_code == 200
    with acting(cast.county):
        entry = LedgerEntry.objects.get(subject_id=matter.id, event="hidden_danger.major_refused")
    assert entry.payload["finding"] == named["id"]
    shown = case(cast, "town", matter)
    assert shown.index(named["id"]) < shown.index("另外判过")
    assert "不一致" not in shown


def test_an_enterprise_reads_it_after_the_decision_without_the_asker(cast, by):
    matter = by.rectifying()
    by.act(cast.town, matter, "propose_major", reason="疑似")
    told = ask(cast, "town", matter).json()
    page = f"/hidden-dangers/{matter.id}/findings/{told['id']}/"
    assert listed(cast, "firm", matter) == []
    assert "按标准判" not in case(cast, "firm", matter)
    assert client(cast, "firm").get(page).status_code == 404
    history = client(cast, "firm").get(f"/api/v1/hidden-dangers/{matter.id}/history").json()["items"]
    assert "hidden_danger.rule_asked" not in {entry["event"] for entry in history}
    by.act(cast.fire, matter, "confirm_major", clause="第五项")
    assert [(one["id"], one["asked_by"]) for one in listed(cast, "firm", matter)] == [(told["id"], None)]
    shown = client(cast, "firm").get(page).content.decode()
    assert "古城街道" not in shown.partition("存证")[2]


def test_a_finding_that_no_longer_comes_out_the_same_is_said(cast, by):
    matter = by.registered()
    told = ask(cast, "town", matter).json()
    page = f"/hidden-dangers/{matter.id}/findings/{told['id']}/"
    assert "<dd>一致（" in client(cast, "town").get(page).content.decode()
    with acting(cast.town):
        kept = RuleFinding.objects.get(id=told["id"])
    stored = Finding.stored(kept.content)
    for change in ({"label": "别的"}, {"version": "2000-01-01.1"}):
        kept.content = replace(stored, **change).canonical()
        assert advice.replayed(kept) == "different"


def test_the_questions_come_clause_by_clause_and_the_rest_can_be_denied(cast, by):
    matter = by.registered(sector="FIREWORKS")
    browser = client(cast, "town")
    path = f"/hidden-dangers/{matter.id}/findings/"
    asked = browser.get(path).content.decode()
    assert asked.index(">第一项</span>") < asked.index(">第二十项</span>")
    kept = browser.post(path, {"f.sector": "FIREWORKS", "rest": "on"})
    assert kept.status_code == 303
    assert "不在所列各项之内" in browser.get(kept["Location"]).content.decode()
    open_still = browser.post(path, {"f.sector": "FIREWORKS", "f.facts.powder_over_limit": "false"})
    assert "还不能判定" in browser.get(open_still["Location"]).content.decode()
    for odd in ({"f.sector": "X"}, {"on": "2999-01-01"}, {"f.facts.powder_over_limit": "x", "f.sector": "FIREWORKS"}):
        assert browser.post(path, odd).status_code == 200
    assert "文本不在手边" in browser.get(path, {"f.sector": "FIRE", "on": "x"}).content.decode()


def test_measured_figures_are_asked_and_the_rest_can_be_denied(cast, by):
    matter = by.registered(sector="MINING")
    browser = client(cast, "town")
    path = f"/hidden-dangers/{matter.id}/findings/"
    asked = browser.get(path, {"f.sector": "COAL_MINE"}).content.decode()
    assert "f.measured.annual_output_t" in asked
    assert "全年原煤产量超过核定能力的 110%" in asked
    sent = {"f.sector": "COAL_MINE", "rest": "on", "f.measured.clear_exits": "1"}
    kept = browser.post(path, sent)
    assert kept.status_code == 303
    said = browser.get(kept["Location"]).content.decode()
    assert "畅通的安全出口不到 2 个（1 小于 2）" in said
    assert "第二十条第十七项" in said
    none = browser.post(path, {**sent, "f.measured.clear_exits": "2"})
    assert "不在所列各项之内" in browser.get(none["Location"]).content.decode()
    for odd in ("NaN", "-1", "x", "1e999"):
        assert browser.post(path, {**sent, "f.measured.clear_exits": odd}).status_code == 200


def test_the_case_page_asks_the_database_nothing_more(cast, by):
    matter = by.registered()
    browser = client(cast, "town")

    def queries() -> int:
        browser.get(f"/hidden-dangers/{matter.id}/")
        with CaptureQueriesContext(connection) as captured:
            browser.get(f"/hidden-dangers/{matter.id}/")
        return len(captured)

    before = queries()
    for _ in range(7):
        ask(cast, "town", matter)
    assert queries() == before
    assert case(cast, "town", matter).count("/findings/") >= 5
