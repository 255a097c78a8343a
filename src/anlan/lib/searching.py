"""What a record can be found by: one line of text in which a part of a name, its initials or a number stands as typed.

``search_text`` is stored beside the record by whoever writes it; ``words_of`` makes of what a person types the parts
that are looked for in it; ``spans`` says which part of a shown text was meant.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import add

AT_MOST_WORDS = 4
LONGEST_PHRASE = 4
_SIGNS = re.compile(r"[\W_]+")
_BETWEEN = "\ue000"  # private use: nobody types it
_SIGNS_WITHIN = re.compile(f"(?:(?!{_BETWEEN})[\\W_])+")

Span = tuple[int, int]


def normalised(text: str) -> str:
    """Letters and digits only, narrow and lower: （杜桥） is 杜桥, １３８-００ is 13800."""
    wide = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()
    return wide if wide.isalnum() else _SIGNS.sub("", wide)


def words_of(typed: str) -> list[str]:
    """The parts of what was typed, each of which must be found; empty when there is nothing to look for."""
    return [word for part in typed.split()[:AT_MOST_WORDS] if (word := normalised(part))]


def search_text(names: Iterable[str], others: Iterable[str] = ()) -> str:
    """Names as written, in full pinyin and by their initials; ``others`` (numbers, addresses, people) as written.

    The parts stand on lines of their own, so that nothing is found across two of them.
    """
    lines: dict[str, None] = {}
    for name in names:
        plain = normalised(name)
        syllables = pinyin(plain)
        lines[plain] = lines["".join(syllables)] = lines["".join([syllable[0] for syllable in syllables])] = None
    for other in others:
        lines[normalised(other)] = None
    lines.pop("", None)
    return "\n".join(lines)


def search_texts(names: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> list[str]:
    """``search_text`` of many records at once, of one or more columns of names and of others; "" where one says nothing."""
    columns = [column for each in names for column in (_by_sound(_all_normalised(each)) if any(each) else (each,))]
    columns += [_all_normalised(each) if any(each) else each for each in others]
    return ["\n".join(dict.fromkeys(filter(None, parts))) for parts in zip(*columns, strict=True)]


def _all_normalised(texts: Sequence[str]) -> Sequence[str]:
    together = _BETWEEN.join(texts)
    wide = together.lower() if together.isascii() else unicodedata.normalize("NFKC", together).lower()
    plain = wide if wide.replace(_BETWEEN, "").isalnum() else _SIGNS_WITHIN.sub("", wide)
    found = plain.split(_BETWEEN)
    return found if len(found) == len(texts) else list(map(normalised, texts))


def _by_sound(names: Sequence[str]) -> tuple[Sequence[str], list[str], list[str]]:
    """Normalised names as they are, in full pinyin and by their initials. Most are read sign by sign, all at once; one
    that may hold a phrase is looked at alone."""
    together = _BETWEEN.join(names)
    full, initials = (together.translate(readings).split(_BETWEEN) for readings in _tables())
    beginnings = _readings()[2].intersection(map(add, together, together[1:]))
    for at, name in enumerate(names) if beginnings else ():
        if not beginnings.isdisjoint(map(add, name, name[1:])):
            syllables = pinyin(name)
            full[at], initials[at] = "".join(syllables), "".join([syllable[0] for syllable in syllables])
    return names, full, initials


def pinyin(text: str) -> list[str]:
    """One syllable without tone for each character; what is not a Chinese character stands for itself."""
    readings, phrases, beginnings = _readings()
    found = list(map(readings.get, text, text))
    pairs = list(map(add, text, text[1:]))
    if beginnings.isdisjoint(pairs):
        return found
    end = 0
    for at in [place for place, pair in enumerate(pairs) if pair in beginnings]:
        if at >= end and (syllables := _phrase_at(text, at, phrases)):
            end = at + len(syllables)
            found[at:end] = syllables
    return found


def spans(shown: str, words: Iterable[str]) -> list[Span]:
    """Where each word stands in ``shown``, as [from, to), in order and without overlap; by pinyin where it is typed so."""
    letters, places = _folded(shown)
    found = [span for word in words if (span := _place_of(word, letters)) is not None]
    clear: list[Span] = []
    for first, last in sorted((places[first], places[last - 1] + 1) for first, last in found):
        if clear and first < clear[-1][1]:
            clear[-1] = (clear[-1][0], max(last, clear[-1][1]))
        else:
            clear.append((first, last))
    return clear


def _phrase_at(text: str, at: int, phrases: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    for length in range(min(LONGEST_PHRASE, len(text) - at), 1, -1):
        if syllables := phrases.get(text[at : at + length]):
            return syllables
    return ()


def _folded(shown: str) -> tuple[str, list[int]]:
    """``shown`` normalised, and for each letter of it where it came from."""
    letters, places = [], []
    for place, sign in enumerate(shown):
        for letter in normalised(sign):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def _place_of(word: str, letters: str) -> Span | None:
    if (at := letters.find(word)) >= 0:
        return at, at + len(word)
    if not (word.isascii() and word.isalpha()):
        return None
    syllables = pinyin(letters)
    if (at := "".join(syllable[0] for syllable in syllables).find(word)) >= 0:
        return at, at + len(word)
    return _place_in_full(word, syllables)


def _place_in_full(word: str, syllables: Sequence[str]) -> Span | None:
    """The characters whose syllables hold the word, begun or ended in the middle of one as well."""
    at = "".join(syllables).find(word)
    if at < 0:
        return None
    ends, end = [], 0
    for syllable in syllables:
        end += len(syllable)
        ends.append(end)
    first = next(place for place, end in enumerate(ends) if end > at)
    last = next(place for place, end in enumerate(ends) if end >= at + len(word))
    return first, last + 1


@lru_cache(maxsize=1)
def _readings() -> tuple[dict[str, str], dict[str, tuple[str, ...]], frozenset[str]]:
    """The usual reading of each character, the phrases in which one is read otherwise (重庆, 银行), and how they begin.

    Read once and only when somebody needs it: the dictionaries are large, and converting by the library itself costs
    fifty times as much a name.
    """
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415

    readings = {chr(code): _toneless(each.partition(",")[0]) for code, each in pinyin_dict.items()}
    phrases = {}
    for phrase, each in phrases_dict.items():
        if 1 < len(phrase) <= LONGEST_PHRASE and len(each) == len(phrase):
            syllables = tuple(_toneless(one[0]) for one in each)
            if any(readings.get(sign) != one for sign, one in zip(phrase, syllables, strict=True)):
                phrases[phrase] = syllables
    return readings, phrases, frozenset(phrase[:2] for phrase in phrases)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[int, str], dict[int, str]]:
    """The readings and their first letters by the number of the character, as ``str.translate`` wants them."""
    readings = {ord(sign): syllable for sign, syllable in _readings()[0].items()}
    return readings, {code: syllable[0] for code, syllable in readings.items()}


@lru_cache(maxsize=4096)
def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
