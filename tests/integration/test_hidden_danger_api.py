"""The API of the loop: what goes in, what comes out, how it refuses, and what it does not tell."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from anlan.accounts import actions as accounts
from anlan.authz.scope import acting
from anlan.hidden_dangers.actions.registration import why_not_by
from anlan.hidden_dangers.choices import Source
from anlan.hidden_dangers.forms.choosing import sources_for
from anlan.hidden_dangers.models import HiddenDanger
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from tests.factories.matters import Matters, in_days, paper, picture, upload

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/hidden-dangers"
JSON = "application/json"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Caller:
    """A machine with a person's token."""

    def __init__(self, secret: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, body, content_type=JSON, headers=named)

    def act(self, matter: Any, verb: str, payload: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.post(f"{ROOT}/{matter.id}/transitions", {"verb": verb, **(payload or {})}, **headers)

    def upload(self, file: Any = None, **details: Any) -> Any:
        return self.client.post("/api/v1/files", {"file": file or picture(), **details})


@pytest.fixture
def by(cast) -> Matters:
    return Matters(cast)


@pytest.fixture
def call(cast):
    """``call("town")``: the person's machine."""

    def caller(name: str) -> Caller:
        system = cast.system("3310")
        with acting(system):
            _, secret = accounts.issue_token(actor=system, grant=cast.grants[name], days=1)
        return Caller(secret)

    return caller


def find(cast, **more: Any) -> dict[str, Any]:
    return {
        "description": "配电箱无盖，电线裸露",
        "source": "GRASSROOTS_CHECK",
        "place": "一车间东侧",
        "site": str(cast.sites["firm"].id),
        "sector": "INDUSTRY",
        **more,
    }


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body of a problem, which has the form it should have."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert CHINESE.search(body["title"])
    assert CHINESE.search(body["detail"])
    return body


def counts(cast) -> tuple[int, int]:
    with acting(cast.system("3310")):
        return HiddenDanger.objects.count(), LedgerEntry.objects.count()


class TestRegister:
    def test_with_photos(self, cast, call):
        town = call("town")
        uploaded = town.upload(kind="BEFORE", longitude="121.1", latitude="28.8", accuracy_m="5")
        assert uploaded.status_code == 201
        photo = uploaded.json()
        assert (photo["content_type"], photo["width"], photo["height"]) == ("image/jpeg", 64, 48)
        response = town.post(ROOT, find(cast, photos=[photo["id"]]))
        assert response.status_code == 201
        body = response.json()
        assert response["Location"] == f"{ROOT}/{body['id']}"
        assert response["ETag"] == f'"{body["version"]}"'
        assert body["status"] == {"code": "REGISTERED", "label": "已登记"}
        assert body["files"] == [photo["id"]]
        assert body["reporter"]["name"].endswith("古城街道办事处") or "古城" in body["reporter"]["name"]
        assert [verb["verb"] for verb in body["verbs"]][:2] == ["return_to_reporter", "dismiss"]
        assert town.get(response["Location"]).json() == body
        assert call("village").get(f"/api/v1/files/{photo['id']}").status_code == 200
        assert call("other").get(f"/api/v1/files/{photo['id']}").status_code == 404

    def test_a_photo_of_somebody_else_is_not_found(self, cast, call):
        photo = call("village").upload().json()["id"]
        problem(call("town").post(ROOT, find(cast, photos=[photo])), 404, "not_found")
        assert counts(cast)[0] == 0

    def test_a_photo_serves_once(self, cast, call):
        town = call("town")
        photo = town.upload().json()["id"]
        assert town.post(ROOT, find(cast, photos=[photo])).status_code == 201
        problem(town.post(ROOT, find(cast, photos=[photo])), 422, "invalid")
        assert counts(cast)[0] == 1

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"description": None}, "/description"),
            ({"description": 5}, "/description"),
            ({"description": "长" * 2001}, "/description"),
            ({"description": "   "}, "/description"),
            ({"source": "RUMOUR"}, "/source"),
            ({"source": "SELF_CHECK"}, "/source"),
            ({"sector": "SPACE"}, "/sector"),
            ({"suggested_level": "HUGE"}, "/suggested_level"),
            ({"site": "12"}, "/site"),
            ({"photos": ["x"]}, "/photos/0"),
            ({"photos": [str(uuid4())] * 31}, "/photos"),
            ({"unknown": 1}, "/unknown"),
            ({"site": None}, "/region"),
        ],
    )
    def test_a_bad_field_is_pointed_at_in_chinese(self, cast, call, change, pointer):
        body = problem(call("town").post(ROOT, find(cast, **change)), 422, "invalid")
        assert [error["pointer"] for error in body["errors"]] == [pointer]
        assert CHINESE.search(body["errors"][0]["message"])
        assert counts(cast)[0] == 0

    def test_every_bad_field_at_once(self, cast, call):
        sent = {"source": "RUMOUR", "sector": "SPACE"}
        body = problem(call("town").post(ROOT, sent), 422, "invalid")
        assert {error["pointer"] for error in body["errors"]} == {"/description", "/source", "/sector"}

    @pytest.mark.parametrize("body", ["", "{", "[1", '{"description": NaN}', '"text"', "null", "[]"])
    def test_what_is_no_object_is_refused(self, cast, call, body):
        response = call("town").client.post(ROOT, body, content_type=JSON)
        assert response.status_code in (400, 422)
        assert response["Content-Type"] == "application/problem+json"

    def test_other_forms_are_not_read(self, cast, call):
        problem(
            call("town").client.post(ROOT, "description=x", content_type="text/plain"), 415, "unsupported_media_type"
        )

    def test_a_place_outside(self, cast, call):
        elsewhere = find(cast, site=str(cast.sites["other_firm"].id))
        problem(call("town").post(ROOT, elsewhere), 404, "not_found")
        problem(call("town2").post(ROOT, find(cast)), 404, "not_found")

    def test_a_leader_registers_what_a_leader_found(self, cast, call):
        assert call("leader").post(ROOT, find(cast)).status_code == 201


