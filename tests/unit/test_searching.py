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
