"""Where the header is, and what a header of two rows says of each column."""

import pytest

from anlan.sheets import headers
from anlan.sheets.kinds import Column, Kind
from anlan.sheets.mapping import guess
from anlan.sheets.values import text

KIND = Kind(
    code="two_rows", label="企业", noun="家", permissions=(), key="名称", open=lambda actor: None,  # type: ignore[arg-type, return-value]
    columns=(
        Column(name="name", label="企业名称", read=text, synonyms=("单位名称",)),
        Column(name="code", label="信用代码", read=text),
        Column(name="township", label="乡镇", read=text, synonyms=("镇街", "属地")),
        Column(name="village", label="村居", read=text),
        Column(name="legal", label="法定代表人", read=text, synonyms=("法定代表人姓名", "负责人")),
        Column(name="phone", label="电话", read=text, synonyms=("联系方式", "法定代表人电话")),
    ),
)  # fmt: skip
FULL = ["甲厂", "91331082MA2K3XQ59U", "张三", "13912345678", "古城", "文化"]


@pytest.mark.parametrize(
    ("upper", "lower", "words", "names"),
    [
        pytest.param(
            ["企业名称", "信用代码", "法定代表人", "法定代表人", "属地", "属地"],
            ["企业名称", "信用代码", "姓名", "电话", "镇街", "村居"],
            ["企业名称", "信用代码", "法定代表人姓名", "法定代表人电话", "镇街", "村居"],
            ["name", "code", "legal", "phone", "township", "village"],
            id="merged",
        ),
        pytest.param(
            ["企业名称", "信用代码", "法定代表人", "", "属地", ""],
            ["", "", "姓名", "电话", "镇街", "村居"],
            ["企业名称", "信用代码", "法定代表人姓名", "电话", "镇街", "村居"],
            ["name", "code", "legal", "phone", "township", "village"],
            id="only the first bears it",
        ),
        pytest.param(
            ["企业名称", "信用代码", "安全负责人", "安全负责人", "法定代表人", "法定代表人"],
            ["企业名称", "信用代码", "姓名", "电话", "姓名", "电话"],
            ["企业名称", "信用代码", "安全负责人姓名", "安全负责人电话", "法定代表人姓名", "法定代表人电话"],
            ["name", "code", "", "", "legal", "phone"],
            id="two people",
        ),
        pytest.param(
            ["企业名称", "信用代码", "负责人", "负责人", "产值", "产值"],
            ["企业名称", "信用代码", "签名", "身份证", "今年", "去年"],
            ["企业名称", "信用代码", "负责人", "负责人身份证", "产值今年", "产值去年"],
            ["name", "code", "legal", "", "", ""],
            id="the upper alone",
        ),
    ],
)
def test_a_header_of_two_rows(upper: list[str], lower: list[str], words: list[str], names: list[str]) -> None:
    found = headers.find_header([["企业底册"] * 6, upper, lower, FULL], KIND)
    assert (found.words, found.first) == (words, 3)
    assert guess(found.words, KIND, {}) == names


@pytest.mark.parametrize(
    "rows",
    [
        [["企业名称", "信用代码", "备注", "备注"], ["甲厂", "代码", "镇街", "电话"], ["乙厂", "", "", ""]],
        [["企业名称", "信用代码", "", ""], ["甲厂", "代码", "镇街", "电话"]],
        [["企业名称", "信用代码", "属地"], ["甲厂", "代码甲", "古城"], ["乙厂", "代码乙", "古城"]],
    ],
)
def test_a_row_of_words_below_the_header_stays_data(rows: list[list[str]]) -> None:
    found = headers.find_header(list(rows), KIND)
    assert (found.words, found.first) == (rows[0], 1)


@pytest.mark.parametrize(
    ("row", "is_there"),
    [
        (["对象", "某号", "哪里"], True),
        (["第1列", "第2列", "第3列"], True),
        (["甲厂", "91331082MA2K3XQ59U", "古城"], False),
        (["甲厂", 13912345678.0, "古城"], False),
        (["甲厂", "古城", "古城"], False),
    ],
)
def test_who_knows_no_word_judges_by_the_look(row: list, is_there: bool) -> None:
    found = headers.find_header([row, ["乙厂", "x", "古城"]], KIND)
    assert (found.is_there, found.first) == (is_there, 1 if is_there else 0)