class TestChannels:
    @pytest.mark.parametrize("name", ["village", "town", "dept", "expert"])
    def test_what_the_city_found_is_put_down_by_the_city_or_the_committee_office(self, cast, call, name):
        body = problem(call(name).post(ROOT, find(cast, source="CITY_SUPERVISION")), 422, "invalid")
        assert [error["pointer"] for error in body["errors"]] == ["/source"]
        assert "市级以上单位登记" in body["detail"]

    @pytest.mark.parametrize("name", ["city", "county"])
    def test_who_puts_it_down(self, cast, call, name):
        assert call(name).post(ROOT, find(cast, source="CITY_SUPERVISION")).status_code == 201

    def test_a_form_offers_no_channel_that_is_refused(self, cast):
        for actor in cast.actors.values():
            assert all(not why_not_by(actor, source) for source in sources_for(actor)), actor
        assert Source.CITY_SUPERVISION in sources_for(cast.county)
        assert Source.CITY_SUPERVISION not in sources_for(cast.dept)


class TestMoves:
    def test_the_whole_way_with_files(self, cast, call):
        town, village, firm = call("town"), call("village"), call("firm")
        matter = HiddenDanger(id=town.post(ROOT, find(cast)).json()["id"])
        steps = [
            (town, "confirm", {"cause": "STATE", "clause": "第三十六条"}, "CONFIRMED"),
            (town, "dispatch", {"lead": str(cast.village.organisation_id), "due_on": str(in_days(7))}, "DISPATCHED"),
            (village, "acknowledge", {}, "RECTIFYING"),
        ]
        for who, verb, payload, status in steps:
            response = who.act(matter, verb, payload)
            assert (response.status_code, response.json()["status"]["code"]) == (200, status)
            assert response["ETag"] == f'"{response.json()["version"]}"'
        after = firm.upload(kind="AFTER").json()["id"]
        assert firm.act(matter, "submit_rectification", {"note": "已加盖", "photos": [after]}).status_code == 200
        closed = town.act(matter, "accept_rectification", {"note": "到位"}).json()
        assert closed["status"]["code"] == "CLOSED"
        assert closed["deadlines"] == closed["verbs"] == [] or all(v["verb"] != "dispatch" for v in closed["verbs"])
        history = town.get(f"{ROOT}/{matter.id}/history").json()
        assert [item["verb"] for item in history["items"]] == [
            "register", "confirm", "dispatch", "acknowledge", "submit_rectification", "accept_rectification", "close",
        ]  # fmt: skip
        assert history["count"] == 7
        assert history["items"][0]["from_status"] == ""
        assert [item["to_status"] for item in history["items"]][-1] == "CLOSED"

    def test_wrong_state(self, cast, call, by):
        body = problem(call("town").act(by.registered(), "acknowledge"), 409, "wrong_state")
        assert "已登记" in body["detail"]
        assert body["current_status"] == "REGISTERED"

    def test_a_condition_with_its_article(self, cast, call, by):
        matter = by.major()
        firm = call("firm")
        photo = firm.upload().json()["id"]
        body = problem(
            firm.act(matter, "submit_rectification", {"note": "好", "photos": [photo]}), 409, "five_incomplete"
        )
        assert body["citation"] == "安全生产法第四十一条"
        assert body["missing"] == ["方案", "时限", "责任", "资金", "措施"]

    def test_who_may_not(self, cast, call, by):
        matter = by.submitted()
        problem(call("firm").act(matter, "accept_rectification", {"note": "自己说好"}), 403, "forbidden")
        problem(call("county").act(matter, "accept_rectification", {"note": "好"}), 403, "not_your_turn")

    def test_outside_the_scope(self, cast, call, by):
        matter = by.registered()
        for who in ("other", "town2", "dept", "firm"):
            caller = call(who)
            problem(caller.get(f"{ROOT}/{matter.id}"), 404, "not_found")
            problem(caller.get(f"{ROOT}/{matter.id}/history"), 404, "not_found")
            problem(caller.act(matter, "dismiss", {"reason": "误报"}), 404, "not_found")
        problem(call("town").get(f"{ROOT}/{uuid4()}"), 404, "not_found")

    @pytest.mark.parametrize("verb", ["fly", "", "REGISTER", None, 5])
    def test_an_unknown_verb(self, cast, call, by, verb):
        matter = by.registered()
        body = problem(call("town").post(f"{ROOT}/{matter.id}/transitions", {"verb": verb}), 422, "invalid")
        assert [error["pointer"] for error in body["errors"]] == ["/verb"]
        assert re.search(r"只能是 register、return_to_reporter、.*、correct 之一。$", body["detail"])

    def test_no_verb(self, cast, call, by):
        body = problem(call("town").post(f"{ROOT}/{by.registered().id}/transitions", {}), 422, "invalid")
        assert body["detail"].startswith("/verb：请填写这一项，只能是 register、")

    def test_a_code_there_is_not_and_what_is_left_out_in_one_chinese_sentence(self, cast, call, by):
        sent = {"cause": "WEATHER", "due_on": "明天"}
        body = problem(call("town").act(by.registered(), "confirm", sent), 422, "invalid")
        assert body["detail"] == (
            "/cause：只能是 ACT、STATE、MANAGEMENT、NOT_STATED 之一；/due_on：日期格式应为 2026-01-31。"
        )

    def test_a_field_of_a_verb(self, cast, call, by):
        matter = by.confirmed()
        sent = {"lead": str(cast.village.organisation_id), "due_on": str(in_days(-1))}
        body = problem(call("town").act(matter, "dispatch", sent), 422, "invalid")
        assert body["errors"] == [{"pointer": "/due_on", "message": "整改期限不能早于今天。", "source": "body"}]
        body = problem(call("town").act(matter, "dispatch", {"due_on": "明天"}), 422, "invalid")
        assert {error["pointer"] for error in body["errors"]} >= {"/lead", "/due_on"}

    @pytest.mark.parametrize("day", ["9999-12-31", "2299-01-01"])
    @pytest.mark.parametrize("verb", ["dispatch", "confirm", "request_suspension"])
    def test_a_deadline_at_the_end_of_time_is_refused_at_its_field(self, cast, call, by, verb, day):
        matter = (
            by.rectifying()
            if verb == "request_suspension"
            else by.confirmed()
            if verb == "dispatch"
            else by.registered()
        )
        payloads = {
            "dispatch": {"lead": str(cast.village.organisation_id), "due_on": day},
            "confirm": {"cause": "STATE", "due_on": day},
            "request_suspension": {"controls": "停用", "review_on": day},
        }
        who = "village" if verb == "request_suspension" else "town"
        body = problem(call(who).act(matter, verb, payloads[verb]), 422, "invalid")
        assert [error["pointer"] for error in body["errors"]] == [
            "/review_on" if verb == "request_suspension" else "/due_on"
        ]
        assert "最远 3 年，不能晚于" in body["detail"]

    def test_nor_is_it_put_off_for_ever(self, cast, call, by):
        matter = by.major()
        for verb, name, more in (("request_extension", "until", {"reason": "等配件"}), ("fill_five", "due_on", {})):
            body = problem(call("firm").act(matter, verb, {name: "2299-01-01", **more}), 422, "invalid")
            assert [error["pointer"] for error in body["errors"]] == [f"/{name}"]


