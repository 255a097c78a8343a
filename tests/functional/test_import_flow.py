"""A ledger as an office has it: in, mended from what came back, in again, taken back. And a worker killed on the way."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.register.models import Enterprise, SupervisedObject
from anlan.sheets import actions, tasks
from anlan.sheets.models import SheetImport
from tests.bench.sheets import _write_book
from tests.data.sheets.make import OF_KINDS
from tests.functional.conftest import World
from tests.functional.visitor import DESK, PHONE, follows

pytestmark = pytest.mark.functional

NAMES = ["望江门水库", "巾山路群租房", "怪地方"]


def mend(came_back: Path, mended: Path) -> None:
    """Write the returned rows anew with the wrong word put right, as a person does in Excel."""
    rows: list[list[Any]] = CalamineWorkbook.from_path(str(came_back)).get_sheet_by_index(0).to_python()
    at = rows[0].index("对象类型")
    assert "游乐园" in rows[1][-1]
    rows[1][at] = "公共场所"
    with xlsxwriter.Workbook(str(mended)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def start(world: World, button: Locator) -> None:
    """Press what starts a job and do the job. The page looks again by itself: a reload from here would cross its own."""
    follows(button)
    world.run_jobs()


def bring(page: Page, world: World, file: Path, shot: Any) -> None:
    """Choose kind and file, check the columns, try it out, let it in."""
    page.goto(f"{world.site.url}/imports/new/")
    page.get_by_label("导入什么").select_option(label="监管对象")
    page.get_by_label("表格文件").set_input_files(str(file))
    shot("1-file")
    follows(page.get_by_role("button", name="下一步：核对列"))
    expect(page.get_by_role("button", name="下一步：试算")).to_be_visible()
    shot("2-columns")
    start(world, page.get_by_role("button", name="下一步：试算"))
    expect(page.get_by_role("button", name="确认导入")).to_be_visible()
    page.wait_for_load_state()  # by then it opens its dialog
    shot("3-dry-run")
    page.get_by_role("button", name="确认导入").click()
    shot("4-confirm")
    start(world, page.locator("#confirm").get_by_role("button", name="导入"))
    expect(page.get_by_text("已导入").first).to_be_visible()
    shot("5-imported")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_ledger_goes_in_is_mended_and_taken_back(world: World, visitor, tmp_path: Path, viewport, pictures) -> None:
    county = visitor("county", viewport=viewport)
    page = county.page
    ugly = tmp_path / "监管对象底数.xls"
    OF_KINDS["objects.xls"][1](ugly)
    bring(page, world, ugly, lambda name: pictures(page, f"a{name}"))
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载").first.click()
    came_back = tmp_path / "back.xlsx"
    coming.value.save_as(came_back)
    first = page.url
    mended = tmp_path / "改好.xlsx"
    mend(came_back, mended)
    bring(page, world, mended, lambda name: pictures(page, f"b{name}"))
    assert held(world) == set(NAMES)
    for where in (page.url, first):
        page.goto(where)
        page.get_by_role("button", name="撤销整批").first.click()
        pictures(page, "c1-undo")
        start(world, page.locator("#undo").get_by_role("button", name="撤销整批"))
        expect(page.get_by_text("恢复到导入之前的样子")).to_be_visible()
        pictures(page, "c2-undone")
    assert held(world) == set()


def held(world: World) -> set[str]:
    with acting(world.cast.county):
        return set(SupervisedObject.objects.filter(name__in=NAMES).values_list("name", flat=True))


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path):
    """``pictures(page, name)`` keeps a picture of the whole page beside the test's other files."""

    def take(page: Page, name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    return take


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_does_it_all(
    world: World, tmp_path: Path, django_db_blocker
) -> None:
    rows, county = 12_000, world.cast.county
    _write_book(tmp_path / "big.xlsx", rows, "")
    with acting(county):
        file = SimpleUploadedFile("big.xlsx", (tmp_path / "big.xlsx").read_bytes())
        entry = actions.upload(actor=county, kind_code="enterprises", file=file)
        actions.start(actor=county, import_id=entry.id, work=tasks.import_sheet, title="", check=actions.check_ready)
    kill_worker_in_the_middle(world, entry)
    assert imported(world) == 0
    with acting(county):
        assert SheetImport.objects.get(id=entry.id).state == "UPLOADED"
    with connection.cursor() as cursor:  # what the minute's sweep does with the jobs of a dead worker
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing'")
    world.run_jobs()
    good = rows - len(range(7, rows, 50))
    assert imported(world) == good
    with acting(county):
        entry = SheetImport.objects.get(id=entry.id)
    assert (entry.state, entry.created_count) == ("IMPORTED", good)


def kill_worker_in_the_middle(world: World, entry: SheetImport) -> None:
    """End it by SIGKILL once it has written some rows."""
    with acting(world.cast.county):
        job_id = SheetImport.objects.get(id=entry.id).job_id
    command = [sys.executable, "-m", "anlan.config.cli", "procrastinate", "worker", "--one-shot"]
    worker = subprocess.Popen(command, env=world.site.variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 120
        while not ((job := jobs.job_by_id(job_id)) and job.done > 0):
            assert worker.poll() is None, "the worker ended before it could be killed"
            assert time.monotonic() < end
            time.sleep(0.01)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()


def imported(world: World) -> int:
    with acting(world.cast.county):
        return Enterprise.objects.filter(name__startswith="临海市第", name__endswith="号机械厂").count()
