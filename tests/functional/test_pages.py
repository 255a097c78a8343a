"""First screens and pages in particular states: accessible, whole on a phone, quiet, usable from the keyboard; and the
list taken to Excel. Every kind of page is walked in ``test_every_page``."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from playwright.sync_api import Page, expect

from tests.factories.matters import upload
from tests.functional.conftest import PASSWORD, World
from tests.functional.judging import faults_of, is_well_made
from tests.functional.visitor import DESK, Case, Visitor

pytestmark = pytest.mark.functional

People = Callable[..., Visitor]


@pytest.fixture(scope="module")
def places(world: World) -> dict[str, str]:
    """Matters in the states that fill the pages, and the addresses they lie at."""
    matters, cast = world.matters, world.cast
    photos = [upload(cast.town, "BEFORE")]
    matter = {
        "registered": matters.registered(description="=1+1 像公式的描述：配电箱门敞开"),
        "confirmed": matters.confirmed(description="灭火器压力不足"),
        "major": matters.major(),
        "submitted": matters.submitted(description="安全出口指示灯不亮", photo_ids=photos),
        "closed": matters.closed(description="疏散通道堆放杂物"),
    }
    for state in ("first", "second", "third"):
        matters.dispatched(description=f"{state} 二楼走廊消防栓被遮挡，且水带缺失，需要尽快补齐并复位")
    return {name: f"/hidden-dangers/{one.id}/" for name, one in matter.items()} | {
        "enterprise": f"/enterprises/{cast.enterprises['firm'].id}/",
    }


PAGES = {
    # states of pages that `test_every_page` does not come by; who: addresses ({…} from `places`)
    "": ["/accounts/sign-in/"],
    "city": ["/"],
    "county": [
        "/",
        "{closed}",
        "/search?q=消防",
        "/search?q=江南",
        "/rules/accident_grade/?on=2024-03-01&f.deaths=3&f.serious_injuries=0&f.direct_loss_wan=0",
        "/oversight/",
        "/oversight/indicators/rectification_rate/denominator",
        "/hidden-dangers/?state=open",
        "{enterprise}dossier/",
    ],
    "leader": ["/"],
    "dept": ["/"],
    "special": ["/"],
    "fire": ["{major}"],
    "town": [
        "/",
        "/hidden-dangers/",
        "/hidden-dangers/?q=没有这样的词&state=open",
        "{submitted}",
        "{confirmed}dispatch",
    ],
    "village": ["/", "/hidden-dangers/register", "/map/"],
    "firm": ["/", "{major}", "{major}fill-five", "/checks/self-check"],
    "expert": ["/"],
}


@pytest.mark.parametrize("who", PAGES, ids=[who or "anybody" for who in PAGES])
def test_pages_of(who: str, places: dict[str, str], visitor: People) -> None:
    """At the desk and on the phone. Requests to others, console errors and refusals are faults of any visit."""
    one = visitor(who)
    faults = []
    for address in PAGES[who]:
        one.page.set_viewport_size(DESK)  # type: ignore[arg-type]
        one.goes(address.format(**places))
        faults += faults_of(one.page)
    assert not faults, "\n".join(faults)


def test_page_of_what_is_not_there(visitor: People) -> None:
    county = visitor("county")
    county.is_refused("/hidden-dangers/018f0000-0000-7000-8000-000000000000/")
    is_well_made(county.page)


@pytest.mark.parametrize(
    ("who", "state", "verb"),
    [("town", "registered", "核定"), ("town", "confirmed", "交办"), ("firm", "major", "填报五到位")],
)
def test_panel(who: str, state: str, verb: str, places: dict[str, str], visitor: People) -> None:
    one = visitor(who)
    form = one.opens(places[state]).begins(verb)
    expect(form.within.get_by_role("heading", name=verb)).to_be_visible()
    is_well_made(one.page)


def test_by_keyboard_alone(world: World, visitor: People) -> None:
    find = "仓库货物堵塞消防通道"
    world.matters.registered(description=find)
    town = visitor()
    keys = town.goes("/").page.keyboard

    # Given a sign-in whose first field has the focus
    expect(town.page.get_by_label("账号")).to_be_focused()
    keys.type("town")
    keys.press("Tab")
    keys.type(PASSWORD)
    _enter(town.page)
    expect(town.page.get_by_role("heading", name="待办")).to_be_visible()

    # When going to the list and to the matter
    _tab_to(town.page, "隐患")
    _enter(town.page)
    expect(town.page.get_by_role("heading", name="隐患", exact=True)).to_be_visible()
    _tab_to(town.page, find)
    _enter(town.page)
    case = Case(town, town.page)
    case.stands_at("已登记")

    # Then the panel opens, takes the focus, and Escape closes it
    _tab_to(town.page, "核定")
    keys.press("Enter")
    panel = town.page.get_by_role("dialog")
    expect(panel).to_be_visible()
    assert town.page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
    keys.press("Escape")
    expect(panel).to_be_hidden()

    # And opened again it is filled and sent
    keys.press("Enter")
    expect(panel).to_be_visible()
    _tab_to(town.page, "人的不安全行为")
    keys.press("Space")
    keys.press("ArrowDown")
    _tab_to(town.page, "核定意见")
    keys.type("属实")
    keys.press("Tab")
    keys.press("Enter")
    case.stands_at("已核定")


def test_a_list_goes_to_excel_as_it_stands(
    world: World, places: dict[str, str], visitor: People, tmp_path: Path
) -> None:
    # Given a narrowed list
    town = visitor("town")
    shown = [title.strip() for title in town.lists("?state=open").all_inner_texts()]
    assert len(shown) > 3

    # When it is exported and the job has been done
    town.page.get_by_role("button", name="导出 Excel").click()
    expect(town.page.get_by_role("heading", name="导出隐患排查治理台账")).to_be_visible()
    expect(town.page.get_by_role("link", name="后台任务").first).to_be_visible()
    world.run_jobs()
    with town.page.expect_download() as download:
        town.page.get_by_role("link", name="下载结果").click()

    # Then the file has the rows of the list, numbers as numbers, dates as dates, text as text
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == ".xlsx"
    header, *rows = _rows_of(path)
    assert header[:3] == ["序号", "编号", "隐患描述"]
    table = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["隐患描述"] for row in table] == shown
    assert [row["序号"] for row in table] == list(range(1, len(shown) + 1))
    assert {type(row["退回次数"]) for row in table} <= {int, float}
    assert all(isinstance(row["登记时间"], datetime) for row in table)
    assert {type(row["整改期限"]) for row in table if row["整改期限"] != ""} == {date}
    assert any(row["隐患描述"].startswith("=1+1") for row in table)

    # And the file is found again among the tasks
    town.goes("/jobs/")
    expect(town.page.get_by_role("link", name="下载结果")).to_have_count(1)


def _enter(page: Page) -> None:
    """Press Enter where it leads to another page, and wait until that one can be used."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _tab_to(page: Page, words: str, most: int = 60) -> None:
    """Press Tab until the focus is on what carries these words."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "(() => { const e = document.activeElement;"
            " return [e.textContent, e.getAttribute('aria-label'), ...[...(e.labels ?? [])].map(l => l.textContent)]"
            ".join(' ').trim(); })()"
        )
        if at.startswith(words):
            return
    raise AssertionError(f"Tab 到不了“{words}”")


def _rows_of(path: Path) -> list[list[Any]]:
    """The header and the rows below it, without the words around."""
    sheet = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    start = next(number for number, row in enumerate(sheet) if row[0] == "序号")
    end = next(number for number, row in enumerate(sheet) if str(row[0]).startswith("合计"))
    return sheet[start:end]
