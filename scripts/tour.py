"""The pictures of ``docs/tour.md``: one hidden danger from the phone to its end, and what else the platform answers."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Browser, Page, expect

from tests.functional.visitor import PHONE, Case, Visitor, photo

DESK = {"width": 1280, "height": 800}
FIRM = "云台001号"
"""The enterprise of the demo's enterprise login."""
FIND = "包装车间配电箱门敞开，线头外露"
LEDGER = [
    ["企业名称", "统一社会信用代码", "所属乡镇", "法人"],
    ["望江门五金厂", "91331082MA2K3XQ59U", "古城街道", "林掌柜"],
    ["东塍机械厂", "913310820000000000", "东塍镇", "叶师傅"],
    ["大田化工厂", "913310821480643223", "没有这个镇", "郑厂长"],
]
"""A title, a wrong credit code, a township that is none: what an office's ledger is like."""

Shot = Callable[[str, Page], None]


class Tour:
    """Goes through the demo county with a browser for each person; ``shot(name, page)`` keeps a picture."""

    def __init__(self, browser: Browser, site: str, password: str, shot: Shot) -> None:
        self.browser, self.site, self.password, self.shot = browser, site, password, shot

    def walk(self) -> None:
        path = self._reported()
        self._confirmed_and_dispatched(path)
        self._put_right(path)
        self._closed(path)
        self._explained()
        self._imported()
        self._asked_by_the_leader()
        self._on_one_sheet()
        self._from_next_door(path)

    def _person(self, name: str, viewport: dict[str, int] = DESK) -> Visitor:
        one = Visitor.enter(self.browser, self.site, name, "", viewport=viewport, scripts=True)
        page = one.goes("/").page
        page.get_by_label("账号").fill(name)
        page.get_by_role("textbox", name="密码").fill(self.password)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("navigation").first.wait_for(state="attached")
        return one

    def _reported(self) -> str:
        village = self._person("village", PHONE)
        page = village.page
        page.get_by_role("link", name="拍照上报").click()
        page.get_by_label("现场照片").first.set_input_files([photo()])  # type: ignore[list-item]
        page.get_by_label("一句话说清楚").fill(FIND)
        page.get_by_role("searchbox", name="查找企业、场所、监管对象").fill(FIRM)
        expect(page.locator("#places label").first).to_contain_text(FIRM)
        page.get_by_role("radio", name=FIRM).first.check()
        self.shot("1-report", page)
        page.get_by_role("button", name="登记", exact=True).click()
        page.locator("#toasts").get_by_text("核定").wait_for()
        return Case(village, page).path

    def _confirmed_and_dispatched(self, path: str) -> None:
        town = self._person("town")
        self.shot("2-desk", town.page)
        form = town.opens(path).begins("核定").ticks("物的不安全状态").says("核定意见", "属实，一般隐患")
        self.shot("3-confirm", form.page)
        form = form.submits().begins("交办").picks("主办单位", "古城街道办事处").presses("7 天")
        form.says("交办要求", "断电整理，箱门上锁")
        self.shot("4-dispatch", form.page)
        form.submits().stands_at("整改中")

    def _put_right(self, path: str) -> None:
        firm = self._person("firm", PHONE)
        form = firm.opens(path).begins("报验").shows("整改后照片", photo("seagreen", "整改后.jpg"))
        form.says("整改情况说明", "线头已包扎，箱门已上锁")
        self.shot("5-rectified", form.page)
        form.submits()

    def _closed(self, path: str) -> None:
        town = self._person("town")
        town.opens(path).begins("验收").says("验收意见", "现场核查，已整改到位").submits().stands_at("已销号")
        town.page.set_viewport_size({"width": 1280, "height": 1180})
        self.shot("6-closed", town.page)

    def _explained(self) -> None:
        dept = self._person("dept")
        dept.goes("/rules/accident_grade/?on=2026-07-10&f.deaths=2&f.serious_injuries=11&f.direct_loss_wan=600")
        self.shot("7-rule", dept.page)

    def _imported(self) -> None:
        county = self._person("county")
        page = county.goes("/imports/new/").page
        with tempfile.TemporaryDirectory() as folder:
            page.get_by_label("导入什么").select_option(label="企业")
            page.get_by_label("表格文件").set_input_files(_ledger(Path(folder)))
            page.get_by_role("button", name="下一步：核对列").click()
            page.get_by_role("button", name="下一步：试算").click()
            page.get_by_role("button", name="确认导入").wait_for()
        self.shot("8-import", page)

    def _asked_by_the_leader(self) -> None:
        leader = self._person("leader")
        self.shot("9-leader", leader.page)
        leader.goes("/oversight/indicators/overdue/numerator")
        self.shot("10-rows", leader.page)

    def _on_one_sheet(self) -> None:
        county = self._person("county")
        county.goes(f"/enterprises/?q={FIRM}")
        county.page.locator("table .title").first.click()
        county.goes(f"{Case(county, county.page).path}dossier/")
        county.page.set_viewport_size({"width": 900, "height": 1240})
        self.shot("11-dossier", county.page)

    def _from_next_door(self, path: str) -> None:
        other = self._person("other")
        other.is_refused(path)
        self.shot("12-next-door", other.page)


def _ledger(folder: Path) -> Path:
    path = folder / "企业底册.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "临海市生产经营单位底册")
        for number, row in enumerate(LEDGER, 2):
            sheet.write_row(number, 0, row)
    return path
