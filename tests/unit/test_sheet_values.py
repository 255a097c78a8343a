"""What people type into cells: dates in every manner, codes that lost digits, stray blanks."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from anlan.sheets import values
from anlan.sheets.values import Unreadable

FIFTH_OF_MARCH = date(2026, 3, 5)


@pytest.mark.parametrize(
    "written",
    [
        "二〇二六年三月五日",
        "二○二六年三月五日",
        "二零二六年三月五号",
        "2026年3月5日",
        "2026年03月05日",
        "２０２６年３月５日",
        "2026 年 3 月 5 日",
        "2026.3.5",
        "2026．3．5",
        "2026-3-5",
        "2026—3—5",
        "2026/03/05",
        "2026/3/5 10:30",
        "2026-03-05T08:00:00",
        "2026年3月5日 上午 9时",
        "20260305",
        20260305,
        20260305.0,
        46086,
        46086.0,
        46086.75,
        "46086",
        date(2026, 3, 5),
        datetime(2026, 3, 5, 10, 30),  # noqa: DTZ001
        " 2026-03-05\u200b",
    ],
)
def test_a_date_in_every_manner(written):
    assert values.day(written) == FIFTH_OF_MARCH


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("二〇二六年十二月三十一日", date(2026, 12, 31)),
        ("二〇二五年十月二十日", date(2025, 10, 20)),
        ("二〇二五年十一月十日", date(2025, 11, 10)),
        ("二〇二五年二月廿八日", date(2025, 2, 28)),
        ("二〇二五年〇二月〇八日", date(2025, 2, 8)),
    ],
)
def test_chinese_numerals(written, expected):
    assert values.day(written) == expected


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2026年3月", "只有年和月"),
        ("3月5日", "没有年份"),
        ("2026-02-30", "没有“2026-02-30”这一天"),
        ("去年冬天", "不是日期"),
        (7, "不是日期"),
        (123456789, "不是日期"),
        ("20261305", "这一天"),
        ("#REF!", "公式出错"),
    ],
)
def test_what_is_no_date_says_why(written, says):
    with pytest.raises(Unreadable, match=says):
        values.day(written)


@pytest.mark.parametrize("written", [9.1331082e17, 913310825538926150, "9.13311E+17", "9.1E+17", 3.3108219900101e17])
def test_a_code_typed_as_a_number_has_lost_digits(written):
    with pytest.raises(Unreadable, match="后几位已经变成 0"):
        values.identifier(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("91331082553892615a", "91331082553892615A"),
        (" ９１３３１０８２ ５５３８９２６１５Ａ\u3000", "91331082553892615A"),
        ("'91331082553892615A", "91331082553892615A"),
        (13712345678.0, "13712345678"),
        (331082001, "331082001"),
        ("浙应急〔2026〕5 号", "浙应急〔2026〕5号"),
    ],
)
def test_codes_are_text(written, expected):
    assert values.identifier(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("　临海市 江南机械　制造有限公司 ", "临海市江南机械制造有限公司"),
        ("ABC Chemical Co.", "ABC Chemical Co."),
        ("工业路\n１８ 号", "工业路 18 号"),
        ("一\u200b二\ufeff三", "一二三"),
        ("临海（分）公司", "临海（分）公司"),
        (12.0, "12"),
        (12.5, "12.5"),
        (True, "是"),
        (None, ""),
        (date(2026, 3, 5), "2026-03-05"),
        (datetime(2026, 3, 5, 10, 30), "2026-03-05 10:30"),  # noqa: DTZ001
    ],
)
def test_text_without_stray_blanks(written, expected):
    assert values.text(written) == expected


def test_paragraphs_keep_their_lines():
    assert values.paragraph(" 一、配电箱 \r\n\n 二、通道堵塞_x000D_") == "一、配电箱\n二、通道堵塞"


@pytest.mark.parametrize("written", ["1,200", "１２００", 1200, 1200.0, "1200人", " 1200 "])
def test_whole_numbers(written):
    assert values.integer(written) == 1200


@pytest.mark.parametrize(
    ("written", "number"),
    [("二十三", 23), ("十", 10), ("廿一", 21), ("十二人", 12), ("一百零五", 105), ("两千三百", 2300), ("一二〇", 120),
     ("壹佰贰拾家", 120), ("三万", 30_000), ("1.5万", 15_000), ("一万二千", 12_000), ("三亿五千万", 350_000_000),
     ("一万零三", 10_003), ("零", 0)],
)  # fmt: skip
def test_whole_numbers_in_words(written, number):
    assert values.integer(written) == number


@pytest.mark.parametrize("written", ["一百一", "三万二", "二十三四", "十十", "百百", "一十百", "万", "三万二亿", "人"])
def test_words_that_are_no_number_or_two(written):
    with pytest.raises(Unreadable, match="不是数字"):
        values.integer(written)


@pytest.mark.parametrize("written", ["十几个", 12.5, "12.5", "", "NaN", True])
def test_what_is_no_whole_number(written):
    with pytest.raises(Unreadable):
        values.integer(written)


def test_decimals_keep_their_digits():
    assert values.decimal("121.130500") == Decimal("121.130500")
    assert values.decimal(121.1305) == Decimal("121.1305")


def test_yes_and_no():
    assert [values.yes_or_no(word) for word in ("是", "√", "规上", 1, True)] == [True] * 5
    assert [values.yes_or_no(word) for word in ("否", "规下", 0.0, False)] == [False] * 4
    with pytest.raises(Unreadable, match="看不出"):
        values.yes_or_no("大概")


def test_choices_by_label_code_and_synonym():
    read = values.choice([("OPERATING", "在产"), ("STOPPED", "停产（业）")], {"正常": "OPERATING"})
    assert [read(word) for word in ("在产", "operating", "正常", "停产", " 停 产 ")] == ["OPERATING"] * 3 + [
        "STOPPED"
    ] * 2
    with pytest.raises(Unreadable, match="在产、停产"):
        read("开着")
    assert values.several(read)("在产、停产;在产") == ("OPERATING", "STOPPED")


@pytest.mark.parametrize(
    ("written", "expected"), [("", True), ("/", True), ("无", True), (None, True), (0, False), ("零", False)]
)
def test_marks_for_nothing(written, expected):
    assert values.is_nothing(written) == expected
