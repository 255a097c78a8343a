"""Which column of a file is which fact: by the words people write above it, or as the office said last time."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache

from anlan.http.api import pointer_of
from anlan.lib.refusals import FieldError, Invalid
from anlan.sheets.kinds import Kind
from anlan.sheets.values import text

IGNORED = ""
"""Said of a column of the file that is not to be read."""

ALIKE = 0.75


def bare(words: str) -> str:
    """A heading without marks, blanks and what stands in brackets: ``*企业名称（全称）`` → ``企业名称``."""
    plain = re.sub(r"[（(【\[].*?[)）】\]]", "", text(words))
    return re.sub(r"[\s*＊:：、.。/\\_\-—]", "", plain).lower()


def best_match(word: str, kind: Kind) -> str:
    """The name of the column that the heading surely means, or an empty string."""
    return _known(kind.code, tuple((column.name, column.label, *column.synonyms) for column in kind.columns)).get(
        bare(word), ""
    )


@cache
def _known(code: str, columns: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    known: dict[str, str] = {}
    for name, *words in columns:
        for word in words:
            known.setdefault(bare(word), name)
    return known


def guess(header: Sequence[str], kind: Kind, remembered: Mapping[str, str]) -> list[str]:
    """A column's name for each heading, each name once: as remembered, else by the words, else by likeness."""
    names = kind.names
    guessed = [IGNORED] * len(header)
    free = dict.fromkeys(column.name for column in kind.columns)
    sure = [_remembered(word, remembered, names) for word in header]
    for position, name in enumerate(sure):
        if name and name in free:
            guessed[position] = name
            del free[name]
    for position, word in enumerate(header):
        if sure[position] is None and (name := best_match(word, kind)) and name in free:
            guessed[position] = name
            del free[name]
    for position, word in enumerate(header):
        if sure[position] is None and not guessed[position] and (name := _most_alike(word, kind, free)):
            guessed[position] = name
            del free[name]
    return guessed


def _remembered(word: str, remembered: Mapping[str, str], names: frozenset[str]) -> str | None:
    """What the office said of the heading; None when it said nothing that still holds."""
    said = remembered.get(bare(word))
    return said if said == IGNORED or said in names else None


def _most_alike(word: str, kind: Kind, free: Mapping[str, None]) -> str:
    plain = bare(word)
    if len(plain) < 2:
        return ""
    found = [
        (SequenceMatcher(None, plain, bare(said)).ratio(), column.name)
        for column in kind.columns
        if column.name in free
        for said in (column.label, *column.synonyms)
    ]
    likeness, name = max(found, default=(0.0, ""))
    return name if likeness >= ALIKE else ""


def as_said(said: Mapping[str, str | None], header: Sequence[str], guessed: Sequence[str], kind: Kind) -> list[str]:
    """The guess, overruled by what was said of headings; of two headings of one wording the first is meant. Invalid (422)
    for a heading the file does not have and for a column the kind does not have."""
    if errors := list(_untrue(said, header, kind)):
        raise Invalid(errors)
    mapping = [IGNORED if name in said.values() else name for name in guessed]
    for word, name in said.items():
        mapping[header.index(word)] = name or IGNORED
    return mapping


def _untrue(said: Mapping[str, str | None], header: Sequence[str], kind: Kind) -> Iterator[FieldError]:
    for word, name in said.items():
        where = pointer_of(("mapping", word))
        if word not in header:
            yield FieldError(where, f"文件里没有叫“{word[:40]}”的列。有：{'、'.join(filter(None, header))[:400]}。")
        elif name and name not in kind.names:
            yield FieldError(where, f"“{kind.label}”里没有“{name}”这一项。有：{'、'.join(sorted(kind.names))}。")


def missing(mapping: Sequence[str], kind: Kind) -> list[str]:
    """The labels of the required columns that no heading is mapped to."""
    return [column.label for column in kind.columns if column.required and column.name not in mapping]
