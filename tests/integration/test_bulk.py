"""Several matters at once: each by its own action, those refused by name and with the reason; and 催办."""

import re
from typing import Any

import pytest
from django.test import Client

from anlan.authz.scope import acting
from anlan.hidden_dangers import bulk
from anlan.hidden_dangers.actions import urge
from anlan.hidden_dangers.models import HiddenDanger
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from anlan.notify.models import Message
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(cast: Cast) -> Matters:
    return Matters(cast)


def status(cast: Cast, matter: HiddenDanger) -> str:
    with acting(cast.county):
        return HiddenDanger.objects.get(id=matter.id).status


def run(cast: Cast, who: str, verb: str, *of: HiddenDanger, **payload: Any) -> dict[str, str]:
    actor = cast.actors[who]
    with acting(actor):
        outcome = bulk.run(actor, verb, [one.id for one in of], payload)
    numbers = {one.id: one.number for one in of}
    return {numbers[one.id]: one.code for one in outcome.refused}


def test_what_may_be_done_is_done_and_the_rest_says_why(cast: Cast, matters: Matters) -> None:
    first, second, gone_on = matters.registered(), matters.registered(), matters.confirmed()
    elsewhere = matters.registered(cast.town2, site_id=cast.sites["firm2"].id)
    refused = run(cast, "town", "return_to_reporter", first, gone_on, elsewhere, second, reason="请补照片")
    assert refused == {gone_on.number: "wrong_state", elsewhere.number: "not_found"}
    assert [status(cast, one) for one in (first, second, gone_on, elsewhere)] == [
        "RETURNED_TO_REPORTER",
        "RETURNED_TO_REPORTER",
        "CONFIRMED",
        "REGISTERED",
    ]


def test_the_other_verbs(cast: Cast, matters: Matters) -> None:
    bounced = [matters.act(cast.dept2, matters.dispatched(cast.dept2), "bounce", reason="不归我") for _ in range(2)]
    to = {"lead": str(cast.dept.organisation_id), "due_on": str(in_days(9))}
    assert run(cast, "town", "redispatch", *bounced, **to) == {}
    assert {status(cast, one) for one in bounced} == {"DISPATCHED"}
    into, twin = matters.registered(), matters.registered()
    assert run(cast, "town", "merge_duplicate", twin, into, into=str(into.id)) == {into.number: "invalid"}
    assert status(cast, twin) == "MERGED"
    assert run(cast, "town", "report_up", into, reason="需要部门定") == {}
    assert run(cast, "town", "return", matters.submitted(), reason="没改好") == {}


def test_nothing_is_done_when_the_whole_is_wrong(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    for who, verb, of, payload, error in (
        ("village", "return_to_reporter", [matter], {"reason": "x"}, Forbidden),
        ("town", "return_to_reporter", [matter], {}, Invalid),
        ("town", "return_to_reporter", [], {"reason": "x"}, Invalid),
        ("town", "return_to_reporter", [matter], {"reason": "x", "more": 1}, Invalid),
    ):
        with pytest.raises(error):
            run(cast, who, verb, *of, **payload)
    assert status(cast, matter) == "REGISTERED"


def test_urging_reminds_whoever_is_to_act_once_a_day(cast: Cast, matters: Matters) -> None:
    matter = matters.rectifying()
    with acting(cast.county):
        urge(actor=cast.county, hidden_danger_id=matter.id, note="周五前报验")
        told = Message.objects.filter(title__contains="催办")
        assert {one.to_organisation_id for one in told} == {
            cast.village.organisation_id,
            cast.firm.organisation_id,
        }
        assert all("周五前报验" in one.body for one in told)
        with pytest.raises(Refused) as again:
            urge(actor=cast.county, hidden_danger_id=matter.id)
        assert again.value.code == "urged_today"
    with acting(cast.town):
        assert urge(actor=cast.town, hidden_danger_id=matter.id).status == "RECTIFYING"
    closed, mine = matters.closed(), matters.registered()
    assert run(cast, "town", "urge", closed, mine) == {closed.number: "ended", mine.number: "own_turn"}
    with acting(cast.village), pytest.raises(Forbidden):
        urge(actor=cast.village, hidden_danger_id=matter.id)
    with acting(cast.other), pytest.raises(NotInScope):
        urge(actor=cast.other, hidden_danger_id=matter.id)


def test_pages_ask_with_the_count_and_tell_what_became_of_each(cast: Cast, matters: Matters, client_of: Any) -> None:
    first, second = matters.registered(description="甲处堵塞"), matters.confirmed(description="乙处堵塞")
    town: Client = client_of("town")
    assert 'name="ids"' in town.get("/hidden-dangers/").content.decode()
    assert 'name="ids"' not in client_of("firm").get("/hidden-dangers/").content.decode()
    path, ids = "/hidden-dangers/bulk/return-to-reporter", [str(first.id), str(second.id), "no id"]
    asked = town.post(path, {"ids": ids}).content.decode()
    assert "退回上报人 2 件隐患" in asked
    assert status(cast, first) == "REGISTERED"
    assert "请填写理由" in town.post(path, {"ids": ids, "confirmed": "1"}).content.decode()
    done = town.post(path, {"ids": ids, "confirmed": "1", "reason": "补照片"}).content.decode()
    assert "已退回上报人 1 件，1 件没有办" in done
    assert re.search(r"乙处堵塞.*?class=\"why\">[^<]*已核定", done, re.DOTALL)
    assert client_of("leader").post(path, {"ids": ids}).status_code == 403
    assert town.post("/hidden-dangers/bulk/close", {"ids": ids}).status_code == 404
    assert "没有选择隐患" in town.post(path, {}).content.decode()


def test_over_http(cast: Cast, matters: Matters, client_of: Any) -> None:
    first, second = matters.registered(), matters.confirmed()
    sent = {"verb": "return_to_reporter", "ids": [str(first.id), str(second.id)], "payload": {"reason": "补照片"}}
    answer = client_of("town").post("/api/v1/hidden-dangers/bulk", sent, content_type="application/json").json()
    assert answer["done"] == [str(first.id)]
    assert [(one["id"], one["code"]) for one in answer["refused"]] == [(str(second.id), "wrong_state")]


def test_over_http_a_bad_payload_is_pointed_at(cast: Cast, matters: Matters, client_of) -> None:
    sent = {"verb": "return", "ids": [str(matters.submitted().id)], "payload": {"reasn": "没改好"}}
    refused = client_of("town").post("/api/v1/hidden-dangers/bulk", sent, content_type="application/json")
    assert refused.status_code == 422
    assert [(one["pointer"], one["message"]) for one in refused.json()["errors"]] == [
        ("/payload/reason", "请填写这一项。"),
        ("/payload/reasn", "没有这一项，请删除。"),
    ]
