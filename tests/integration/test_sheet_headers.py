"""Tables without a header, or with one the system does not know: no row is lost, and the person can say how it is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anlan.authz.scope import acting
from anlan.lib.refusals import Invalid, Refused
from anlan.sheets import actions
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.integration.test_sheet_pages import chosen, send, text_of, working
from tests.integration.test_sheets import GOOD_CODES, bad_rows, bring, counts, enterprise, run

__all__ = ["working"]

TITLE = ["临海市古城街道企业底册"]
ROWS: list[list[Any]] = [[f"第{number}厂", GOOD_CODES[number], "古城", 13712345678] for number in range(3)]
COLUMNS = ["name", "unified_social_credit_code", "township", "phone"]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def choose(cast: Cast, entry: Any, columns: list[str] = COLUMNS) -> Any:
    with acting(cast.county):
        return actions.set_mapping(actor=cast.county, import_id=entry.id, mapping=columns)


@pytest.mark.parametrize("rows", [ROWS, [TITLE, *ROWS]], ids=["bare", "title"])
def test_without_a_header_the_first_row_is_data(cast: Cast, rows: list[list[Any]]) -> None:
    entry = bring(cast.county, book(*rows))
    assert not entry.has_header
    assert [one["label"] for one in entry.header] == ["第1列", "第2列", "第3列", "第4列"]
    assert entry.header[0]["samples"] == ["第0厂", "第1厂", "第2厂"]
    assert counts(run(cast.county, choose(cast, entry))) == (3, 0, 0, 0)
    assert enterprise(cast.county, name="第0厂").phone == "13712345678"


def test_the_bad_rows_of_such_a_file_come_in_again_under_its_columns(cast: Cast) -> None:
    wrong = ["抄错厂", "91331082712510938A", "古城", 13712345678]
    header, row = bad_rows(run(cast.county, choose(cast, bring(cast.county, book(*ROWS, wrong)))))
    again = bring(cast.county, book(header, [row[0], "", *row[2:]]))
    assert (again.has_header, again.mapping[:4]) == (True, COLUMNS)
    assert counts(run(cast.county, again)) == (1, 0, 0, 0)


def test_what_was_said_of_one_file_without_header_is_not_said_of_another(cast: Cast) -> None:
    choose(cast, bring(cast.county, book(*ROWS)))
    assert bring(cast.county, book(*([row[1], row[0]] for row in ROWS))).mapping == ["", ""]


def test_words_nobody_knows_are_taken_for_a_header_until_one_says_they_are_none(cast: Cast) -> None:
    rows = [["望江五金厂", "古城街道", "掌柜"], ["东塍机械厂", "古城街道", "老王"]]
    entry = bring(cast.county, book(*rows))
    assert entry.has_header
    with acting(cast.county):
        entry = actions.choose_table(actor=cast.county, import_id=entry.id, has_header=False)
    entry = run(cast.county, choose(cast, entry, ["name", "township", "legal_representative"]))
    assert counts(entry) == (2, 0, 0, 0)
    with acting(cast.county), pytest.raises(Refused, match="已经导入"):
        actions.choose_table(actor=cast.county, import_id=entry.id, has_header=True)


def test_the_page_says_so_and_takes_the_answer(
    client_of: Callable[[str], Client],
    cast: Cast,
    working: None,
) -> None:
    client = client_of("county")
    where = send(client, "/imports/new/", kind="enterprises", file=book(*ROWS))
    page = text_of(client.get(where))
    assert "没有找到表头" in page
    assert set(chosen(page).values()) == {""}
    page = text_of(client.get(send(client, f"{where}table/", has_header="yes")))
    assert "第1列" not in page
    assert "第0厂" in page
    assert "没有找到认得的表头" in page
    page = text_of(client.get(send(client, f"{where}table/", has_header="no")))
    mapping = {f"column_{at}": name for at, name in enumerate(COLUMNS)}
    assert "确认导入" in text_of(client.get(send(client, f"{where}mapping/", **mapping)))
    assert client_of("dept").post(f"{where}table/").status_code == 404


def test_a_program_is_told_too(cast: Cast) -> None:
    entry = bring(cast.county, book(*ROWS))
    with acting(cast.county), pytest.raises(Invalid, match="没有找到表头"):
        actions.check_ready(entry)
