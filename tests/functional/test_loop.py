"""The whole loop in the browser, through everybody's sign-in (DOMAIN §4)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.factories.matters import in_days
from tests.functional.conftest import PASSWORD, World
from tests.functional.visitor import PAPER, PHONE, ActForm, Case, Visitor, follows, photo

pytestmark = pytest.mark.functional

People = Callable[..., Visitor]
REPORTER_AND_CHANNEL = ("冯网格", "网格助查", "排查渠道", "上报单位", "初审")
"""What an enterprise must not learn of a matter that 冯网格 of the village reported."""


def test_a_find_from_a_phone_is_put_right_and_closed(world: World, visitor: People) -> None:
    find = "三号车间配电箱门敞开，线头外露"

    # Given a grid member who signs in on the phone and reports in three taps
    village = _sign_in(visitor(viewport=PHONE), "village")
    case = _report(village, find)
    path, number = case.stands_at("已登记").path, case.number

    # When the township confirms and gives it to itself, from 待办 on
    town = visitor("town").desk()
    expect(town.tile("新报待核定")).to_have_text("1件")
    case = town.opens_from_desk(find).begins("核定").ticks("物的不安全状态").submits().stands_at("已核定")
    dispatching = case.begins("交办").picks("主办单位", "古城街道办事处").presses("7 天")
    dispatching.says("交办要求", "断电整理，配锁").submits().stands_at("整改中")

    # Then the enterprise sees what to put right, and nowhere who told
    firm = visitor("firm")
    case = firm.opens_from_desk(find).stands_at("整改中")
    expect(case.timeline).to_contain_text("断电整理，配锁")
    firm.sees_no(*REPORTER_AND_CHANNEL)
    for page in ("/", "/hidden-dangers/", f"/search?q={number}", f"{path}submit-rectification"):
        firm.goes(page).sees_no(*REPORTER_AND_CHANNEL)

    # When it reports completion, is sent back once, and reports again
    _submit(firm.opens(path), "已关门上锁")
    case = town.opens_from_desk(find).stands_at("待验收")
    expect(case.page.get_by_role("img", name="整改后：")).to_be_visible()
    case.begins("验收退回").says("退回理由", "线头仍然外露").submits().stands_at("整改中")
    case = firm.opens_from_desk(find)
    expect(case.timeline).to_contain_text("线头仍然外露")
    _submit(case, "线头已包扎").stands_at("待验收")
    case = town.opens_from_desk(find).begins("验收").says("验收意见", "现场核查，已整改到位").submits()

    # Then it is closed, for everybody who may know it
    case.stands_at("已销号")
    visitor("county").opens(path).stands_at("已销号")
    expect(village.lists("?state=reported").first).to_have_text(find)
    village.opens(path).stands_at("已销号")
    expect(firm.desk().tile("待整改")).to_have_text("0件")
    firm.opens(path).visitor.sees_no(*REPORTER_AND_CHANNEL)

    # And the neighbouring county does not know that it exists
    other = visitor("other")
    other.is_refused(path)
    expect(other.lists()).to_have_count(0)
    expect(other.finds(number)).to_have_count(0)
    expect(other.finds("配电箱")).to_have_count(0)


def test_a_major_one_waits_for_its_department(world: World, visitor: People) -> None:
    # Given a find of the township that may be major
    find = "涉爆粉尘车间除尘器未设泄爆装置"
    path = f"/hidden-dangers/{world.matters.registered(description=find, sector='INDUSTRY').id}/"

    # When the township proposes it and the department responsible for the matter decides
    town = visitor("town")
    proposal = town.opens(path).begins("提请判定重大").says("认为符合的条款", "判定标准第五条")
    case = proposal.says("提请理由", "干式除尘系统").submits()
    expect(case.status).to_contain_text("疑似重大")
    dept = visitor("dept").desk()
    expect(dept.tile("疑似重大待判定")).to_have_text("1件")
    decision = dept.opens_from_desk(find).begins("判定为重大").says("判定依据的条款", "判定标准第五条第二项")
    decision.ticks("物的不安全状态").submits().stands_at("已核定")
    expect(dept.page.locator(".page-head .meta")).to_contain_text("重大")

    # And the township gives it to the village, which takes it on
    dispatching = town.opens(path).begins("交办").picks("主办单位", "文化社区").presses("15 天")
    dispatching.ticks("督办交办").submits()
    village = visitor("village", viewport=PHONE).desk()
    follows(village.tile("待签收"))
    follows(village.page.get_by_role("link", name=find))
    Case(village, village.page).begins("签收").submits().stands_at("整改中")

    # Then the enterprise cannot report completion before all five are there
    firm = visitor("firm")
    case = firm.opens_from_desk(find)
    expect(case.refuses("报验")).to_have_attribute("title", re.compile("五到位.*还缺"))
    case = _fill(case, 2, 方案="停产，加装泄爆片", 责任人="韩安全")
    case = _fill(case, 4, 时限=in_days(12).isoformat(), **{"资金（元）": "86000"})
    case = _fill(case, 5, 措施="停用除尘系统，专人看守")
    expect(case.page.get_by_text("86,000 元")).to_be_visible()
    _submit(case, "已加装泄爆片").stands_at("待验收")

    # And only the deciding department accepts: with the enterprise's report and two officers
    expect(town.opens(path).may("验收")).to_have_count(0)
    acceptance = dept.opens_from_desk(find).begins("验收").shows("企业自验报告", PAPER)
    acceptance.says("到场执法人员", "王应急").says("验收意见", "到场核查").send()
    expect(acceptance.error_at("到场执法人员")).to_contain_text("2 名以上")
    expect(acceptance.within.get_by_text("自验报告.pdf")).to_be_visible()
    case = acceptance.says("到场执法人员", "王应急、沈执法").submits().stands_at("已销号")
    expect(case.timeline).to_contain_text("自验报告.pdf")

    # And another department never met it
    dept2 = visitor("dept2")
    dept2.is_refused(path)
    expect(dept2.lists()).to_have_count(0)
    expect(dept2.finds("除尘器")).to_have_count(0)


def test_an_unannounced_check_stays_secret_until_dispatch(world: World, visitor: People) -> None:
    # Given a find of an unannounced check at the enterprise
    find = "喷漆房可燃气体报警器被拔除"
    world_find = {"description": find, "source": "UNANNOUNCED_CHECK", "sector": "INDUSTRY"}
    path = f"/hidden-dangers/{world.matters.registered(world.cast.dept, **world_find).id}/"

    # Then neither the enterprise nor its township knows
    town, firm = visitor("town"), visitor("firm")
    for one in (town, firm):
        one.is_refused(path)
        expect(one.lists(f"?q={find}")).to_have_count(0)
        expect(one.finds(find)).to_have_count(0)

    # When the department confirms it and gives it to the township
    dept = visitor("dept")
    case = dept.opens_from_desk(find).begins("核定").ticks("人的不安全行为").submits()
    case.begins("交办").picks("主办单位", "古城街道办事处").presses("3 天").submits()

    # Then both do, and the enterprise does not learn of the channel
    town.opens_from_desk(find).stands_at("已交办")
    firm.opens(path).stands_at("已交办")
    firm.sees_no("部门暗查", "排查渠道")


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(world: World, visitor: People) -> None:
    town = visitor("town")

    # When the form of a find is sent empty, then its fields say what is missing
    form = ActForm(town, town.goes("/hidden-dangers/register").page, town.page.locator("main"))
    form.send()
    expect(town.page.locator(".error-summary")).to_contain_text("请更正以下内容后再提交")
    description = town.page.get_by_label("一句话说清楚")
    expect(description).to_have_attribute("aria-invalid", "true")
    expect(town.page.locator(".field").filter(has=description).locator(".error")).to_have_text(re.compile("[一-龥]"))

    # When only the place is missing, then the sentence, and the photo, are still there
    description.fill("消火栓被货物遮挡")
    town.page.get_by_label("现场照片").first.set_input_files([photo()])
    form.send()
    expect(form.error_at("具体位置")).to_have_text("请填写地点。")
    expect(town.page.get_by_label("一句话说清楚")).to_have_value("消火栓被货物遮挡")
    expect(town.page.get_by_text("已上传 1 个")).to_be_visible()
    expect(town.page.get_by_alt_text("现场.jpg")).to_be_visible()

    # When a matter is dispatched into the past, then the date says so and the words stay
    path = f"/hidden-dangers/{world.matters.confirmed(description='灭火器过期').id}/"
    form = town.opens(path).begins("交办").picks("主办单位", "古城街道办事处")
    form.says("整改期限", in_days(-1).isoformat()).says("交办要求", "更换全部灭火器").send()
    expect(form.error_at("整改期限")).to_have_text(re.compile("今天|过去|早于"))
    expect(form.within.get_by_label("交办要求")).to_have_value("更换全部灭火器")
    form.presses("3 天").submits().stands_at("整改中")


def test_a_stale_tab_is_told_what_happened(world: World, visitor: People) -> None:
    # Given the same form open in two tabs
    path = f"/hidden-dangers/{world.matters.registered(description='安全出口上锁').id}/"
    town = visitor("town")
    first = town.opens(path).begins("核定").ticks("管理缺陷")
    second = Case(town, town.another_tab())
    second.page.goto(town.site + path)
    late = second.begins("退回上报人").says("退回理由", "请补拍门锁近照")

    # When one is sent and then the other
    first.submits().stands_at("已核定")
    late.send()

    # Then the second is told, in words, and keeps what was typed
    expect(late.within).to_contain_text(re.compile("刚刚被别人办理过|已核定"))
    expect(late.within.get_by_label("退回理由")).to_have_value("请补拍门锁近照")

    # And going back shows the matter as it is now
    first.page.goto(town.site + "/hidden-dangers/")
    first.page.go_back()
    Case(town, first.page).stands_at("已核定")


def test_without_scripts_every_act_is_a_plain_page(world: World, visitor: People) -> None:
    # Given a browser that runs no scripts
    path = f"/hidden-dangers/{world.matters.registered(description='应急照明损坏').id}/"
    town = visitor("town", scripts=False)

    # When the verb is followed, then it is a page of its own; what is wrong stands on it
    town.opens(path).may("核定").click()
    expect(town.page).to_have_url(re.compile("/confirm$"))
    town.page.get_by_label("核定意见").fill("属实")
    town.page.get_by_role("button", name="核定").click()
    expect(town.page.locator(".error-summary")).to_be_visible()
    expect(town.page.get_by_label("核定意见")).to_have_value("属实")

    # And sent once more it is done
    town.page.get_by_label("物的不安全状态").check()
    town.page.get_by_role("button", name="核定").click()
    Case(town, town.page).stands_at("已核定")
    assert Case(town, town.page).path == path

    # And a photo goes the same way
    rectifying = world.matters.dispatched(world.cast.town, description="疏散指示灯不亮")
    firm = visitor("firm", scripts=False)
    firm.opens(f"/hidden-dangers/{rectifying.id}/").may("报验").click()
    firm.page.get_by_label("整改后照片").first.set_input_files([photo("seagreen")])
    firm.page.get_by_label("整改情况说明").fill("已更换")
    firm.page.get_by_role("button", name="报验").click()
    Case(firm, firm.page).stands_at("待验收")


def _sign_in(visitor: Visitor, name: str) -> Visitor:
    visitor.goes("/")
    visitor.page.get_by_label("账号").fill(name)
    visitor.page.get_by_role("textbox", name="密码").fill(PASSWORD)
    follows(visitor.page.get_by_role("button", name="登录"))
    visitor.name = name
    return visitor


def _report(village: Visitor, find: str) -> Case:
    """Three taps: a photo, the place, a sentence."""
    follows(village.page.get_by_role("link", name="拍照上报"))
    village.page.get_by_label("现场照片").first.set_input_files([photo()])
    village.page.get_by_label("江南机械").first.check()
    village.page.get_by_label("一句话说清楚").fill(find)
    village.page.get_by_role("button", name="登记", exact=True).click()
    expect(village.page.locator("#toasts")).to_contain_text("由古城街道核定")
    return Case(village, village.page)


def _submit(case: Case, note: str) -> Case:
    """报验 with a photo of afterwards."""
    form = case.begins("报验").shows("整改后照片", photo("seagreen", "整改后.jpg"))
    return form.says("整改情况说明", note).submits().stands_at("待验收")


def _fill(case: Case, count: int, **parts: str) -> Case:
    """Fill some of the five; the card counts them."""
    form = case.begins("填报五到位")
    for label, words in parts.items():
        form.says(label, words)
    case = form.submits()
    card = case.page.locator(".card-box", has=case.page.get_by_role("heading", name="五到位"))
    expect(card.locator(".hint")).to_have_text(f"{count}/5")
    return case
