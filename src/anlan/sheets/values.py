"""What people type into cells, made into what was meant. A cell that cannot be read says why, in Chinese."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from anlan.lib import phones

Cell = str | int | float | bool | date | datetime | None
Reader = Callable[[Any], Any]


class Unreadable(ValueError):  # noqa: N818 - an answer to the person, not an error
    """Why a cell cannot be taken, as a sentence."""


_FORMULA_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
_NOTHING = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "暂无", "不详", "N/A", "NULL", "null", "None"})
# Anything that a plain Chinese or Latin text does not hold: blanks, controls, full-width letters and digits, marks
# without width.
_ODD = re.compile("[\\s\x00-\x1f\x7f\xa0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff０-９Ａ-Ｚａ-ｚ]")
_WIDTHLESS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u180e\u200b-\u200f\u2060\ufeff]")
_BLANKS = re.compile(r"\s+")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_BLANK_IN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_NARROW = {
    ord(wide): ord(wide) - 0xFEE0 for wide in "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
}
_NARROW |= {ord(wide): ord(wide) - 0xFEE0 for wide in "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"}

_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_BETWEEN = "\ue000"  # private use: nobody types it

_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2,3}")
MOST_EXACT_DIGITS = 15
LOST_DIGITS = (
    "被存成了数字，Excel 只保留前 15 位，后几位已经变成 0。请先把这一列设为“文本”格式，再重新填写（或从原始资料粘贴）。"
)

_DIGITS = {character: str(value % 10) for value, character in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": "0", "○": "0", "Ｏ": "0", "O": "0", "o": "0", "Ο": "0", "О": "0", "◯": "0", "两": "2"}
_DIGITS |= {"壹": "1", "贰": "2", "叁": "3", "肆": "4", "伍": "5", "陆": "6", "柒": "7", "捌": "8", "玖": "9"}
_CHINESE_YEAR = re.compile(r"([〇零○ＯOoΟО◯一二三四五六七八九]{4})年")
_CHINESE_NUMBER = re.compile("[一二三四五六七八九十廿卅〇零○]+")
_DATE = re.compile(
    r"(?P<year>\d{4})\s*[年./\-—–_ 、]\s*(?P<month>\d{1,2})\s*[月./\-—–_ 、]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:[T ]*(?:上午|下午)?\s*\d{1,2}[:：时点].*)?$"
)
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_FIRST_SERIAL = date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)  # 1927 to 2119


def nothings(words: Iterable[str]) -> list[str]:
    """Those of the words that say nothing."""
    return [word for word in words if word.strip() in _NOTHING]


def is_nothing(value: Cell) -> bool:
    """Whether the cell says nothing: empty, or a mark people put where there is nothing."""
    return value is None or (type(value) is str and value.strip() in _NOTHING)


def text(value: Cell) -> str:
    """One line of text without stray blanks; Latin letters and digits in their narrow form; numbers as written."""
    if type(value) is str:
        if not _ODD.search(value):
            return _checked(value)
        plain = _BLANKS.sub(" ", _WIDTHLESS.sub("", value.translate(_NARROW)).replace("\u3000", " ")).strip()
        return _checked(_BLANK_IN_HAN.sub("", plain))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return _as_excel_shows(value) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.min.time() else f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _as_excel_shows(value: float) -> str:
    """Its digits, as many as Excel keeps: what stands behind them comes from how a computer holds numbers."""
    if abs(value) < 10**MOST_EXACT_DIGITS:
        return str(int(value))
    return f"{Decimal(f'{value:.{MOST_EXACT_DIGITS}g}'):f}"


def check_formula(plain: str) -> None:
    """Raises Unreadable for what a formula that went wrong says."""
    if plain[:1] == "#" and plain in _FORMULA_ERRORS:
        raise Unreadable(f"公式出错（{plain}），请改成实际的内容。")


def formula_error(word: str) -> str:
    """One of the words :func:`check_formula` knows for what a program calls an error, in its own language perhaps."""
    return word if word in _FORMULA_ERRORS else "#VALUE!"


def _checked(plain: str) -> str:
    check_formula(plain)
    return plain


def read_words(read: Reader, words: Sequence[str]) -> list[str] | None:
    """What ``read`` makes of many words, in one go over all of them; None when it has to look at each."""
    read_all = _AT_ONCE.get(read)
    return read_all(words) if read_all is not None and words else None


def _texts(words: Sequence[str]) -> list[str] | None:
    together = _BETWEEN.join(words)
    if "#" in together:
        return None
    if not _ODD.search(together):
        return list(words)
    if _FULL_WIDTH.search(together):
        together = together.translate(_NARROW)
    plain = _BLANK_IN_HAN.sub("", _BLANKS.sub(" ", _WIDTHLESS.sub("", together).replace("\u3000", " ")))
    found = [word.strip() for word in plain.split(_BETWEEN)]
    return found if len(found) == len(words) else None


def _codes(words: Sequence[str]) -> list[str] | None:
    """Those in order already; a short one might be a number in scientific notation."""
    together = "".join(words)
    in_order = together.isascii() and together.isalnum() and together.upper() == together
    return list(words) if in_order and min(map(len, words)) >= 12 else None


def paragraph(value: Cell) -> str:
    """Text that may run over several lines."""
    if type(value) is not str:
        return text(value)
    lines = (text(line) for line in value.replace("\r\n", "\n").replace("_x000D_", "").split("\n"))
    return "\n".join(line for line in lines if line)


def identifier(value: Cell) -> str:
    """A code, a number of a document, a telephone: text without any blank, in narrow capitals.

    Raises Unreadable for one typed as a number that has lost its last digits.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) >= 10**MOST_EXACT_DIGITS:
            raise Unreadable(LOST_DIGITS)
        return str(int(value)) if float(value).is_integer() else repr(value)
    if type(value) is str and value.isascii() and value.isalnum():
        plain = value
    else:
        plain = "".join(unicodedata.normalize("NFKC", _WIDTHLESS.sub("", text(value))).split()).strip("'‘’`\"")
    if ("+" in plain or len(plain) < 12) and _SCIENTIFIC.fullmatch(plain):
        raise Unreadable(LOST_DIGITS)
    return plain.upper()


