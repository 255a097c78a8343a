"""Formulas that went wrong are no blank cells: the row comes back and says so, wherever the error stands."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.sheets import archives
from tests.data.sheets.make import ods
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.integration.test_sheets import GOOD_CODES, HEADER, bad_rows, bring, counts, firms, run

ERRORS = ["#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?"]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def with_errors() -> SimpleUploadedFile:
    """The errors stand in optional columns, one of a list; the sheet begins in C3 and another one stands before it."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as writer:
        writer.add_worksheet("说明").write_string(0, 0, "填表说明")
        sheet = writer.add_worksheet("底册 & 甲")
        for number, row in enumerate([HEADER, *firms("好厂")]):
            sheet.write_row(number + 2, 2, row)
        for number, word in enumerate(ERRORS, 4):
            sheet.write_row(number, 2, [f"坏{word}厂".replace("#", ""), "", "古城"])
            sheet.write_formula(number, number, "=1/0", None, word)
    return SimpleUploadedFile("台账.xlsx", target.getvalue())


def test_each_row_says_which_formula(cast: Cast) -> None:
    entry = bring(cast.county, with_errors())
    assert entry.has_broken_formulas
    entry = run(cast.county, entry)
    assert counts(entry) == (1, 0, 0, 5), entry.first_bad
    labels = ["所属乡镇（街道）", "所属村（社区）", "国民经济行业", "法定代表人", "联系电话"]
    for row, word, label in zip(bad_rows(entry)[1:], ERRORS, labels, strict=True):
        assert f"{label}：公式出错（{word}）" in row[-1]


def test_a_file_without_them_is_not_looked_through_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("looked through")

    monkeypatch.setattr(archives, "formula_errors", never)
    assert counts(run(cast.county, bring(cast.county, book(HEADER, *firms("好厂"))))) == (1, 0, 0, 0)


def test_in_an_open_document_too(cast: Cast, tmp_path: Path) -> None:
    rows = [
        ["企业名称", "信用代码", "所属乡镇", "法人"],
        ["好厂", GOOD_CODES[0], "古城", "王"],
        ["坏厂", GOOD_CODES[1], "古城", "错"],
    ]
    ods(tmp_path / "a.ods", rows)
    with zipfile.ZipFile(tmp_path / "a.ods") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    was = '<table:table-cell office:value-type="string"><text:p>错</text:p>'
    now = was.replace("string", 'string" office:string-value="" calcext:value-type="error').replace("错", "#N/A")
    parts["content.xml"] = parts["content.xml"].replace(was, now).replace("<office:body", "<office:body", 1)
    parts["content.xml"] = parts["content.xml"].replace(" office:version", ' xmlns:calcext="urn:x" office:version', 1)
    with zipfile.ZipFile(tmp_path / "b.ods", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    entry = run(cast.county, bring(cast.county, SimpleUploadedFile("b.ods", (tmp_path / "b.ods").read_bytes())))
    assert counts(entry) == (1, 0, 0, 1)
    assert "法定代表人：公式出错（#N/A）" in bad_rows(entry)[1][-1]