class TestComments:
    def test_a_word_is_read_by_everybody_who_reads_the_history(self, cast, call, by):
        matter = by.rectifying()
        path = f"{ROOT}/{matter.id}/comments"
        said = call("firm").post(path, {"note": "配件周五到"})
        assert said.status_code == 201
        assert (said.json()["title"], said.json()["note"], said.json()["verb"]) == ("留言", "配件周五到", "")
        read = call("county").get(f"{ROOT}/{matter.id}/history").json()["items"]
        assert read[-1] == said.json()
        assert call("county").get(f"{ROOT}/{matter.id}").json()["version"] == matter.version
        for empty in ("", "  "):
            [error] = problem(call("firm").post(path, {"note": empty}), 422, "invalid")["errors"]
            assert error["pointer"] == "/note"
        problem(call("other").post(path, {"note": "看看"}), 404, "not_found")


class TestVersions:
    def test_a_stale_version(self, cast, call, by):
        matter = by.registered()
        body = problem(call("town").act(matter, "dismiss", {"reason": "误报"}, If_Match='"99"'), 412, "stale_version")
        assert body["current_version"] == matter.version

    def test_it_says_who_was_faster_and_how(self, cast, call, by):
        matter = by.dispatched()
        stale = problem(
            call("village").act(matter, "bounce", {"reason": "不归我们"}, If_Match='"1"'), 412, "stale_version"
        )
        last = stale["last_act"]
        assert (last["event"], last["title"]) == ("hidden_danger.dispatched", "交办")
        assert (last["actor"], last["organisation"]) == (cast.town.label, cast.town.organisation_name)
        assert last["at"].endswith(("Z", "+00:00"))
        assert f"最近一步：交办，{cast.town.label}（{cast.town.organisation_name}），" in stale["detail"]

    def test_so_does_a_state_that_has_moved_on(self, cast, call, by):
        matter = by.dispatched()
        body = problem(call("town").act(matter, "dismiss", {"reason": "误报"}), 409, "wrong_state")
        assert (body["current_status"], body["current_version"]) == ("DISPATCHED", matter.version)
        assert body["last_act"]["event"] == "hidden_danger.dispatched"

    def test_an_enterprise_hears_only_of_what_it_may_read(self, cast, call, by):
        matter = by.dispatched()
        by.act(cast.town, matter, "propose_major", reason="有重大嫌疑")
        done = {"note": "好", "photos": [str(upload(cast.firm))]}
        body = problem(call("firm").act(matter, "submit_rectification", done), 409, "wrong_state")
        assert body["last_act"]["event"] == "hidden_danger.dispatched"

    @pytest.mark.parametrize("tag", ['"{v}"', 'W/"{v}"', '"99", "{v}"', "*"])
    def test_the_right_version(self, cast, call, by, tag):
        matter = by.registered()
        text = tag.format(v=matter.version)
        assert call("town").act(matter, "dismiss", {"reason": "误报"}, If_Match=text).status_code == 200

    @pytest.mark.parametrize("tag", ["3", "abc", '"x"', '""', '"-1"'])
    def test_a_tag_of_another_house(self, cast, call, by, tag):
        problem(call("town").act(by.registered(), "dismiss", {"reason": "误报"}, If_Match=tag), 400, "malformed")

    def test_a_version_is_of_no_use_to_an_outsider(self, cast, call, by):
        matter = by.registered()
        problem(call("other").act(matter, "dismiss", {"reason": "误报"}, If_Match='"99"'), 404, "not_found")


