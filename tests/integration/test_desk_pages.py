"""待办, search, navigation, and the enterprise with its hidden dangers."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlan.authz.scope import acting
from anlan.desk.tiles import TILES, tiles_of
from anlan.hidden_dangers.api import HiddenDanger
from anlan.lib import clock
from tests.factories.cast import Cast
from tests.factories.matters import Matters

MOST_QUERIES = 12
TRANSACTION = re.compile(r"SAVEPOINT|RELEASE|SELECT set_config")
EVERYBODY = ("county", "leader", "city", "special", "dept", "fire", "town", "village", "firm", "expert")


@pytest.fixture
def matters(cast: Cast) -> Matters:
    return Matters(cast)


@pytest.fixture
def busy(matters: Matters) -> list[HiddenDanger]:
    """One matter in each of the states people meet."""
    cast = matters.cast
    pending = matters.registered()
    matters.act(cast.town, pending, "propose_major", reason="住宿与车间同楼")
    with clock.at(clock.now() - timedelta(days=30)):
        late = matters.rectifying(cast.fire)
    returned = matters.registered(cast.village, source="GRID_PATROL")
    matters.act(cast.town, returned, "return_to_reporter", reason="请补照片")
    return [
        pending,
        late,
        returned,
        matters.registered(),
        matters.registered(cast.county),
        matters.confirmed(),
        matters.dispatched(cast.fire),
        matters.rectifying(),
        matters.submitted(),
        matters.closed(),
        matters.major(),
    ]


def as_(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.users[name])
    return client


def queries_of(client: Client, path: str) -> list[str]:
    """What a page asks the database, without the statements that only open and close the transaction."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured if not TRANSACTION.match(query["sql"])]


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_tile_is_as_long_as_the_list_it_opens(cast: Cast, busy: list[HiddenDanger], name: str) -> None:
    actor = cast.actors[name]
    with acting(actor):
        tiles = tiles_of(actor, clock.today())
    client = as_(cast, name)
    for tile in tiles:
        page = client.get(tile.url).content.decode()
        counted = re.search(r'class="count">共 <b>(\d+)', page)
        assert counted is not None, tile.url
        assert int(counted[1]) == tile.value, tile.label


def test_the_tiles_count_something(cast: Cast, busy: list[HiddenDanger]) -> None:
    """The equality above would hold between zeros, too."""
    for name, label in [
        ("county", "待核定"),
        ("county", "整改逾期"),
        ("county", "重大未销号"),
        ("fire", "待签收"),
        ("fire", "疑似重大待判定"),
        ("town", "新报待核定"),
        ("town", "待交办"),
        ("town", "待验收"),
        ("village", "退回要补充"),
        ("firm", "待整改"),
        ("firm", "五到位未齐"),
        ("firm", "待验收"),
        ("city", "未销号"),
    ]:
        actor = cast.actors[name]
        with acting(actor):
            found = {tile.label: tile.value for tile in tiles_of(actor, clock.today())}
        assert found[label] >= 1, (name, label, found)


def test_every_role_has_its_own_tiles() -> None:
    assert {"LEADER", "COMMITTEE_OFFICE", "DEPARTMENT_INSPECTOR", "TOWNSHIP_OFFICE"} <= set(TILES)


@pytest.mark.parametrize("name", EVERYBODY)
def test_home_keeps_to_its_queries(cast: Cast, busy: list[HiddenDanger], name: str) -> None:
    asked = queries_of(as_(cast, name), reverse("desk:home"))
    assert len(asked) <= MOST_QUERIES, asked


def test_the_case_keeps_to_its_queries(cast: Cast, busy: list[HiddenDanger]) -> None:
    client = as_(cast, "county")
    for matter in busy:
        asked = queries_of(client, reverse("hidden_dangers:case", args=[matter.id]))
        assert len(asked) <= MOST_QUERIES, (matter.status, [sql[:80] for sql in asked])


def test_home_shows_whose_turn_it_is(cast: Cast, matters: Matters) -> None:
    mine, others = matters.registered(), matters.dispatched(cast.fire)
    town = as_(cast, "town").get("/").content.decode()
    assert mine.number in town
    assert others.number not in town
    assert others.number in as_(cast, "fire").get("/").content.decode()


def test_a_leader_sees_who_is_late_and_where_major_ones_are_stuck(cast: Cast, busy: list[HiddenDanger]) -> None:
    page = as_(cast, "leader").get("/").content.decode()
    assert "逾期按单位" in page
    assert "临海消防大队" in page
    assert "卡在哪里" in page
    link = re.search(r'href="([^"]*lead=[^"]*)"', page)
    assert link is not None
    assert busy[1].number in as_(cast, "leader").get(unescape(link[1])).content.decode()


def test_a_grid_member_has_two_big_buttons(cast: Cast) -> None:
    page = as_(cast, "village").get("/").content.decode()
    assert "拍照上报" in page
    assert "我上报的" in page


def test_search_finds_what_one_sees_and_nothing_else(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    path = reverse("desk:search")
    town = as_(cast, "town").get(path, {"q": "江南机械"}).content.decode()
    assert cast.enterprises["firm"].name in town.replace("<mark>", "").replace("</mark>", "")
    assert matter.description in as_(cast, "town").get(path, {"q": matter.number}).content.decode()
    for outsider in ("other", "firm2"):
        found = as_(cast, outsider).get(path, {"q": matter.number}).content.decode()
        assert "没有找到" in found
    assert cast.enterprises["firm"].name not in as_(cast, "other").get(path, {"q": "江南"}).content.decode()


def test_an_enterprise_page_shows_its_hidden_dangers(cast: Cast, matters: Matters) -> None:
    matter = matters.dispatched()
    path = reverse("register:enterprise", args=[cast.enterprises["firm"].id])
    assert matter.number in as_(cast, "town").get(path).content.decode()
    assert as_(cast, "other").get(path).status_code == 404
    asked = queries_of(as_(cast, "town"), path)
    assert len(asked) <= MOST_QUERIES, asked


def test_navigation_marks_where_one_is(cast: Cast) -> None:
    page = as_(cast, "county").get(reverse("hidden_dangers:list")).content.decode()
    current = re.findall(r'<a href="([^"]*)" aria-current="page"', page)
    assert set(current) == {reverse("hidden_dangers:list")}


def test_nobody_gets_in_without_signing_in(db: None) -> None:
    for path in ("/", reverse("desk:search"), reverse("hidden_dangers:list"), reverse("hidden_dangers:register")):
        assert Client().get(path).status_code == 302
