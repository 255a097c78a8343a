"""What a record is found by, and which part of a shown text was meant."""

import pytest

from anlan.lib import searching


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("临海市江南机械制造有限公司", "jnjx"),
        ("临海市江南机械制造有限公司", "JiangNan"),
        ("重庆银行临海支行", "cqyh"),  # not zhong, not xing
        ("重庆银行临海支行", "chongqingyinhang"),
        ("临海市（杜桥）眼镜厂", "杜桥眼镜"),
        ("绿源公司", "lvyuan"),
        ("Ａ座 2号", "a座2"),
        ("138-5761-2345", "13857612345"),
    ],
)
def test_found_by(name, typed):
    text = searching.search_text([name])
    assert all(word in text for word in searching.words_of(typed))


def test_many_at_once_are_the_same_as_each_alone():
    names = [
        "临海市江南机械制造有限公司",
        "重庆银行临海支行",
        "Ａ座 2号",
        "",
        "138-5761-2345",
        "长江_（行）",
        "a\ue000ΑΣ",
        "Σ",
    ]
    former = ["老厂", "", "重庆厂", "", "", "长乐", "", "ΑΣ"]
    numbers = ["91331082MA2K3XQ59U", "138-00", "", "", "138-5761-2345", "井头街 9 号", "1", ""]
    each = [
        searching.search_text(filter(None, row[:2]), filter(None, row[2:]))
        for row in zip(names, former, numbers, strict=True)
    ]
    assert searching.search_texts([names, former], [numbers]) == each
    for place in range(len(names)):
        alone = [column[place : place + 1] for column in (names, former, numbers)]
        assert searching.search_texts(alone[:2], alone[2:]) == each[place : place + 1]


def test_nothing_is_found_across_two_parts_and_signs_ask_for_nothing():
    assert "江南东湖" not in searching.search_text(["江南", "东湖"])
    assert searching.words_of("% _ （） \x00") == []
    assert searching.words_of("一 二 三 四 五") == ["一", "二", "三", "四"]


@pytest.mark.parametrize(
    ("shown", "typed", "meant"),
    [
        ("临海市（杜桥）眼镜厂", "杜桥眼", ["杜桥）眼"]),
        ("临海市（杜桥）眼镜厂", "dq", ["杜桥"]),
        ("临海市（杜桥）眼镜厂", "qiaoyan", ["桥）眼"]),
        ("临海市（杜桥）眼镜厂", "临海 镜厂", ["临海", "镜厂"]),
        ("临海市杜桥眼镜厂", "杜桥眼 眼镜", ["杜桥眼镜"]),
        ("电话 138-5761", "3857", ["38-57"]),
        ("临海", "温岭", []),
    ],
)
def test_the_part_that_was_meant(shown, typed, meant):
    assert [shown[first:last] for first, last in searching.spans(shown, searching.words_of(typed))] == meant
