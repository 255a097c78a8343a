"""PostgreSQL's text format: a row is a line, with tabs between its columns. What COPY reads, and what says a row in one
way only."""

import re

NULL = "\\N"
_TO_ESCAPE = re.compile(r"[\\\t\n\r\x08\x0b\x0c]")
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\v": "\\v", "\f": "\\f"}


class Lines(list[str]):
    """Rows as the lines they are."""


def escaped(text: str) -> str:
    """The text as it stands in a line."""
    if text.isprintable() and "\\" not in text:
        return text
    return _TO_ESCAPE.sub(lambda found: ESCAPES[found[0]], text)
