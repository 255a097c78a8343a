"""统一社会信用代码 (GB 32100-2015): which of its checks fails, in words."""

import re
from operator import mul

from stdnum.cn import uscc

from anlan.lib import ids

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")
_WEIGHTS = [3**place % 31 for place in range(17)]
_VALUES = bytes(max(_ALPHABET.find(chr(byte)), 0) for byte in range(256))


def compact(text: str) -> str:
    """Without blanks and hyphens, in capitals."""
    return uscc.compact(text)


def problem_of(code: str) -> str:
    """What is wrong with a compact code, as a Chinese sentence; empty when nothing is.

    ``stdnum`` wants digits in the first two places, but 农业农村, 机构编制 and others issue codes that begin with letters.
    """
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位。"
    strange = sorted({character for character in code if character not in _ALPHABET})
    if strange:
        return f"统一社会信用代码中不会出现“{'、'.join(strange)}”（不使用 I、O、S、V、Z）。"
    if not code[2:8].isdigit():
        return "统一社会信用代码第 3–8 位是登记机关的行政区划码，应为数字。"
    if code[17] != uscc.calc_check_digit(code):
        return "统一社会信用代码的校验码（第 18 位）不符，请核对是否抄错。"
    return ""


def is_sound(code: str) -> bool:
    """Whether nothing is wrong with a compact code: the same as :func:`problem_of`, fast enough for whole ledgers."""
    if not _SHAPE.fullmatch(code):
        return False
    values = code.encode("ascii").translate(_VALUES)
    return -sum(map(mul, _WEIGHTS, values)) % 31 == values[17]


def temporary_number(county_code: str) -> str:
    """An own number until the code is known: ``L331082-7K3QF2``; the hyphen keeps it from being taken for a code."""
    return f"L{county_code}-{ids.segment(6).upper()}"
