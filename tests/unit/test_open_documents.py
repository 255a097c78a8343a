"""A few bytes of an .ods can stand for any number of cells: counted before anything is read."""

import zipfile
from io import BytesIO

import pytest

from anlan.lib.refusals import Invalid
from anlan.sheets import archives

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
)
FULL = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'


def cell(times: int = 1, word: str = "厂") -> str:
    return FULL.format(f' table:number-columns-repeated="{times}"', word)


def blank(times: int) -> str:
    return f'<table:table-cell table:style-name="ce1" table:number-columns-repeated="{times}"/>'


def row(cells: str, times: int = 1, more: str = "") -> str:
    return f'<table:table-row table:number-rows-repeated="{times}"{more}>{cells}</table:table-row>'


def document(*rows: str, before: str = "", names: str = NAMES) -> BytesIO:
    target = BytesIO()
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {names}><office:body>'
        f'<office:spreadsheet><table:table table:name="底册">{"".join(rows)}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return target


@pytest.mark.parametrize(
    "rows",
    [
        [row(cell(), 1_000_000)],
        [row(cell(16_384))],
        [row(blank(16_383) + cell())],
        [row(cell(600), 6_000)],
        [row(cell()), row(blank(1), 1_000_000), row(cell())],
        [row(cell(600), 2_600), row(cell(600), 2_600)],
        [row(cell(100, "长" * 30_000), 100)],
        [row(cell(1), 99_999_999_999_999)],
        [row(cell(1)).replace('rows-repeated="1"', 'rows-repeated="+1000000"')],
        [row('<table:table-cell table:formula="of:=1" table:number-columns-repeated="9999"/>')],
        [row(f"<table:table-cell>{cell(16_384)}</table:table-cell>")],
    ],
)
def test_too_much_is_refused(rows: list[str]) -> None:
    with pytest.raises(Invalid, match="表格太大"):
        archives.look_at(document(*rows))


def test_other_names_for_the_same_prefixes_do_not_hide_it() -> None:
    with pytest.raises(Invalid, match="表格太大"):
        archives.look_at(document(row(cell(), 1_000_000), names=NAMES.replace("urn:oasis", "urn:other")))


def test_what_every_program_writes_to_the_end_of_the_sheet_is_fine() -> None:
    ends = [row(cell(3) + blank(16_381)), row(blank(16_384), 1_048_574), row(blank(16_384))]
    assert archives.look_at(document(*ends)).extension == "ods"


def test_hidden_rows_are_counted() -> None:
    rows = [row(cell()), row(cell(), 2, ' table:visibility="filter"'), row(blank(1), 9, ' table:visibility="collapse"')]
    assert archives.look_at(document(*rows)).hidden_rows == {"底册": 2}


@pytest.mark.parametrize("before", ['<!DOCTYPE a [<!ENTITY b "c">]>', "<broken"])
def test_entities_and_what_is_no_xml_are_not_read(before: str) -> None:
    with pytest.raises(Invalid, match="打不开"):
        archives.look_at(document(row(cell()), before=before))


def test_two_parts_of_one_name_are_not_read() -> None:
    target = document(row(cell()))
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("content.xml", "<a/>")
    with pytest.raises(Invalid, match="打不开"):
        archives.look_at(target)
