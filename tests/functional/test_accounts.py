"""Accounts in the browser: the second factor, a passkey, and a password reset by the township."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from tests.functional.conftest import PASSWORD, World
from tests.functional.judging import is_well_made
from tests.functional.visitor import DESK, PHONE, Visitor, follows

pytestmark = pytest.mark.functional

People = Callable[..., Visitor]
OWN = "qing-shan-lv-shui-2026"


def sign_in(visitor: Visitor, name: str, password: str = PASSWORD) -> Page:
    page = visitor.goes("/accounts/sign-in/").page
    page.get_by_label("账号").fill(name)
    page.get_by_role("textbox", name="密码").fill(password)
    follows(page.get_by_role("button", name="登录", exact=True))
    return page


def sign_out(page: Page) -> None:
    page.wait_for_load_state()  # a passkey signs in by itself, and the menu opens once the scripts are there
    page.get_by_role("button", name="当前身份").click()
    follows(page.get_by_role("button", name="退出登录"))
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()


def confirm(page: Page) -> None:
    expect(page.get_by_role("heading", name="确认是您本人")).to_be_visible()
    page.get_by_role("textbox", name="密码").fill(PASSWORD)
    follows(page.get_by_role("button", name="确认", exact=True))


def test_a_code_from_the_phone(world: World, visitor: People) -> None:
    # Given a grid member who switches the authenticator on
    village = visitor(viewport=PHONE)
    page = sign_in(village, "village")
    page = village.goes("/accounts/me/").page
    follows(page.get_by_role("link", name="启用验证器"))
    confirm(page)
    expect(page.get_by_role("img", name="验证器二维码")).to_be_visible()
    page.get_by_text("手工输入").last.click()
    secret = page.locator("details code").inner_text()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    page.get_by_label("六位验证码").fill(code)
    follows(page.get_by_role("button", name="启用"))

    # Then the recovery codes are shown, and the next sign-in asks for a code
    expect(page.locator(".once-codes li")).to_have_count(10)
    is_well_made(page)
    follows(page.get_by_role("link", name="已经保存好"))
    expect(page.get_by_text("验证器应用")).to_be_visible()
    for link in ("停用", "恢复码", "重新生成"):
        follows(page.get_by_role("link", name=link))
        is_well_made(page)
        if link == "停用":
            page.go_back()
    village.goes("/accounts/me/")
    sign_out(page)
    page = sign_in(village, "village")
    expect(page.get_by_role("heading", name="二次验证")).to_be_visible()
    is_well_made(page)
    page.get_by_label("验证器上的六位数").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="当前身份")).to_be_visible()


def test_the_township_resets_a_password(world: World, visitor: People) -> None:
    # Given an enterprise officer who has forgotten the password
    town = visitor("town")
    page = town.goes("/users/?q=江南").page
    follows(page.get_by_role("link", name="江南机械安全员"))
    page.get_by_role("button", name="重置密码").first.click()
    page.get_by_role("dialog").get_by_role("button", name="重置密码").click()
    password = page.locator(".once-secret code").inner_text()

    # When they sign in with what the township told them, they must change it
    firm = visitor()
    page = sign_in(firm, "firm", password)
    expect(page.get_by_role("heading", name="请先修改密码")).to_be_visible()
    page.get_by_label("现在的密码", exact=True).fill(password)
    page.get_by_label("新密码", exact=True).fill(OWN)
    page.get_by_label("再输一遍新密码", exact=True).fill(OWN)
    page.get_by_role("button", name="修改密码").click()

    # Then they are in, and the old password is worth nothing
    expect(page.get_by_role("heading", name="账号与登录设备")).to_be_visible()
    expect(page.get_by_text("当前登录")).to_be_visible()
    page = sign_in(visitor(), "firm", password)
    expect(page.get_by_text("账号或密码不正确").first).to_be_visible()


def test_a_passkey_signs_in_alone(world: World, browser: Browser) -> None:
    # Given a browser with an authenticator, at a name: passkeys know no addresses in figures
    site = world.site.url.replace("127.0.0.1", "localhost")
    one = Visitor.enter(browser, site, "", "", viewport=DESK, scripts=True)
    devices = one.context.new_cdp_session(one.page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    # When an inspector adds a passkey
    page = sign_in(one, "dept")
    page = one.goes("/accounts/me/").page
    follows(page.get_by_role("link", name="添加通行密钥"))
    confirm(page)
    page.get_by_label("也用它直接登录").check()
    page.get_by_role("button", name="添加").click()
    expect(page.locator(".once-codes li")).to_have_count(10)
    follows(page.get_by_role("link", name="已经保存好"))
    expect(page.get_by_text("通行密钥 1")).to_be_visible()
    is_well_made(page)
    follows(page.get_by_role("link", name="删除").first)
    expect(page.get_by_role("heading", name="删除")).to_be_visible()
    is_well_made(page)
    page.go_back()
    sign_out(page)

    # Then it is asked for behind the password, and signs in alone
    page = sign_in(one, "dept")
    page.get_by_role("button", name="用通行密钥").click()
    expect(page.get_by_role("button", name="当前身份")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("button", name="当前身份")).to_be_visible()
    one.leave()
    assert not one.faults