class TestIdempotency:
    def test_registering_twice_is_once(self, cast, call):
        town = call("town")
        first = town.post(ROOT, find(cast), Idempotency_Key="k1")
        before = counts(cast)
        again = town.post(ROOT, find(cast), Idempotency_Key="k1")
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.content == first.content
        assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
        assert again["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first
        assert counts(cast) == before

    def test_moving_twice_is_once(self, cast, call, by):
        matter = by.registered()
        town = call("town")
        first = town.act(matter, "dismiss", {"reason": "误报"}, Idempotency_Key="k1")
        before = counts(cast)
        again = town.act(matter, "dismiss", {"reason": "误报"}, Idempotency_Key="k1")
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert counts(cast) == before
        problem(town.act(matter, "dismiss", {"reason": "误报"}), 409, "wrong_state")

    def test_another_body_under_the_same_key(self, cast, call):
        town = call("town")
        town.post(ROOT, find(cast), Idempotency_Key="k1")
        before = counts(cast)
        other = town.post(ROOT, find(cast, place="别处"), Idempotency_Key="k1")
        problem(other, 409, "idempotency_key_reused")
        assert counts(cast) == before

    def test_a_refusal_is_not_kept(self, cast, call):
        town = call("town")
        assert town.post(ROOT, find(cast, description=" "), Idempotency_Key="k1").status_code == 422
        assert town.post(ROOT, find(cast), Idempotency_Key="k1").status_code == 201

    def test_a_key_is_a_persons_own(self, cast, call):
        assert call("town").post(ROOT, find(cast), Idempotency_Key="k1").status_code == 201
        response = call("village").post(ROOT, find(cast, source="GRID_PATROL"), Idempotency_Key="k1")
        assert response.status_code == 201
        assert "Idempotency-Replayed" not in response


class TestWhatAnEnterpriseIsNotTold:
    SECRETS = ("卫专家", "安达", "中介协查", "AGENCY_CHECK", "初审转来")

    @pytest.fixture
    def reported(self, cast, by):
        """An expert reports the firm; the township screens and dispatches it."""
        region = cast.regions["331082001001"].id
        matter = by.registered(cast.expert, source="AGENCY_CHECK", site_id=None, region_id=region, place="一车间")
        party = {"id": cast.enterprises["firm"].id}
        by.act(cast.town, matter, "confirm", cause="STATE", responsible_party=party, note="初审转来")
        by.act(cast.town, matter, "dispatch", lead=cast.village.organisation_id, due_on=in_days(7))
        return by.act(cast.village, matter, "acknowledge")

    def everything(self, caller, matter) -> str:
        paths = [ROOT, f"{ROOT}/{matter.id}", f"{ROOT}/{matter.id}/history", "/api/v1/organisations?page_size=200"]
        bodies = [caller.get(path).json() for path in paths]
        return json.dumps(bodies, ensure_ascii=False)

    def test_neither_the_reporter_nor_the_channel(self, cast, call, reported):
        firm = call("firm")
        text = self.everything(firm, reported)
        assert {secret for secret in self.SECRETS if secret in text} == set()
        ids = (cast.expert.organisation_id, cast.expert.user_id, cast.expert.grant_id)
        assert not any(str(one) in text for one in ids)
        body = firm.get(f"{ROOT}/{reported.id}").json()
        assert body["reporter"] is body["source"] is None
        verbs = [item["verb"] for item in firm.get(f"{ROOT}/{reported.id}/history").json()["items"]]
        assert verbs == ["dispatch", "acknowledge"]

    def test_the_others_are_told(self, cast, call, reported):
        text = self.everything(call("town"), reported)
        assert {secret for secret in self.SECRETS if secret in text} == set(self.SECRETS)

    def test_the_screening_office_does_not_give_the_reporter_away(self, cast, call, by):
        """A township that reports screens its own find: naming who screened would name who reported."""
        matter = by.rectifying()
        body = call("firm").get(f"{ROOT}/{matter.id}").json()
        assert body["reporter"] is None
        assert body["screening"] is None

    @pytest.mark.parametrize("source", ["AGENCY_CHECK", "GRID_PATROL", "SELF_CHECK"])
    def test_a_filter_does_not_ask_it_out(self, cast, call, reported, source):
        assert call("firm").get(ROOT, source=source).json()["count"] == 0
        assert call("town").get(ROOT, source="AGENCY_CHECK").json()["count"] == 1

    def test_its_own_report_is_no_secret(self, cast, call, by):
        matter = by.registered(cast.firm, source="SELF_CHECK")
        body = call("firm").get(f"{ROOT}/{matter.id}").json()
        assert body["source"]["code"] == "SELF_CHECK"
        assert body["reporter"]["id"] == str(cast.firm.organisation_id)

    def test_an_unannounced_check_is_announced_by_its_dispatch(self, cast, call, by):
        matter = by.registered(cast.fire, source="UNANNOUNCED_CHECK")
        for who in ("firm", "town", "county", "village"):
            caller = call(who)
            problem(caller.get(f"{ROOT}/{matter.id}"), 404, "not_found")
            assert caller.get(ROOT).json()["count"] == 0
        by.act(cast.fire, matter, "confirm", cause="STATE")
        assert call("firm").get(f"{ROOT}/{matter.id}").status_code == 404
        by.act(cast.fire, matter, "dispatch", lead=cast.town.organisation_id, due_on=in_days(5))
        body = call("firm").get(f"{ROOT}/{matter.id}").json()
        assert body["source"] is None
        assert "UNANNOUNCED" not in json.dumps(body)


class TestLists:
    def test_pages(self, cast, call, by):
        made = [str(by.registered().id) for _ in range(5)]
        town = call("town")
        pages = [town.get(ROOT, page=n, page_size=2).json() for n in (1, 2, 3, 4)]
        assert [len(page["items"]) for page in pages] == [2, 2, 1, 0]
        assert [item["id"] for page in pages for item in page["items"]] == made[::-1]
        assert {(page["count"], page["count_is_exact"]) for page in pages} == {(5, True)}
        assert town.get(ROOT, count="none").json()["count"] is None

    def test_a_walk_by_cursor(self, cast, call, by):
        made = {str(by.registered().id) for _ in range(5)}
        town, cursor, seen = call("town"), "", []
        while cursor is not None:
            page = town.get(ROOT, cursor=cursor, page_size=2).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert (len(seen), set(seen)) == (5, made)

    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ({"page": 0}, "/page"),
            ({"page_size": 201}, "/page_size"),
            ({"status": "LOST"}, "/status/0"),
            ({"level": "HUGE"}, "/level"),
            ({"registered_from": "昨天"}, "/registered_from"),
            ({"cursor": "!!"}, "/cursor"),
            ({"holder": "x"}, "/holder"),
            ({"region": "999999"}, "/region"),
        ],
    )
    def test_a_bad_parameter(self, cast, call, query, pointer):
        body = problem(call("town").get(ROOT, **query), 422, "invalid")
        assert body["errors"][0]["pointer"] == pointer

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    @pytest.mark.parametrize("name", ["registered_from", "registered_to"])
    def test_a_day_at_the_end_of_time(self, cast, call, name, day):
        assert call("town").get(ROOT, **{name: day}).status_code in (200, 422)

    def test_filters(self, cast, call, by):
        gas = by.registered(sector="GAS", description="燃气软管老化")
        late = by.rectifying(due_in=2)
        by.registered(cast.town2, site_id=cast.sites["firm2"].id)
        county = call("county")

        def ids(**query: Any) -> set[str]:
            return {item["id"] for item in county.get(ROOT, **query).json()["items"]}

        assert ids(sector="GAS") == ids(q="软管") == ids(q=gas.number) == {str(gas.id)}
        assert ids(status="RECTIFYING") == ids(level="GENERAL") == {str(late.id)}
        assert ids(status=["RECTIFYING", "REGISTERED"]) == ids()
        assert ids(region="331082001") == ids(site=str(cast.sites["firm"].id)) == {str(gas.id), str(late.id)}
        assert ids(holder=str(cast.village.organisation_id)) == {str(late.id)}
        assert ids(enterprise=str(cast.enterprises["firm"].id)) == {str(late.id)}
        assert len(ids(registered_from=str(clock.today()), registered_to=str(clock.today()))) == 3
        assert ids(registered_to=str(in_days(-1))) == set()
        assert ids(q="没有这样的词") == set()

    def test_overdue_is_counted_by_the_day(self, cast, call, by):
        matter = by.rectifying(due_in=2)
        county = call("county")
        for days, overdue in ((2, 0), (3, 1)):
            with clock.at(clock.start_of(in_days(days)) + timedelta(hours=1)):
                assert call("county").get(ROOT, state="overdue").json()["count"] == overdue
                assert call("county").get(f"{ROOT}/{matter.id}").json()["is_overdue"] is bool(overdue)
        assert county.get(ROOT, state="due_soon").json()["count"] == 1

    def test_everybody_counts_their_own(self, cast, call, by):
        by.registered()
        by.registered(cast.town2, site_id=cast.sites["firm2"].id)
        by.registered(cast.other, site_id=cast.sites["other_firm"].id)
        counted = {
            who: call(who).get(ROOT).json()["count"] for who in ("city", "county", "town", "dept", "firm", "other")
        }
        assert counted == {"city": 3, "county": 2, "town": 1, "dept": 0, "firm": 0, "other": 1}


