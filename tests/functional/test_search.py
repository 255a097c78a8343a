"""The search from the keyboard, at the desk; by thumb on the phone."""

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
    keys.type("x")
    keys.press("Backspace")
    expect(hit).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(town.page.get_by_role("heading", name=world.cast.enterprises["firm"].name)).to_be_visible()

    keys.press("/")
    keys.type("没有的词")
    expect(found.get_by_text("没有找到")).to_be_visible()
    keys.press("Enter")
    expect(town.page.get_by_text("拼音首字母（jnjx）")).to_be_visible()


def test_on_the_phone(world: World, visitor: People) -> None:
    town = visitor("town", viewport=PHONE).goes("/search?q=jnjx")
    expect(town.page.get_by_role("link", name="江南机械").first).to_be_visible()
    assert town.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
