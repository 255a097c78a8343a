"""The search from the keyboard, at the desk; by thumb on the phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.functional.conftest import World
from tests.functional.visitor import PHONE, Visitor

pytestmark = pytest.mark.functional
People = Callable[..., Visitor]


def test_from_the_keyboard(world: World, visitor: People) -> None:
    town = visitor("town").goes("/")
    keys, found = town.page.keyboard, town.page.locator("#search-found")
    keys.press("/")
    expect(town.page.locator("#search-box")).to_be_focused()
    with town.page.expect_response(re.compile("q=jnjx$")):  # and not an earlier one, of the first letters
        keys.type("jnjx")
    hit = found.get_by_role("link", name="江南机械").first
    expect(hit).to_be_visible()
    expect(hit.locator("mark")).to_have_text("江南机械")

    keys.press("ArrowDown")
    expect(hit).to_be_focused()
    keys.press("ArrowUp")
    expect(town.page.locator("#search-box")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Escape")
    expect(hit).to_be_hidden()
    with town.page.expect_response(re.compile("q=jnjx$")):
        keys.type("x")
        keys.press("Backspace")
    expect(hit).to_be_visible()
    keys.press("ArrowDown")
    with town.page.expect_navigation():
        keys.press("Enter")
    expect(town.page.get_by_role("heading", name=world.cast.enterprises["firm"].name)).to_be_visible()

    keys.press("/")
    keys.type("没有的词")
    expect(found.get_by_text("没有找到")).to_be_visible()
    keys.press("Enter")
    expect(town.page.get_by_text("拼音首字母（jnjx）")).to_be_visible()


def test_an_answer_that_comes_late_leaves_the_chosen_hit_alone(visitor: People) -> None:
    page = visitor("town").goes("/").page
    hit = page.locator("#search-found").get_by_role("link", name="江南机械").first
    box = page.locator("#search-box")
    box.fill("jnj")
    expect(hit).to_be_visible()

    # Given an answer that is still under way when one goes down into the hits
    with page.expect_request(re.compile("q=jnjx")) as asked:
        box.press("x")
        box.press("ArrowDown")
    expect(hit).to_be_focused()

    # Then that hit is still there when it has come
    response = asked.value.response()
    assert response is not None
    response.finished()
    page.evaluate("() => new Promise(done => setTimeout(done))")
    expect(hit).to_be_focused()


def test_on_the_phone(world: World, visitor: People) -> None:
    town = visitor("town", viewport=PHONE).goes("/search?q=jnjx")
    expect(town.page.get_by_role("link", name="江南机械").first).to_be_visible()
    assert town.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
