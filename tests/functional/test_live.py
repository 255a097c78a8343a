"""Open pages keep themselves up to date: somebody acts in one browser, another shows it; nothing of theirs is lost."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.functional.conftest import World
from tests.functional.visitor import Visitor

pytestmark = pytest.mark.functional

People = Callable[..., Visitor]
WITHIN_MS = 12_000
"""On a machine that has nothing else to do it is a fraction of a second (ADR 0007). Where a look took long, the page rests
up to five and a half before the next."""
BACK_WITHIN_MS = 30_000
"""The pauses between attempts to connect grow to fifteen seconds while nobody is there."""
QUIET_MS = 2500
"""Longer than what has just happened is told also to those who come later."""


@pytest.fixture(scope="module", autouse=True)
def live_updates(world: World) -> Iterator[None]:
    for number in range(12):
        world.matters.registered(description=f"早先的隐患{number}")
    world.site.start_live()
    yield
    world.site.stop_live()


def listens(page: Page) -> Page:
    """The page once its stream is open."""
    expect(clock(page)).to_have_attribute("data-state", "on")
    return page


def clock(page: Page) -> Locator:
    return page.locator("[data-live-time]")


def titles(page: Page) -> Locator:
    return page.locator("table.data-table .title")


def looks_of(page: Page) -> list[str]:
    """The addresses the page fetches to bring itself up to date, from now on."""
    looked: list[str] = []

    def see(request: Request) -> None:
        if "x-anlan-live" in request.headers:
            looked.append(request.url)

    page.on("request", see)
    return looked


def test_an_act_is_in_the_others_pages(world: World, visitor: People) -> None:
    # Given the county looks at its list and at the overview, the city at its first screen
    county = visitor("county")
    listed, overview = county.goes("/hidden-dangers/").page, county.another_tab()
    desk = visitor("city").goes("/").page
    overview.goto(f"{world.site.url}/oversight/")
    tile = desk.get_by_role("link", name=re.compile("^ *未销号"))
    found = overview.locator(".tile").filter(has_text="发现").locator(".figure").first
    chart = overview.locator("[data-chart] canvas").first
    for page in (listed, desk, overview):
        listens(page)
    before = (tile.inner_text(), found.inner_text(), chart.evaluate("canvas => canvas.toDataURL()"))

    # When the township registers and confirms a matter
    world.matters.confirmed(world.cast.town, description="即时出现的隐患")

    # Then it is there, in words, numbers and charts, without anybody touching the pages
    expect(titles(listed).first).to_have_text("即时出现的隐患", timeout=WITHIN_MS)
    expect(tile).not_to_have_text(before[0], timeout=WITHIN_MS)
    expect(found).not_to_have_text(before[1], timeout=WITHIN_MS)
    # the chart moves to its new numbers
    overview.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before", arg=[chart.element_handle(), before[2]]
    )


def test_what_a_person_is_doing_stays(world: World, visitor: People) -> None:
    # Given somebody types into a filter, has ticked a row and scrolled down
    page = listens(visitor("county", viewport={"width": 1440, "height": 500}).goes("/hidden-dangers/").page)
    ticked = page.get_by_role("checkbox", name="选择").nth(3)
    value = ticked.get_attribute("value")
    ticked.check()
    words = page.get_by_role("searchbox").last
    words.fill("打到一半")
    words.focus()
    page.evaluate("() => window.scrollTo({ top: 300, behavior: 'instant' })")  # the wheel is not obeyed in one go
    scrolled = page.evaluate(
        "() => document.querySelector('tbody .form-check-input:checked').getBoundingClientRect().top"
    )

    # When a row comes in above
    world.matters.registered(description="又来一件")
    expect(titles(page).first).to_have_text("又来一件", timeout=WITHIN_MS)

    # Then the words, the caret, the tick and what is in sight are where they were
    assert words.input_value() == "打到一半"
    expect(words).to_be_focused()
    assert page.locator("tbody .form-check-input:checked").get_attribute("value") == value
    expect(page.locator(".bulk-bar")).to_contain_text("已选 1 件")
    now = page.evaluate("() => document.querySelector('tbody .form-check-input:checked').getBoundingClientRect().top")
    assert abs(now - scrolled) < 2


def test_a_focused_row_keeps_the_focus_and_a_gone_one_its_tick_no_more(world: World, visitor: People) -> None:
    matter = world.matters.registered(description="马上办掉")
    page = listens(visitor("county").goes("/hidden-dangers/?state=open&sort=-registered_at").page)
    page.locator("tr", has_text="马上办掉").get_by_role("checkbox").check()
    expect(page.locator(".bulk-bar")).to_contain_text("已选 1 件")
    link = titles(page).nth(4)
    text = link.inner_text()
    link.focus()
    world.matters.act(world.cast.town, matter, "dismiss", reason="误报")
    expect(page.locator("tr", has_text="马上办掉")).to_have_count(0, timeout=WITHIN_MS)
    expect(page.locator(".bulk-bar")).to_be_hidden()
    assert page.evaluate("() => document.activeElement.textContent.trim()") == text


def test_another_county_hears_nothing(world: World, visitor: People) -> None:
    ours = listens(visitor("county").goes("/hidden-dangers/").page)
    theirs = listens(visitor("other").goes("/hidden-dangers/").page)
    ours.wait_for_timeout(QUIET_MS)  # what the tests before did is told
    ours_looked, theirs_looked = looks_of(ours), looks_of(theirs)
    world.matters.registered(description="只在本县")
    expect(titles(ours).first).to_have_text("只在本县", timeout=WITHIN_MS)
    theirs.wait_for_timeout(QUIET_MS)
    assert len(ours_looked) == 1
    assert theirs_looked == []


def test_a_lost_connection_shows_itself_and_what_was_missed_comes_in(world: World, visitor: People) -> None:
    page = listens(visitor("county").goes("/hidden-dangers/").page)
    world.site.stop_live()
    expect(clock(page)).to_contain_text("连接中断，正在重连")
    world.matters.registered(description="断线时登记的")
    world.site.start_live()
    expect(clock(page)).to_contain_text("已恢复", timeout=BACK_WITHIN_MS)
    expect(titles(page).first).to_have_text("断线时登记的", timeout=WITHIN_MS)
    expect(clock(page)).not_to_contain_text("已恢复")


def test_an_ended_session_says_so(world: World, visitor: People) -> None:
    town = visitor("town")
    page = listens(town.goes("/hidden-dangers/").page)
    other_tab = town.another_tab()
    other_tab.goto(f"{world.site.url}/")
    other_tab.locator(".acting").click()
    other_tab.get_by_role("button", name="退出登录").click()
    expect(clock(page)).to_contain_text("登录已过期或身份已切换，请刷新页面")


def test_without_scripts_the_page_says_when_it_was_made(visitor: People) -> None:
    page = visitor("county", scripts=False).goes("/hidden-dangers/").page
    expect(clock(page)).to_contain_text("数据截至")
    expect(titles(page).first).to_be_visible()