_AT_ONCE: dict[Reader, Callable[[Sequence[str]], list[str] | None]] = {text: _texts, identifier: _codes}


def reads_like(read: Reader, like: Reader) -> Reader:
    """Say of a reader of another slice that it makes the same as ``like`` of many words at once. Returns it."""
    _AT_ONCE[read] = _AT_ONCE[like]
    return read


def telephone(value: Cell) -> str:
    """A telephone number, or several with ``、`` between. Raises Unreadable for what is none, or not only."""
    plain = _as_typed(value)
    if plain.isascii() and plain.isdecimal() and 5 <= len(plain) <= 12:
        return plain
    found = phones.canonical(plain)
    if plain and not found:
        raise Unreadable(f"“{text(value)[:20]}”不是电话号码，{phones.REFUSAL}")
    return found


def _as_typed(value: Cell) -> str:
    """The characters of a number that is no quantity; lines stay apart. Raises Unreadable."""
    if type(value) is float and value.is_integer() and abs(value) < 10**MOST_EXACT_DIGITS:
        return str(int(value))
    if type(value) is not str:
        return identifier(value)
    check_formula(value)
    return _WIDTHLESS.sub("", value.replace("_x000D_", "\n")).strip().strip("'‘’`\"").removesuffix(".0")


def day(value: Cell) -> date:
    """A date in any of the ways people write one: as a date, ``2026年3月5日``, ``2026.3.5``, ``20260305``,
    ``二〇二六年三月五日``, Excel's own number of days. Raises Unreadable."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _day_of_number(value)
    plain = unicodedata.normalize("NFKC", _in_digits(text(value))).strip()
    if plain.isdecimal():
        return _day_of_number(int(plain))
    found = _DATE.match(plain)
    if found is None:
        raise Unreadable(_why_no_date(plain))
    return _day_of(int(found["year"]), int(found["month"]), int(found["day"]), text(value))


def _why_no_date(plain: str) -> str:
    if re.fullmatch(r"\d{4}[年./-]\d{1,2}月?", plain):
        return f"“{plain}”只有年和月，请写到日，如 2026-03-05。"
    if re.fullmatch(r"\d{1,2}[月./-]\d{1,2}[日号]?", plain):
        return f"“{plain}”没有年份，请写完整，如 2026-03-05。"
    return f"“{plain[:20]}”不是日期，请写成 2026-03-05 这样。"


def _day_of_number(number: float) -> date:
    if number in _SERIALS or int(number) in _SERIALS:
        return _FIRST_SERIAL + timedelta(days=int(number))
    found = _EIGHT.match(str(int(number)))
    if found is None or len(str(int(number))) != 8:
        raise Unreadable(f"“{text(number)}”不是日期，请写成 2026-03-05 这样。")
    return _day_of(*(int(part) for part in found.groups()), str(int(number)))  # type: ignore[call-arg, arg-type]


def _day_of(year: int, month: int, number: int, written: str) -> date:
    try:
        found = date(year, month, number)
    except ValueError as error:
        raise Unreadable(f"没有“{written}”这一天，请核对。") from error
    if not 1900 <= year <= 2200:
        raise Unreadable(f"“{written}”的年份不对，请核对。")
    return found


def _in_digits(written: str) -> str:
    """Chinese numerals of a date as digits: ``二〇二六年十二月三十一日`` → ``2026年12月31日``."""
    with_year = _CHINESE_YEAR.sub(lambda found: "".join(_DIGITS[one] for one in found[1]) + "年", written)
    return _CHINESE_NUMBER.sub(lambda found: str(_small_number(found[0])), with_year)


def _small_number(written: str) -> int:
    """1 to 99: ``五``, ``十``, ``十二``, ``二十``, ``三十一``, ``廿一``, ``〇五``."""
    plain = written.replace("廿", "二十").replace("卅", "三十")
    if "十" not in plain:
        return int("".join(_DIGITS[one] for one in plain))
    tens, _, ones = plain.partition("十")
    ones = ones.replace("十", "")
    return int(_DIGITS[tens[-1]] if tens else 1) * 10 + (int(_DIGITS[ones[-1]]) if ones else 0)


def integer(value: Cell) -> int:
    """A whole number; ``1,200``, ``１２０人`` and ``120.0`` are ones too. Raises Unreadable."""
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    number = decimal(value)
    if number != number.to_integral_value():
        raise Unreadable(f"“{text(value)}”不是整数，请核对。")
    return int(number)


def decimal(value: Cell) -> Decimal:
    """A number with its digits as written. Raises Unreadable."""
    if isinstance(value, (bool, date)):
        raise Unreadable(f"“{text(value)}”不是数字，请核对。")
    if isinstance(value, (int, float)):
        return Decimal(repr(value))
    written = text(value)
    plain = unicodedata.normalize("NFKC", written).replace(",", "").replace(" ", "")
    plain = re.sub(r"(?<=.)[人家件个名元°米处台起]$", "", plain)
    try:
        number = Decimal(plain) if plain.isascii() else chinese_number(plain)
    except InvalidOperation as error:
        raise Unreadable(f"“{written[:20]}”不是数字，请核对。") from error
    if not number.is_finite():
        raise Unreadable(f"“{written[:20]}”不是数字，请核对。")
    return number


_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_GROUP = re.compile("([^万萬亿億]+)([万萬亿億])?")
_DIGIT_BY_DIGIT = re.compile(f"[{''.join(_DIGITS)}]+")


def chinese_number(written: str) -> Decimal:
    """``二十三``, ``一百零五``, ``三万``, ``1.5万``, ``壹佰贰拾``, ``一二三`` as a number. Raises InvalidOperation, also
    for what people mean in two ways: ``一百一``, ``三万二``."""
    groups = _GROUP.findall(written)
    if "".join(part for group in groups for part in group) != written:
        raise InvalidOperation
    found, last = Decimal(0), Decimal("inf")
    for digits, name in groups:
        times = Decimal(_GROUPS.get(name, 1))
        if times >= last or (found and len(digits) == 1):
            raise InvalidOperation
        found, last = found + _below_ten_thousand(digits) * times, times
    return found


def _below_ten_thousand(written: str) -> Decimal:
    if written.isascii():
        return Decimal(written)
    if _DIGIT_BY_DIGIT.fullmatch(written):
        return Decimal("".join(_DIGITS[one] for one in written))
    found, digit, last = 0, "", 10**4
    for sign in written.replace("廿", "二十").replace("卅", "三十"):
        if sign in _UNITS:
            unit = _UNITS[sign]
            if unit >= last or (not digit and found):
                raise InvalidOperation
            found, digit, last = found + int(digit or 1) * unit, "", unit
        elif sign in _DIGITS and digit in ("", "0"):
            digit += _DIGITS[sign]
        else:
            raise InvalidOperation
    if len(digit) == 1 and last > 10:
        raise InvalidOperation
    return Decimal(found + int(digit or 0))


_YES = frozenset({"是", "有", "√", "✓", "✔", "对", "Y", "YES", "TRUE", "1", "规上", "规模以上"})
_NO = frozenset({"否", "无", "×", "✗", "X", "不是", "没有", "N", "NO", "FALSE", "0", "规下", "规模以下", "非规上"})


def yes_or_no(value: Cell) -> bool:
    """Whether a mark means yes. Raises Unreadable."""
    plain = identifier(value)
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Unreadable(f"“{plain[:20]}”看不出是还是否，请写“是”或“否”。")


def choice(words: Iterable[tuple[str, str]], synonyms: dict[str, str] | None = None) -> Reader:
    """A reader of one of ``words`` (code, label) by its code, its label or a synonym."""
    pairs = list(words)
    known = {_bare(label): code for code, label in pairs} | {code.upper(): code for code, _ in pairs}
    known |= {_bare(word): code for word, code in (synonyms or {}).items()}
    offered = "、".join(label for _, label in pairs)

    def read(value: Cell) -> str:
        written = text(value)
        found = known.get(_bare(written)) or known.get(written.upper())
        if found is None:
            raise Unreadable(f"“{written[:20]}”不在可选的内容里，请写：{offered}。")
        return found

    return read


def several(read: Reader) -> Reader:
    """A reader of a list in one cell: parts between 、，, ；; / or line breaks."""

    def read_all(value: Cell) -> tuple[Any, ...]:
        parts = re.split(r"[、，,；;/\n|]+", value if type(value) is str else text(value))
        return tuple(dict.fromkeys(read(part) for part in parts if part.strip()))

    return read_all


def _bare(word: str) -> str:
    return re.sub(r"[\s（(].*$", "", word).upper()
