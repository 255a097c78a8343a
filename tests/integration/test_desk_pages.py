"""待办, search, navigation, and the enterprise with its hidden dangers."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlan.authz.roles import ROLE_CHOICES
from anlan.authz.scope import acting
from anlan.desk.first_tiles import TILES, numbers_of
from anlan.desk.standings import standings
from anlan.hidden_dangers.api import HiddenDanger
from anlan.inspections import api as inspections
from anlan.lib import clock
from anlan.register import api as register
from anlan.safeguards import api as safeguards
from anlan.supervision import api as supervision
from anlan.supervision.actions import list_matter
from anlan.territory import api as territory
from tests.factories.cast import Cast
from tests.factories.matters import Matters
from tests.integration.test_checks import self_check

MOST_QUERIES = 12
TRANSACTION = re.compile(r"SAVEPOINT|RELEASE|SELECT set_config")
EVERYBODY = (
    *("county", "leader", "city", "special", "dept", "dept2", "fire", "market", "town", "town2", "village"),
    *("firm", "firm2", "expert", "other", "other_dept", "other_firm"),
)


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
    bounced = matters.dispatched(cast.market)
    matters.act(cast.market, bounced, "bounce", reason="不属于本单位职责")
    for name in ("town", "dept", "village"):
        visit = inspections.Start(act_class="SERVICE_VISIT", site_id=cast.sites["firm"].id)
        with acting(cast.actors[name]):
            inspections.begin(actor=cast.actors[name], start=visit)
    with acting(cast.town2):
        supervision.sign_list(actor=cast.town2, period=supervision.Period.latest(), signatory="吴主任")
    with acting(cast.town):
        grid = territory.GridFacts(name="文化社区网格", region_id=cast.regions["331082001001"].id)
        territory.establish_grid(actor=cast.town, facts=grid)
        house = register.ObjectFacts(
            kind="RENTAL_HOUSE", name="出租房 6 幢", address="文化路", region_id=cast.regions["331082001001"].id
        )
        register.register_object(actor=cast.town, facts=house)
    for number, days in (("浙安许 1 号", 20), ("浙安许 2 号", -5)):
        begun, ends = clock.today() - timedelta(days=900), clock.today() + timedelta(days=days)
        facts = register.LicenceFacts(kind="SAFETY_PRODUCTION", number=number, valid_from=begun, valid_to=ends)
        with acting(cast.county):
            register.register_licence(actor=cast.county, enterprise_id=cast.enterprises["firm"].id, facts=facts)
    in_a_street = {"region_id": cast.regions["331082001001"].id, "place": "人民路 1 号"}
    returned = matters.registered(cast.village, source="GRID_PATROL")
    matters.act(cast.town, returned, "return_to_reporter", reason="请补照片")
    here = cast.regions["331082"].id
    with acting(cast.county) as county:
        for days in (2, 30):  # of one name: each still has its own number
            facts = safeguards.EventFacts(name="柑橘节", opens_on=clock.today() + timedelta(days=days))
            event = safeguards.establish_event(actor=county, region_id=here, facts=facts)
            safeguards.guard_matters(
                actor=county, event_id=event.id, hidden_danger_ids=[pending.id, late.id][: days // 2]
            )
    return [
        pending,
        late,
        returned,
        matters.registered(),
        matters.registered(cast.county),
        matters.registered(cast.expert, source="AGENCY_CHECK", site_id=None, **in_a_street),
        matters.confirmed(cast.county, source="CITY_SUPERVISION"),
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


def listed(client: Client, url: str) -> int:
    """How many rows the list at the address says it has."""
    counted = re.search(r'class="count">共 <b>(\d+)', client.get(url).content.decode())
    assert counted is not None, url
    return int(counted[1])


def test_every_number_is_as_long_as_the_list_it_opens(cast: Cast, busy: list[HiddenDanger]) -> None:
    """Every tile of everybody, and every figure of the regions below; the world is made once for all of them."""
    with acting(cast.leader):
        for matter in [one for one in busy if one.dispatched_at and one.is_open][:2]:
            list_matter(actor=cast.leader, hidden_danger_id=matter.id, due_on=clock.today(), leader="林县长")
    wrong, counted = [], 0
    for name in EVERYBODY:
        actor, client = cast.actors[name], as_(cast, name)
        with acting(actor):
            numbers_there = numbers_of(actor, clock.today())
            lines = standings(actor, clock.today()).lines if name in ("leader", "city", "other") else []
            tiles = [*numbers_there.tiles, *numbers_there.fields]
        numbers = [(tile.label, tile.url, tile.value, "") for tile in tiles]
        numbers += [(figure.label, figure.url, figure.value, figure.unit) for line in lines for figure in line.figures]
        for label, url, value, unit in numbers:
            found: int | None = listed(client, url)
            if unit == "%":
                found = round(100 * listed(client, f"{url}&status=CLOSED") / found) if found else None
            counted += bool(found)
            if found != value:
                wrong.append((name, label, value, found, url))
    assert wrong == []
    assert counted > 50


def test_the_last_townships_come_by_overdue_then_rate(cast: Cast, busy: list[HiddenDanger], matters: Matters) -> None:
    elsewhere = {"site_id": cast.sites["firm2"].id, "actor": cast.town2, "lead": cast.town2}
    matters.dispatched(**elsewhere)
    with acting(cast.leader):
        assert [line.name for line in standings(cast.leader, clock.today()).lines] == ["古城街道", "大洋街道"]
    with clock.at(clock.now() - timedelta(days=40)):
        for _ in range(2):
            matters.dispatched(**elsewhere)
    with acting(cast.leader):
        assert [line.name for line in standings(cast.leader, clock.today()).lines] == ["大洋街道", "古城街道"]


def test_an_enterprise_learns_no_channel_from_what_counts(cast: Cast, busy: list[HiddenDanger]) -> None:
    assert listed(as_(cast, "town"), "/hidden-dangers/?state=found") > 0
    assert listed(as_(cast, "firm"), "/hidden-dangers/?state=found") == 0


def test_an_enterprise_sees_whether_it_has_filed(cast: Cast) -> None:
    firm = as_(cast, "firm")
    page = firm.get("/").content.decode()
    assert "还没有报送" in page
    assert reverse("inspections:begin-self-check") in page
    call_command("load_checklists", verbosity=0)
    with acting(cast.firm):
        lists = inspections.checklist_versions(cast.firm)
        checklist = next(one for one in lists if one.checklist.code == "fire-general")
        month = inspections.month_of(clock.today())
        start = inspections.Start("SELF_CHECK", cast.sites["firm"].id, checklist_version_id=checklist.id, month=month)
        check = inspections.begin(actor=cast.firm, start=start)
    assert reverse("inspections:fill", args=[check.id]) in firm.get("/").content.decode()
    self_check(cast, checklist)
    page = firm.get("/").content.decode()
    assert "已报送" in page
    assert "还没有报送" not in page


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
        ("town", "无人网格"),
        ("town", "本周未巡查网格"),
        ("village", "本周未巡查网格"),
        ("village", "退回要补充"),
        ("firm", "待整改"),
        ("firm", "五到位未齐"),
        ("firm", "待验收"),
        ("city", "未销号"),
        ("county", "退件待转办"),
        ("county", "上级交办未销号"),
        ("county", "柑橘节剩余"),
        ("leader", "柑橘节剩余"),
        ("town", "柑橘节剩余"),
        ("city", "交办未销号"),
        ("county", "乡镇清单未签字"),
        ("county", "未入格场所"),
        ("county", "未入格监管对象"),
        ("town", "未入格监管对象"),
        ("leader", "未入格场所"),
        ("firm", "证照 30 天内到期"),
        ("firm", "证照已过期"),
        ("dept", "检查草稿待提交"),
        ("expert", "我上报的，未办结"),
    ]:
        actor = cast.actors[name]
        with acting(actor):
            found = {tile.label: tile.value for tile in numbers_of(actor, clock.today()).tiles}
        assert found[label] >= 1, (name, label, found)


def test_a_township_is_asked_to_receive_what_moves_there(cast: Cast) -> None:
    """On the first screen of the receiver, not of who asked; gone when it is answered."""

    def waiting(name: str) -> int:
        with acting(cast.actors[name]) as actor:
            return next(tile.value for tile in numbers_of(actor, clock.today()).tiles if tile.label == "待接收场所")

    to = cast.regions["331082002001"].id
    with acting(cast.town) as town:
        asked = register.propose_site_transfer(
            actor=town, site_id=cast.sites["firm"].id, to_region_id=to, reason="整体搬迁"
        )
    assert (waiting("town"), waiting("town2")) == (0, 1)
    assert listed(as_(cast, "town2"), reverse("register:transfer-list")) == 1
    with acting(cast.town2) as receiver:
        register.confirm_transfer(actor=receiver, transfer_id=asked.id)
    assert waiting("town2") == 0


def test_every_role_has_its_own_tiles() -> None:
    assert set(TILES) == {code for code, _ in ROLE_CHOICES}


def test_home_keeps_to_its_queries(cast: Cast, busy: list[HiddenDanger]) -> None:
    asked = {name: queries_of(as_(cast, name), reverse("desk:home")) for name in EVERYBODY}
    assert {name: texts for name, texts in asked.items() if len(texts) > MOST_QUERIES} == {}


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


def test_what_is_suspended_is_not_late_on_the_first_screen(cast: Cast, matters: Matters) -> None:
    matter = matters.rectifying(cast.fire)
    matters.act(cast.firm, matter, "request_suspension", controls="停用", review_on=matter.due_on + timedelta(days=60))
    matters.act(cast.town, matter, "approve_suspension")
    with clock.at(clock.now() + timedelta(days=20)):
        page = as_(cast, "fire").get("/").content.decode()
    assert matter.number in page
    assert "暂缓中" in page
    assert "逾期1" not in page


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
    assert "今日巡查" in page
    assert "我上报的" in page
    begin = as_(cast, "village").get(reverse("inspections:begin")).content.decode()
    assert re.search(r'value="PATROL"[^>]*checked', begin)


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
    begun = [
        f"{reverse(name)}?site={cast.sites['firm'].id}" for name in ("hidden_dangers:register", "inspections:begin")
    ]
    for who, may in (("town", [True, True]), ("leader", [True, False])):
        page = as_(cast, who).get(path).content.decode()
        assert [f'href="{address}"' in page for address in begun] == may
    asked = queries_of(as_(cast, "town"), path)
    assert len(asked) <= MOST_QUERIES, asked


def test_navigation_marks_where_one_is(cast: Cast) -> None:
    page = as_(cast, "county").get(reverse("hidden_dangers:list")).content.decode()
    current = re.findall(r'<a href="([^"]*)" aria-current="page"', page)
    assert set(current) == {reverse("hidden_dangers:list")}


def test_nobody_gets_in_without_signing_in(db: None) -> None:
    for path in ("/", reverse("desk:search"), reverse("hidden_dangers:list"), reverse("hidden_dangers:register")):
        assert Client().get(path).status_code == 302
