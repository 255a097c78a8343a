"""Picking one of many by typing: what was picked stays picked, whatever the answer that comes meanwhile brings."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from anlan.authz.scope import acting
from anlan.register import api as register
from tests.functional.conftest import World
from tests.functional.visitor import DESK, PHONE, Visitor, follows, photo

pytestmark = pytest.mark.functional

People = Callable[..., Visitor]
FIRST, OTHER = "古城甲机械厂", "古城乙机械厂"


@pytest.fixture(scope="module", autouse=True)
def firms(world: World) -> None:
    """Two more enterprises with a site each."""
    cast = world.cast
    region = cast.regions["331082001001"]
    with acting(cast.town):
        for name in (FIRST, OTHER):
            enterprise = register.register_enterprise(
                actor=cast.town, facts=register.EnterpriseFacts(name=name, region_id=region.id)
            )
            facts = register.SiteFacts(name=f"{name}厂区", address="工业路", region_id=region.id)
            register.register_site(actor=cast.town, enterprise_id=enterprise.id, facts=facts)


class Held:
    """Answers of an address that wait until they are let go."""

    def __init__(self, page: Page, address: str) -> None:
        self.routes: list[Route] = []
        page.route(re.compile(address), lambda route: self.routes.append(route))

    def let_go(self, page: Page) -> None:
        for _ in range(100):
            if self.routes:
                break
            page.wait_for_timeout(50)
        route = self.routes.pop()
        with page.expect_response(route.request.url):
            route.continue_()
        page.wait_for_timeout(100)


@pytest.mark.parametrize("found_again", [True, False])
def test_a_place_picked_while_the_answer_comes_stays_picked(visitor: People, found_again: bool) -> None:
    # Given a find, and the search for its place under way
    town = visitor("town", viewport=PHONE).goes("/hidden-dangers/register")
    page = town.page
    held = Held(page, "/hidden-dangers/places")
    page.get_by_label("查找企业、场所、监管对象").fill("机械" if found_again else OTHER)

    # When one at hand is picked and then the answer replaces the list
    page.get_by_label(FIRST).check()
    held.let_go(page)

    # Then it is picked still, and it is what is sent
    expect(page.locator("#places .pick").filter(has_text=OTHER)).to_have_count(1)
    expect(page.get_by_label(FIRST)).to_be_checked()
    assert page.get_by_label(FIRST).count() == 1
    page.get_by_label("现场照片").first.set_input_files([photo()])
    page.get_by_label("一句话说清楚").fill("灭火器过期")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("main")).to_contain_text(FIRST)


def test_nothing_moves_under_the_finger(visitor: People) -> None:
    # Given a list, the finger down on one of it, and an answer that would replace it
    town = visitor("town").goes("/hidden-dangers/register")
    page = town.page
    held = Held(page, "/hidden-dangers/places")
    page.get_by_label("查找企业、场所、监管对象").fill(OTHER)
    page.get_by_label(FIRST).hover()
    page.mouse.down()
    held.let_go(page)

    # Then the list stands still until the finger is lifted, and looks again afterwards
    expect(page.locator("#places .pick").filter(has_text=OTHER)).to_have_count(1)
    expect(page.get_by_label(FIRST)).to_be_visible()
    page.mouse.up()
    expect(page.get_by_label(FIRST)).to_be_checked()
    held.let_go(page)
    expect(page.get_by_label(FIRST)).to_be_checked()


def test_a_single_hit_does_not_take_the_tick_from_what_was_picked(world: World, visitor: People) -> None:
    # Given the party of a matter being searched for
    path = f"/hidden-dangers/{world.matters.registered(description='配电箱无门').id}/"
    town = visitor("town")
    case = town.opens(path).begins("核定")
    page = case.page
    held = Held(page, "/hidden-dangers/parties")
    search = page.get_by_label("责任企业")
    search.fill(FIRST)
    held.let_go(page)
    expect(page.locator("#parties").get_by_label(FIRST)).to_be_checked()

    # When the enterprise of the site is picked by hand before the next answer with one hit
    search.fill(OTHER)
    own = page.get_by_label(re.compile("隐患所在场所"))
    own.check()
    held.let_go(page)

    # Then the hand has the last word
    expect(page.locator("#parties").get_by_label(OTHER)).not_to_be_checked()
    expect(own).to_be_checked()


def filters(one: Visitor) -> Page:
    """The list with its filters open: on the phone they are behind a button."""
    page = one.goes("/hidden-dangers/").page
    if page.viewport_size == PHONE:
        page.locator("[data-filters] > summary").click()
    return page


def chosen_in(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("holder", [""])[0]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_an_organisation_is_found_by_typing(world: World, visitor: People, size: dict[str, int]) -> None:
    cast = world.cast
    find = f"储罐无围堰 {size['width']}"
    world.matters.registered(cast.town2, site_id=cast.sites["firm2"].id, description=find)
    county = visitor("county", viewport=size)
    page = filters(county)

    # Given a page that carries only one's own organisation, not everybody
    assert page.locator("#filter_holder option").count() <= 2

    # When a few characters are typed and the keys do the rest
    box = page.locator("#filter_holder-ts-control")
    box.press_sequentially("大洋街")
    hit = page.locator("#filter_holder-ts-dropdown .option").filter(has_text="大洋街道办事处")
    expect(hit.first).to_be_visible()
    box.press("Enter")
    follows(page.get_by_role("button", name="筛选", exact=True))

    # Then the list is narrowed, the address says so, and it says by what
    expect(page.locator(".filter-chip")).to_contain_text(re.compile("当前办理.*大洋街道"))
    assert chosen_in(page) == str(cast.organisations["大洋街道"].id)
    expect(page.locator("table .title").first).to_have_text(find)
    expect(page.locator("table .title").filter(has_not_text="储罐")).to_have_count(0)
    follows(page.get_by_role("link", name="去掉条件 当前办理"))
    assert chosen_in(page) == ""


def test_an_answer_that_comes_late_opens_nothing(visitor: People) -> None:
    county = visitor("county")
    page = filters(county)
    held = Held(page, "/api/v1/organisations")
    box = page.locator("#filter_holder-ts-control")
    box.fill("安委")
    own = page.locator("#filter_holder-ts-dropdown .option").filter(has_text="临海安委办")
    own.click()
    held.let_go(page)
    expect(page.locator("#filter_holder-ts-dropdown")).to_be_hidden()
    expect(page.locator("#filter_holder")).not_to_have_value("")
    box.fill("没有这家")
    held.let_go(page)
    expect(page.locator("#filter_holder-ts-dropdown")).to_contain_text("没有找到")
    county.goes("/checks/")
    expect(page.locator("#filter_organisation option")).to_have_count(2)


def test_nobody_of_another_county_is_found_or_named(world: World, visitor: People) -> None:
    other = world.cast.organisations["温岭安委办"].id
    county = visitor("county").goes(f"/hidden-dangers/?holder={other}&lead=x")
    county.sees_no("温岭")
    page = county.page
    page.locator("#filter_holder-ts-control").press_sequentially("温岭")
    expect(page.locator("#filter_holder-ts-dropdown")).to_contain_text("没有找到")
