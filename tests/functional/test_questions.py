"""What a leader asks (DOMAIN §6): each answered on the first screen, its rows one click away."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, expect

from anlan.authz.scope import acting
from anlan.inspections import api as inspections
from anlan.lib import clock
from anlan.register import api as register
from anlan.territory import api as territory
from tests.functional.conftest import World
from tests.functional.visitor import PHONE, Visitor, follows, photo
from tests.integration.test_checks import inspect

pytestmark = pytest.mark.functional

People = Callable[..., Visitor]
MAJOR, LATE, SENT = "员工宿舍与车间同楼", "反应釜没有联锁", "油库没有围堰"


@pytest.fixture(scope="module", autouse=True)
def county(world: World) -> None:
    """A county in which every question has an answer."""
    cast, matters = world.cast, world.matters
    major = matters.registered(description=MAJOR)
    matters.act(cast.town, major, "propose_major", reason="住宿与车间同楼")
    matters.act(cast.fire, major, "confirm_major", clause="判定标准第三条", cause="STATE")
    with clock.at(clock.now() - timedelta(days=40)):
        matters.dispatched(cast.town2, actor=cast.town2, site_id=cast.sites["firm2"].id, description=LATE)
    matters.registered(cast.county, source="CITY_SUPERVISION", description=SENT)
    call_command("load_checklists", verbosity=0)
    with acting(cast.dept):
        lists = inspections.checklist_versions(cast.dept)
    checklist = next(one for one in lists if one.checklist.code == "fire-general")
    inspect(cast.dept, cast.sites["firm"], checklist, failed=(1,))
    person = territory.PersonInPost(name="周包保", phone="13800138000")
    with acting(cast.town):
        official = register.OfficialFacts(person=person, duty="副主任")
        register.name_official(actor=cast.town, facts=official, site_id=cast.sites["firm"].id)


def card(one: Visitor, heading: str) -> Locator:
    return one.page.locator("section").filter(has=one.page.get_by_role("heading", name=heading))


def rows(one: Visitor) -> Locator:
    return one.page.locator("table .title")


def test_how_many_major_ones_are_left_whose_and_stuck_where(visitor: People) -> None:
    leader = visitor("leader").desk()
    expect(leader.tile("重大未销号")).to_have_text("1件")
    stuck = card(leader, "卡在哪里").locator("li").filter(has_text=MAJOR)
    expect(stuck).to_contain_text("临海市江南机械制造有限公司")
    expect(stuck).to_contain_text("古城街道")
    expect(stuck).to_contain_text("已核定")
    leader.page.locator("a.tile").filter(has_text="重大未销号").click()
    expect(rows(leader)).to_have_text([MAJOR])


def test_which_township_is_worst(visitor: People) -> None:
    leader = visitor("leader").desk()
    worst = card(leader, "后三名乡镇").locator("li").first
    expect(worst).to_contain_text("大洋街道")
    worst.get_by_role("link", name="逾期").click()
    expect(rows(leader)).to_have_text([LATE])


def test_how_many_did_superiors_send_and_are_they_done(visitor: People) -> None:
    leader = visitor("leader").desk()
    expect(leader.tile("上级交办未销号")).to_have_text("1件")
    leader.page.locator("a.tile").filter(has_text="上级交办未销号").click()
    expect(rows(leader)).to_have_text([SENT])
    city = visitor("city").desk()
    card(city, "各县").locator("li").filter(has_text="临海市").get_by_role("link", name="交办").click()
    expect(rows(city)).to_have_text([SENT])


def test_which_sites_does_nobody_look_after(world: World, visitor: People) -> None:
    leader = visitor("leader").desk()
    leader.page.locator("a.tile").filter(has_text="未入格场所").click()
    expect(rows(leader).filter(has_text=world.cast.enterprises["firm"].name)).to_have_count(1)
    expect(leader.page.locator("tr").filter(has_text="江南机械厂区")).to_contain_text("网格")


def test_how_many_sites_of_the_worrying_fields_are_there(world: World, visitor: People) -> None:
    cast = world.cast
    with acting(cast.county):
        site = cast.sites["firm"].id
        register.tag_sites(actor=cast.county, site_ids=[site], kind="COMBUSTIBLE_DUST", since_on=clock.today())
    for label, firm in (("危险化学品", "firm2"), ("粉尘涉爆", "firm")):
        leader = visitor("leader").desk()
        line = card(leader, "重点领域场所").locator("li").filter(has_text=label)
        expect(line).to_contain_text("1处")
        line.get_by_role("link").click()
        expect(rows(leader)).to_have_count(1)
        expect(leader.page.locator("tbody tr")).to_contain_text(cast.enterprises[firm].name)


def test_what_became_of_what_i_found(visitor: People) -> None:
    leader = visitor("leader", viewport=PHONE).desk()
    follows(leader.page.get_by_role("link", name="登记隐患"))
    leader.page.get_by_label("现场照片").first.set_input_files([photo()])
    leader.page.get_by_label("江南机械").first.check()
    leader.page.get_by_label("一句话说清楚").fill("配电房堆放杂物")
    leader.page.get_by_role("button", name="登记", exact=True).click()
    expect(leader.page.locator("#toasts")).to_contain_text("由古城街道核定")
    expect(leader.desk().tile("我发现的，未办结")).to_have_text("1件")
    leader.page.locator("a.tile").filter(has_text="我发现的").click()
    expect(rows(leader)).to_have_text(["配电房堆放杂物"])


def test_who_checked_this_firm_what_was_found_is_it_corrected_who_answers(world: World, visitor: People) -> None:
    leader = visitor("leader").goes(f"/enterprises/{world.cast.enterprises['firm'].id}/")
    leader.page.get_by_role("link", name="一企一档").click()
    visit = leader.page.locator("tr").filter(has_text="行政检查")
    expect(visit).to_contain_text("临海应急局")
    expect(visit).to_contain_text("王应急")
    expect(visit).to_contain_text("1 处")
    sheet = leader.page.locator(".dossier")
    expect(sheet).to_contain_text("未改")
    expect(sheet).to_contain_text("周包保 副主任 13800138000")


def test_a_grid_member_reports_and_patrols_by_thumb(visitor: People) -> None:
    village = visitor("village", viewport=PHONE).desk()
    expect(village.page.locator(".big-button")).to_have_count(2)
    for button in village.page.locator(".big-button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 88
        assert box["y"] + box["height"] < PHONE["height"]
    village.page.get_by_role("link", name="今日巡查").click()
    expect(village.page.get_by_label("巡查")).to_be_checked()