class TestTokens:
    def test_nobody(self, client):
        for path in (ROOT, f"{ROOT}/{uuid4()}"):
            body = problem(client.get(path), 401, "sign_in_required")
            assert body["title"] == "需要登录"

    @pytest.mark.parametrize("secret", ["", "anlan_wrong", "a b", "密"])
    def test_a_bad_token(self, secret):
        response = Client().get(ROOT, headers={"Authorization": f"Bearer {secret}".encode().decode("latin-1")})
        problem(response, 401, "sign_in_required")
        assert response["WWW-Authenticate"].startswith("Bearer")

    def test_a_token_ends_with_its_day_and_its_grant(self, cast, call):
        town = call("town")
        assert town.get(ROOT).status_code == 200
        with clock.at(clock.now() + timedelta(days=2)):
            problem(town.get(ROOT), 401, "sign_in_required")
        with acting(cast.system()):
            accounts.revoke_grant(actor=cast.system(), grant_id=cast.grants["town"].id)
        problem(town.get(ROOT), 401, "sign_in_required")


class TestUploads:
    @pytest.mark.parametrize(
        ("name", "content"),
        [("x.jpg", b"not a picture"), ("x.html", b"<script>"), ("x.jpg", b""), ("x.exe", b"MZ" + b"\0" * 64)],
    )
    def test_what_is_no_evidence(self, cast, call, name, content):
        from django.core.files.uploadedfile import SimpleUploadedFile

        body = problem(call("town").upload(SimpleUploadedFile(name, content)), 422, "invalid")
        assert body["errors"][0]["pointer"] == "/file"

    def test_the_original_comes_back_as_it_was(self, cast, call):
        town, file = call("town"), paper()
        content = file.read()
        file.seek(0)
        stored = town.upload(file, kind="REPORT").json()
        response = town.client.get(f"/files/{stored['id']}/")
        assert b"".join(response.streaming_content) == content
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert call("village").get(f"/api/v1/files/{stored['id']}").status_code == 404, (
            "not attached: its uploader's only"
        )
