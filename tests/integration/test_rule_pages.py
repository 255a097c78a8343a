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


def test_the_questions_are_those_of_the_standard_of_the_day(world: World):
    before = page(world, "/rules/major_hidden_danger/?on=2026-06-30&f.sector=COAL_MINE")
    since = page(world, "/rules/major_hidden_danger/?on=2026-07-01&f.sector=COAL_MINE")
    assert "文本不在手边" in before
    assert "全年原煤产量（吨）" not in before
    assert "全年原煤产量（吨）" in since
    for day, asked in (("2017-12-31", False), ("2018-01-01", True)):
        shown = page(world, f"/rules/major_hidden_danger/?on={day}&f.sector=PASSENGER_SHIPPING")
        assert (shown.count('name="f.facts.') > 20) is asked


def test_a_clause_with_a_number_is_reckoned_on_the_page(world: World):
    said = page(
        world,
        "/rules/major_hidden_danger/?on=2026-08-01&f.sector=COAL_MINE"
        "&f.measured.annual_output_t=1200000&f.measured.annual_capacity_t=1000000",
    )
    assert "1200000 大于 1100000（1000000 的 1.1 倍）" in said
    assert "第四条第一项" in said


def test_places_are_merged_into_units_on_the_page(world: World):
    places = [
        *("f.places.0.id=罐1&f.places.0.kind=TANK_FARM&f.places.0.dike=东&f.places.0.substances.0.name=甲醇",),
        *("f.places.0.substances.0.q_t=300&f.places.1.id=罐2&f.places.1.kind=TANK_FARM&f.places.1.dike=东",),
        "f.places.1.substances.1.name=甲醇&f.places.1.substances.1.q_t=200",
    ]
    said = page(world, "/rules/major_hazard_source/?on=2024-03-01&f.population_500m=0&" + "&".join(places))
    assert "罐1、罐2" in said
    assert "details" in said.partition("判一判")[0]
    wrong = page(world, "/rules/major_hazard_source/?on=2024-03-01&" + places[0] + "&f.places.0.substances.0.q_t=x")
    assert "场所，第 1 项，物质，第 1 项" in wrong


@pytest.mark.parametrize(
    "query", ["on=x", "on=2024-03-01&f.deaths=many", "on=2024-03-01&f.later.99999999.day=1&f.later.²=1"]
)
def test_what_cannot_be_read_is_said(world: World, query):
    page(world, f"/rules/accident_grade/?{query}")


def test_a_rule_that_is_none(world: World):
    assert world.client("village").get("/rules/none/").status_code == 404
