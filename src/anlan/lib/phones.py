"""Telephone numbers as people write them: one, or several in one field."""

import re
import unicodedata

BETWEEN = "、"
"""Stands between several numbers."""
REFUSAL = "电话只能是数字，可带区号、分机（如 0576-85123456 转 8）；有几个的用顿号隔开。"

_APART = re.compile(r"[、,;/|\\\r\n和或]+")
_DASHES = str.maketrans("—–−‐", "----")
_ONE = re.compile(r"\+?[\d()-]{5,24}(?:转\d{1,6})?")
_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2,}")
_TOO_MANY_DIGITS = re.compile(r"\d{16}")
_FEWEST_OF_A_LINE = 7
"""Digits without the area code. Fewer beside a blank are a part of a number: ``0576 85123456``, ``139 1234 5678``."""


def numbers(written: str) -> list[str]:
    """The numbers in a field, each without blanks; none when anything else stands there too."""
    plain = unicodedata.normalize("NFKC", written).translate(_DASHES)
    found = [number for part in _APART.split(plain) for number in _in_part(part.split())]
    return list(dict.fromkeys(found)) if all(map(_is_number, found)) else []


def canonical(written: str) -> str:
    """``13912345678、0576-85123456转8``; empty when it is no telephone number, or not only."""
    return BETWEEN.join(numbers(written))


def dialled(number: str) -> str:
    """One of the numbers as a ``tel:`` address has it: a comma waits before the extension."""
    return number.replace("转", ",")


def _in_part(words: list[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if joined and not (_digits(joined[-1]) >= _FEWEST_OF_A_LINE <= _digits(word)):
            joined[-1] += word
        else:
            joined.append(word)
    return [number for word in joined for number in _mobiles(word)]


def _mobiles(word: str) -> list[str]:
    """Mobile numbers that have lost what stood between them, apart again."""
    return re.findall(r"\d{11}", word) if _MOBILES.fullmatch(word) else [word]


def _digits(word: str) -> int:
    return sum(map(str.isdigit, word))


def _is_number(word: str) -> bool:
    return bool(_ONE.fullmatch(word)) and _digits(word) >= 5 and not _TOO_MANY_DIGITS.search(word)
