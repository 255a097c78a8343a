"""Tables 1 to 4 as a book to look substances up in, by row, CAS, name, alias or class."""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.params import Version

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
BRACKETS = re.compile(r"[(\[].*[)\]]$")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of table 1."""

    number: int
    name: str
    cas: tuple[str, ...]
    critical_t: Fraction


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """One spelling for full and half width, dashes, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).translate(DASHES).split()).lower()


class Book:
    """The tables of one version."""

    def __init__(self, law: dict[str, Any]) -> None:
        self.rows = {
            number: Row(number, name, tuple(cas.split(";")) if cas else (), Fraction(critical))
            for number, name, _, cas, critical in law["table_1"]["rows"]
        }
        self.named: dict[str, set[int]] = {}
        self.by_cas: dict[str, set[int]] = {}
        self.spelt: dict[str, str] = {}
        for number, name, aliases, cas, _ in law["table_1"]["rows"]:
            for spelling in (name, *aliases.split(";")):
                self._name(spelling, number)
            for code in filter(None, cas.split(";")):
                self.by_cas.setdefault(code, set()).add(number)
        for spelling, number in law["also_named"].items():
            if spelling != "cite":
                self._name(spelling, number)
        self.classes = {
            symbol: (Fraction(pair[0]), Fraction(pair[1]))
            for symbol, pair in law["classes"].items()
            if symbol != "cite"
        }
        self.gases = {plain(name): Fraction(beta) for name, beta in law["table_3"].items() if name != "cite"}
        betas = [beta for _, beta in self.classes.values()]
        self.beta_bounds = min(betas), max(betas)

    def _name(self, spelling: str, number: int) -> None:
        for text in {plain(spelling), BRACKETS.sub("", plain(spelling))}:
            if text:
                self.named.setdefault(text, set()).add(number)
                self.spelt.setdefault(text, spelling)

    def row_of(self, given: dict[str, Any], pointer: str) -> Row | None:
        """The row of table 1 that ``row``, ``cas`` and ``name`` point to together; None when none does."""
        found: set[int] | None = None
        if given["row"] is not None:
            if given["row"] not in self.rows:
                raise RuleError("unknown_substance", f"表1没有第 {given['row']} 行", f"{pointer}/row")
            found = {given["row"]}
        for key in ("cas", "name"):
            rows = self._rows_by(key, given[key])
            if rows and found is not None and not rows & found:
                raise RuleError(
                    "contradiction", f"{key} 指向的物质与其他项不一致", f"{pointer}/{key}", sorted(rows | found)
                )
            found = rows if found is None else (found & rows if rows else found)
            found = found or None
        if found is None:
            return None
        self._refuse_foreign_cas(given, found, pointer)
        if len(found) > 1:
            key = "name" if given["name"] else "cas"
            raise RuleError("ambiguous_substance", "表1有几行符合，请用 row 指明", f"{pointer}/{key}", sorted(found))
        return self.rows[found.pop()]

    def _rows_by(self, key: str, value: str | None) -> set[int]:
        if value is None:
            return set()
        return set((self.by_cas if key == "cas" else self.named).get(plain(value), ()))

    def _refuse_foreign_cas(self, given: dict[str, Any], found: set[int], pointer: str) -> None:
        """A CAS that is not in table 1 beside a name or row that has another one."""
        cas = given["cas"]
        if cas is None or plain(cas) in self.by_cas:
            return
        if all(self.rows[number].cas for number in found):
            near = sorted({code for number in found for code in self.rows[number].cas})
            raise RuleError("contradiction", "CAS 号与名称不是同一种物质", f"{pointer}/cas", near)

    def gas_beta(self, row: Row | None, name: str | None) -> Fraction | None:
        """β of table 3, by the name given or the name of the row (without bracket)."""
        spellings = [plain(name)] if name else []
        if row:
            spellings.append(BRACKETS.sub("", plain(row.name)))
        return next((self.gases[text] for text in spellings if text in self.gases), None)

    def near(self, name: str) -> list[str]:
        """Names of the tables that come near."""
        text = plain(name)
        inside = [known for known in self.named if len(known) > 1 and (known in text or text in known)]
        close = difflib.get_close_matches(text, self.named, n=5, cutoff=0.5)
        return list(dict.fromkeys(self.spelt[known] for known in [*close, *inside]))[:5]


_BOOKS: dict[str, Book] = {}


def book_of(version: Version) -> Book:
    """The book of a version, made once."""
    if version.name not in _BOOKS:
        _BOOKS[version.name] = Book(version.params)
    return _BOOKS[version.name]
