"""Where the header of a table is: the row whose words are known, or who knows none of them the first that looks like one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from anlan.sheets.kinds import Kind
from anlan.sheets.mapping import best_match
from anlan.sheets.values import Cell, Unreadable, text

LOOKED_AT = 40
"""Rows from the top in which a header is looked for."""
_MADE_UP = re.compile(r"第\d+列")
_DIGITS_OF_DATA = re.compile(r"\d{2}")


@dataclass(frozen=True)
class Header:
    """``words`` are what stands above each column, ``first`` is the first row below. ``score`` says how much of it is
    known, 0 for nothing. Where there is no header the words are made up and ``first`` is the first row of data."""

    score: int
    words: Sequence[str]
    first: int
    is_there: bool = True
    heads: Sequence[Sequence[str]] = ()
    """The rows it was made of."""


def find_header(rows: list[list[Cell]], kind: Kind, is_there: bool | None = None) -> Header:
    """The header of a table that begins with ``rows``; ``is_there``: what the person said about that."""
    known = None if is_there is False else _known_header(rows, kind)
    if known is not None:
        return known
    at = _first_full(rows)
    words = [word_of(cell) for cell in rows[at]] if rows else []
    if is_there is None:
        is_there = _is_heading_like(rows[at] if rows else [])
    if is_there:
        return Header(0, words, min(at + 1, len(rows)), heads=[words])
    width = max(map(len, rows[:LOOKED_AT]), default=0)
    return Header(0, [f"第{number}列" for number in range(1, width + 1)], at, is_there=False)


def _known_header(rows: list[list[Cell]], kind: Kind) -> Header | None:
    """The one that names the most columns. It may be two rows high."""
    best: Header | None = None
    lines = [[word_of(cell) for cell in row] for row in rows[:LOOKED_AT]]
    for number, words in enumerate(lines):
        score = _score(words, kind)
        if score and (best is None or score > best.score):
            best = Header(score, words, number + 1, heads=[words])
    for number, (upper, lower) in enumerate(pairwise(lines)):
        if not (_is_header_like(rows[number + 1]) and _are_two_levels(upper, lower)):
            continue
        words = _both_levels(upper, lower, kind)
        if (score := _score(words, kind)) and (best is None or _tells_more(score, words, best)):
            best = Header(score, words, number + 2, heads=[upper, lower])
    return replace(best, first=_below(lines, best)) if best else None


def _below(lines: list[list[str]], header: Header) -> int:
    """A header merged downwards: the same words once more are no data."""
    first = header.first
    while first < len(lines) and lines[first] in header.heads:
        first += 1
    return first


def _are_two_levels(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Words of the upper row stand over several of the lower one, and everything else is merged over both."""
    if len(set(upper) - {""}) < 2:
        return False  # a title
    pairs = list(zip(upper, lower, strict=False))
    groups = [_is_in_group(upper, at) for at in range(len(pairs))]
    return any(groups) and all(
        not below or above == below or in_group for (above, below), in_group in zip(pairs, groups, strict=True)
    )


def _is_in_group(upper: Sequence[str], at: int) -> bool:
    """Whether the heading is one of several under the same word, which only the first may bear."""
    word, after = upper[at], upper[at + 1 : at + 2]
    return not word or [word] == after or "" in after or (at > 0 and upper[at - 1] == word)


def _both_levels(upper: Sequence[str], lower: Sequence[str], kind: Kind) -> list[str]:
    """A heading for each column: both words together where that is known, else the lower one, else the upper one if they
    are; each meaning once."""
    joined = [_joined(above, below) for above, below in zip(upper, lower, strict=False)]
    found = list(joined)
    taken = {name for word in joined if (name := best_match(word, kind))}
    for words in (lower, upper):
        for at, word in enumerate(words[: len(found)]):
            if best_match(found[at], kind) or (words is lower and lower.count(word) > 1):
                continue
            if (name := best_match(word, kind)) and name not in taken:
                found[at] = word
                taken.add(name)
    return found


def _tells_more(score: int, words: Sequence[str], than: Header) -> bool:
    """Also where it names no more columns, but tells apart those of one name."""
    return score > than.score or (score == than.score and len(set(words)) > len(set(than.words)))


def _score(words: Sequence[str], kind: Kind) -> int:
    matched = {name for word in words if word and (name := best_match(word, kind))}
    return len(matched) * 2 + (1 if len(matched) > 1 else 0)


def _is_header_like(row: Sequence[Cell]) -> bool:
    """All words, no numbers: data rows have some."""
    return all(cell is None or (isinstance(cell, str) and len(cell) <= 20) for cell in row)


def _joined(above: str, below: str) -> str:
    if not below or above == below or not above:
        return below or above
    return f"{above}{below}"


def _is_heading_like(row: Sequence[Cell]) -> bool:
    """Different short words without a number in them: a row of data holds codes, telephones, dates."""
    words = [word_of(cell) for cell in row if cell is not None and cell != ""]
    plain = [word for word in words if _MADE_UP.fullmatch(word) or not _DIGITS_OF_DATA.search(word)]
    return _is_header_like(row) and len(plain) == len(words) == len(set(words))


def _first_full(rows: list[list[Cell]]) -> int:
    """The first row with at least half as many cells as the widest: above it are titles."""
    widest = max(map(_filled, rows[:LOOKED_AT]), default=0)
    return next((at for at, row in enumerate(rows[:LOOKED_AT]) if _filled(row) * 2 >= widest), 0)


def _filled(row: Sequence[Cell]) -> int:
    return len({word_of(cell) for cell in row} - {""})


def word_of(cell: Cell) -> str:
    """What a cell says, nothing for a formula that went wrong."""
    try:
        return text(cell)
    except Unreadable:
        return ""
