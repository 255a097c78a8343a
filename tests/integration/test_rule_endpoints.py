"""``/api/v1/rules``: the same answers as the command, without a lost digit; refusals as problems."""

from decimal import Decimal

import pytest

from anlan.rules import RULE_IDS
from anlan.rules.wire import loads
from tests.factories.world import World, the_world  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db


def ask(world: World, rule_id: str, facts: object, on: str = "2024-03-01"):
    sent = {"on": on, "facts": facts}
    return world.client("county").post(f"/api/v1/rules/{rule_id}/evaluate", sent, content_type="application/json")


def test_every_rule_is_listed_and_described(world: World):
    client = world.client("firm")
    listed = client.get("/api/v1/rules").json()
    assert [rule["id"] for rule in listed] == list(RULE_IDS)
    one = client.get("/api/v1/rules/accident_grade").json()
    assert one["facts"]["properties"]["deaths"]["title"] == "死亡人数"
    assert one["versions"][0]["article"] == "第三条"


def test_a_finding_keeps_its_digits(world: World):
    facts = {"substances": [{"name": "氨", "q_t": 1.1}], "population_500m": 30}
    answer = loads(ask(world, "major_hazard_source", facts).content)
    assert answer["value"] == "NOT_MAJOR"
    assert answer["figures"]["S"] == Decimal("0.11")
    assert answer["inputs"]["substances"][0]["q_t"] == Decimal("1.1")


def test_a_refusal_points_at_what_was_sent(world: World):
    response = ask(world, "accident_grade", {"death": 3})
    assert response.status_code == 422
    found = response.json()
    assert (found["code"], found["errors"][0]["pointer"], found["near"]) == ("unknown_key", "/facts/death", ["deaths"])
    early = ask(world, "accident_grade", {"deaths": 3}, on="2001-01-01").json()
    assert (early["code"], early["errors"][0]["pointer"]) == ("before_first_version", "/on")


def test_a_rule_that_is_none(world: World):
    assert ask(world, "accident_grad", {}).status_code == 404
    assert world.client("county").get("/api/v1/rules/none").status_code == 404
