"""A form that has been open for a while: nothing typed is lost to a session that has ended or a site that is away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.functional.conftest import PASSWORD, World
from tests.functional.visitor import PHONE, Visitor, follows, photo

pytestmark = pytest.mark.functional

WORDS = "消防通道被货物占用，约三米"
SENTENCE = "一句话说清楚"
STALE = "document.getElementById('signed-out').dataset.fresh = '0'"


def filled(village: Visitor, words: str = WORDS) -> None:
    follows(village.goes("/").page.get_by_role("link", name="拍照上报"))
    village.page.get_by_label("现场照片").first.set_input_files([photo()])  # type: ignore[list-item]
    village.page.get_by_label("江南机械").first.check()
    village.page.get_by_label(SENTENCE).fill(words)
    village.page.evaluate(STALE)


def sent(village: Visitor) -> None:
    village.page.get_by_role("button", name="登记", exact=True).click()
    expect(village.page.locator("#toasts")).to_contain_text("由古城街道核定")


def test_a_session_that_ended_meanwhile(visitor: Callable[..., Visitor], world: World) -> None:
    village = visitor("village")
    filled(village)
    village.context.clear_cookies()
    village.page.get_by_role("button", name="登记", exact=True).click()
    notice = village.page.get_by_role("dialog", name="登录已过期")
    expect(notice).to_be_visible()
    with village.context.expect_page() as opened:
        notice.get_by_role("link", name="在新标签页登录").click()
    entrance = opened.value
    entrance.get_by_label("账号").fill("village")
    entrance.get_by_role("textbox", name="密码").fill(PASSWORD)
    entrance.get_by_role("button", name="登录").click()
    expect(entrance.get_by_role("navigation", name="主导航")).to_be_visible()
    notice.get_by_role("button", name="我已登录，回到填写").click()
    expect(village.page.get_by_label(SENTENCE)).to_have_value(WORDS)
    sent(village)


def test_a_site_that_is_away(visitor: Callable[..., Visitor]) -> None:
    village = visitor("village")
    filled(village, f"{WORDS}，网络不通时")
    village.context.route("**/accounts/me/session/", lambda route: route.abort())
    village.page.get_by_role("button", name="登记", exact=True).click()
    expect(village.page.get_by_text("连不上服务器，没有提交")).to_be_visible()
    expect(village.page.get_by_label(SENTENCE)).to_have_value(f"{WORDS}，网络不通时")
    village.context.unroute("**/accounts/me/session/")
    village.faults.clear()  # the console speaks of the request that failed
    sent(village)


def test_somebody_else_has_signed_in_meanwhile(visitor: Callable[..., Visitor], world: World) -> None:
    village = visitor("village")
    filled(village)
    village.context.add_cookies([{"name": "anlan_session", "value": world.cookie_of("town"), "url": world.site.url}])
    village.page.get_by_role("button", name="登记", exact=True).click()
    expect(village.page.get_by_text("现在登录的是另一个身份，没有提交")).to_be_visible()
    expect(village.page.get_by_label(SENTENCE)).to_have_value(WORDS)


def test_a_double_click_opens_a_dialog_and_leaves_it_open(visitor: Callable[..., Visitor]) -> None:
    town = visitor("town", viewport=PHONE)
    town.goes("/")
    town.page.locator("[data-opens=drawer]").dblclick()
    expect(town.page.locator("#drawer")).to_be_visible()
