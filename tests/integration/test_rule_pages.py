"""The pages of the rules: a trial is its address; reasons, figures and what is lacking stand on it."""

import pytest

from anlan.rules import RULE_IDS
from tests.factories.world import World, the_world  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db


def page(world: World, path: str) -> str:
    response = world.client("village").get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_every_rule_has_a_page_that_takes_an_empty_trial(world: World):
    assert page(world, "/rules/").count("/rules/") >= len(RULE_IDS)
    for rule_id in RULE_IDS:
        assert "判一判" in page(world, f"/rules/{rule_id}/?on=2026-08-01")


def test_a_trial_shows_the_conclusion_the_clause_and_the_figures(world: World):
    facts = "f.deaths=3&f.serious_injuries=0&f.direct_loss_wan=0"
    shown = page(world, f"/rules/accident_grade/?on=2024-03-01&{facts}")
    assert "较大事故" in shown
    assert "第三条第一款第三项" in shown
    assert "还缺" not in shown


def test_what_is_lacking_is_named_in_words(world: World):
    assert "还缺：直接经济损失（万元）" in page(
        world, "/rules/accident_grade/?on=2024-03-01&f.deaths=3&f.serious_injuries=0"
    )


def test_rows_are_read_and_a_wrong_one_is_pointed_at(world: World):
    rows = (
        "f.substances.0.name=氨&f.substances.0.q_t=10&f.substances.1.name=氯&f.substances.1.q_t=2.5&f.population_500m=0"
    )
    assert "1.5" in page(world, f"/rules/major_hazard_source/?on=2024-03-01&{rows}")
    wrong = page(world, "/rules/major_hazard_source/?on=2024-03-01&f.substances.0.name=液氨罐&f.substances.0.q_t=1")
    assert "一个单元的物质，第 1 项，名称：" in wrong


def test_hidden_dangers_ask_the_questions_of_the_sector_only(world: World):
    before = page(world, "/rules/major_hidden_danger/")
    assert "超过核定" not in before
    asked = page(world, "/rules/major_hidden_danger/?on=2024-03-01&f.sector=FIREWORKS&f.facts.powder_over_limit=true")
    assert "工（库）房药量超过核定" in asked
    assert "第五项" in asked


@pytest.mark.parametrize(
    "query", ["on=x", "on=2024-03-01&f.deaths=many", "on=2024-03-01&f.later.99999999.day=1&f.later.²=1"]
)
def test_what_cannot_be_read_is_said(world: World, query):
    page(world, f"/rules/accident_grade/?{query}")


def test_a_rule_that_is_none(world: World):
    assert world.client("village").get("/rules/none/").status_code == 404
