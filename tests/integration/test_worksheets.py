"""A file with a summary and a sheet for each township: the person says which is read, and hears of those that are not."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.lib.refusals import Invalid
from anlan.sheets import actions
from tests.factories.cast import Cast
from tests.integration.test_sheet_pages import send, text_of, working
from tests.integration.test_sheets import GOOD_CODES, HEADER, bring, counts, enterprise, firms, run

__all__ = ["working"]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def book(sheets: dict[str, list[list[Any]]], hidden: tuple[int, ...] = ()) -> SimpleUploadedFile:
    """``hidden``: rows of the last sheet that a filter has hidden."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as writer:
        for name, rows in sheets.items():
            sheet = writer.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        for number in hidden:
            sheet.set_row(number, None, None, {"hidden": True})
    return SimpleUploadedFile("台账.xlsx", target.getvalue())


def townships(**more: Any) -> SimpleUploadedFile:
    west = [
        ["西一厂", GOOD_CODES[1], "古城", "", "", "", "", ""],
        ["西二厂", GOOD_CODES[2], "古城", "", "", "", "", ""],
    ]
    return book(
        {
            "汇总": [["乡镇", "企业数"], ["古城 & 大洋", 3]],
            "古城": [HEADER, *firms("东一厂")],
            "古城西 & 北": [HEADER, *west],
            "空": [],
        },
        **more,
    )


def test_all_are_named_and_another_can_be_chosen(cast: Cast) -> None:
    entry = bring(cast.county, townships())
    assert [(one["name"], one["row_count"]) for one in entry.sheets] == [("汇总", 1), ("古城", 1), ("古城西 & 北", 2)]
    assert (entry.sheet_name, entry.other_sheets) == ("古城", ["汇总", "古城西 & 北"])
    with acting(cast.county):
        entry = actions.choose_table(actor=cast.county, import_id=entry.id, has_header=False)
        assert [one["row_count"] for one in entry.sheets] == [1, 2, 2]
        entry = actions.choose_table(actor=cast.county, import_id=entry.id, sheet="古城西 & 北")
    assert counts(run(cast.county, entry)) == (2, 0, 0, 0)
    assert enterprise(cast.county, name="西一厂").unified_social_credit_code == GOOD_CODES[1]
    with acting(cast.county), pytest.raises(Invalid, match="没有叫“东湖”的工作表"):
        actions.upload(actor=cast.county, kind_code="enterprises", file=townships(), sheet="东湖")


def test_a_sheet_with_a_header_and_nothing_below_is_not_the_first_choice(cast: Cast) -> None:
    file = book({"模板": [HEADER], "底册": [["企业名称", "信用代码"], ["东一厂", GOOD_CODES[0]]]})
    assert bring(cast.county, file).sheet_name == "底册"


def test_hidden_rows_are_told_of(cast: Cast) -> None:
    sheets = {"甲": [HEADER, *firms("一厂")], "乙 <2>": [[*HEADER, "备注"], *firms("二厂", "三厂", "四厂")]}
    entry = bring(cast.county, book(sheets, hidden=(2, 3)))
    assert {one["name"]: one["hidden_row_count"] for one in entry.sheets} == {"甲": 0, "乙 <2>": 2}
    assert bring(cast.county, book(sheets)).hidden_row_count == 0


def test_the_page_warns_until_the_end(client_of: Callable[[str], Client], cast: Cast, working: None) -> None:
    client = client_of("county")
    where = send(client, "/imports/new/", kind="enterprises", file=townships(hidden=()))
    page = text_of(client.get(where))
    assert "还有 2 张没有读：汇总、古城西 &amp; 北" in page
    assert "古城西 &amp; 北（2 行）" in page
    assert client.post(f"{where}table/", {"sheet": "没有这张"}).status_code == 302
    page = text_of(client.get(send(client, f"{where}table/", sheet="汇总", has_header="yes")))
    assert "只读工作表“汇总”" in page
    assert "企业数" in page
    send(client, f"{where}table/", sheet="古城西 & 北")
    send(
        client,
        f"{where}mapping/",
        **{f"column_{at}": name for at, name in enumerate(["name", "unified_social_credit_code"])},
    )
    assert "还有 2 张没有读：汇总、古城" in text_of(client.get(where))
    assert "还有 2 张没有读：汇总、古城" in text_of(client.get(send(client, f"{where}confirm/")))
    with acting(cast.county):
        assert enterprise(cast.county, name="西二厂")


def test_a_program_says_which_and_hears_of_the_others(client_of: Callable[[str], Client], working: None) -> None:
    client = client_of("county")
    data = {"kind": "enterprises", "sheet": "古城西 & 北", "file": townships()}
    answer = client.post("/api/v1/imports", data).json()
    assert {one["name"]: one["is_read"] for one in answer["sheets"]} == {
        "汇总": False,
        "古城": False,
        "古城西 & 北": True,
    }
    jobs.run_pending()
    assert client.get(f"/api/v1/imports/{answer['id']}").json()["created_count"] == 2
    response = client.post("/api/v1/imports", {**data, "sheet": "东湖", "file": townships()})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/sheet")
