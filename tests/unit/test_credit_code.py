"""统一社会信用代码: each failing check has its own sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from anlan.register import credit_code

GOOD = "91331082704719231X"


def test_a_good_code_has_no_problem() -> None:
    assert credit_code.problem_of(credit_code.compact(" 9133 1082-7047 19231x ")) == ""


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (GOOD[:-1], "现为 17 位"),
        ("91331082704719231O", "“O”"),
        ("9133I0827O471923SX", "“I、O、S”"),
        ("91331A82704719231X", "第 3–8 位"),
        ("913310827047192317", "校验码"),
        ("91331082704719213X", "校验码"),
    ],
)
def test_what_fails_is_named(code: str, word: str) -> None:
    assert word in credit_code.problem_of(code)


def test_codes_of_village_cooperatives_begin_with_a_letter() -> None:
    body = "N2331082MF1234567"
    assert credit_code.problem_of(body + uscc.calc_check_digit(body)) == ""


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_never_passes(position: int, character: str) -> None:
    wrong = GOOD[:position] + character + GOOD[position + 1 :]
    assert (credit_code.problem_of(wrong) == "") == (wrong == GOOD)


def test_a_temporary_number_is_no_credit_code() -> None:
    number = credit_code.temporary_number("331082")
    assert number.startswith("L331082-")
    assert credit_code.problem_of(credit_code.compact(number))
