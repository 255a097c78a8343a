"""Telephone cells: one number however it is written, several with what stands between them, no number at all."""

import pytest

from anlan.lib import phones
from anlan.sheets import values
from anlan.sheets.values import Unreadable

ONE, OTHER = "13912345678", "13812345678"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (ONE, ONE),
        (13912345678, ONE),
        (13912345678.0, ONE),
        ("13912345678.0", ONE),
        (" 139 1234 5678", ONE),
        ("139-1234-5678", "139-1234-5678"),
        ("'１３９１２３４５６７８", ONE),
        ("+86 13912345678", f"+86{ONE}"),
        ("0576 85123456", "057685123456"),
        ("0576—85123456 转 8", "0576-85123456转8"),
        ("（0576）85123456", "(0576)85123456"),
        (f"{ONE}\n{OTHER}", f"{ONE}、{OTHER}"),
        (f"{ONE}_x000D_\n{OTHER}", f"{ONE}、{OTHER}"),
        (f"{ONE} {OTHER}", f"{ONE}、{OTHER}"),
        (f"{ONE}、{OTHER}", f"{ONE}、{OTHER}"),
        (f"{ONE}，{OTHER}；{ONE}", f"{ONE}、{OTHER}"),
        (f"{ONE}/85123456", f"{ONE}、85123456"),
        (f"0576-85123456 {ONE}", f"0576-85123456、{ONE}"),
        (f"{ONE}{OTHER}", f"{ONE}、{OTHER}"),
        ("139 1234 5678 138 1234 5678", f"{ONE}、{OTHER}"),
        ("", ""),
    ],
)
def test_a_telephone_cell(written, expected):
    assert values.telephone(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "见附件",
        f"王五{ONE}",
        f"{ONE}（微信同号）",
        "同上",
        "138",
        "转",
        f"0576-85123456{ONE}9",
        "2026年3月5日",
        f"{ONE}、无",
    ],
)
def test_what_is_no_telephone_is_not_taken(written):
    with pytest.raises(Unreadable, match="不是电话号码"):
        values.telephone(written)
    assert phones.numbers(written) == []


def test_digits_that_were_lost_are_told():
    with pytest.raises(Unreadable, match="后几位已经变成 0"):
        values.telephone(float(f"{ONE}{OTHER}"))
