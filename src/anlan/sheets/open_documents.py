"""The content of an .ods, looked through before it is read: a few bytes of it can stand for any number of cells."""

from collections.abc import Callable, Mapping
from typing import IO, Any
from xml.parsers import expat

from anlan.lib.refusals import Invalid
from anlan.sheets.values import formula_error

CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
HIDDEN = frozenset({"collapse", "filter"})
MAX_COLUMNS = 702
MAX_CELLS = 3_000_000
"""Those between the first cell and the last one with content; with the reader's own copies some 400 MB."""
MAX_CHARACTERS = 50_000_000
_MOST = 1 << 31


class Look:
    """Counts what the tables of a document hold once their repetitions are written out, and notes formulas that went wrong. What is empty and repeated to the
    end of the sheet does not count: every program writes that. Raises Invalid (422) as soon as there is too much."""

    def __init__(self, max_rows: int, too_large: str) -> None:
        self.max_rows, self.too_large = max_rows, too_large
        self.hidden_rows: dict[str, int] = {}
        self.broken: dict[str, dict[int, dict[int, str]]] = {}
        self._cells = self._characters = 0
        self._table = ""
        self._rows = self._columns = self._counted = 0
        self._begin_row({})
        self._in_cell, self._is_broken = 0, False
        self._words: list[str] = []
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            "table:table": self._begin_table,
            "table:table-row": self._begin_row,
            **dict.fromkeys(CELLS, self._begin_cell),
        }
        self._ends: dict[str, Callable[[], None]] = {
            "table:table-row": self._end_row,
            **dict.fromkeys(CELLS, self._end_cell),
        }

    def through(self, content: IO[bytes]) -> None:
        """Read it all. Raises ExpatError for what is no XML."""
        parser = expat.ParserCreate()  # names with their prefixes, as the reader knows them
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._read
        parser.EntityDeclHandler = _refuse_entity
        parser.ParseFile(content)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if begin := self._starts.get(name):
            begin(attributes)

    def _end(self, name: str) -> None:
        if end := self._ends.get(name):
            end()

    def _read(self, characters: str) -> None:
        if self._in_cell:
            self._length += len(characters)
            if self._is_broken:
                self._words.append(characters)

    def _begin_table(self, attributes: Mapping[str, str]) -> None:
        self._table = attributes.get("table:name", "")
        self._rows = self._columns = self._counted = 0

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row_times = _times(attributes, "number-rows-repeated")
        self._row_is_hidden = attributes.get("table:visibility") in HIDDEN
        self._across = self._filled_to = self._length_of_row = 0
        self._errors: dict[int, str] = {}

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._in_cell += 1
        self._length = len(attributes.get("office:string-value", ""))
        self._is_broken, self._words = attributes.get("calcext:value-type") == "error", []
        times = _times(attributes, "number-columns-repeated")
        self._cell_times = 0
        self._across += times
        if "office:value-type" in attributes or "table:formula" in attributes:
            self._filled_to, self._cell_times = self._across, times
            if self._filled_to > MAX_COLUMNS:
                self._refuse()

    def _end_cell(self) -> None:
        self._in_cell -= 1
        self._length_of_row += self._length * self._cell_times
        if self._is_broken and len(self._errors) < MAX_COLUMNS:
            self._errors[self._across - 1] = formula_error("".join(self._words).strip())
        self._is_broken = False

    def _end_row(self) -> None:
        self._rows += self._row_times
        if not self._filled_to:
            return
        self._columns = max(self._columns, self._filled_to)
        self._cells += self._rows * self._columns - self._counted
        self._counted = self._rows * self._columns
        self._characters += self._length_of_row * self._row_times
        if self._rows > self.max_rows or self._cells > MAX_CELLS or self._characters > MAX_CHARACTERS:
            self._refuse()
        if self._errors:
            self.broken.setdefault(self._table, {})[self._rows - 1] = self._errors
        if self._row_is_hidden:
            self.hidden_rows[self._table] = self.hidden_rows.get(self._table, 0) + self._row_times

    def _refuse(self) -> None:
        raise Invalid.at("/file", self.too_large)


def _times(attributes: Mapping[str, str], name: str) -> int:
    written = attributes.get(f"table:{name}", "1").removeprefix("+")
    return max(1, int(written)) if written.isascii() and written.isdecimal() and len(written) < 10 else _MOST


def _refuse_entity(*_: Any) -> None:
    raise expat.ExpatError("entities are not read")
