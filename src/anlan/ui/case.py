"""The page of one matter: what may be done now, and everything that was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Act:
    """A button. With *panel* it opens beside the page (htmx); without scripts it is a page of its own."""

    label: str
    url: str
    icon: str = ""
    panel: bool = True
    danger: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class ActionBar:
    """What may be done now, by whom, until when. With no act it says whose turn it is."""

    now: str
    who: str = ""
    due_on: date | None = None
    primary: Act | None = None
    secondary: Sequence[Act] = ()
    more: Sequence[Act] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """*url* is the re-encoded copy, never the original."""

    url: str
    thumbnail_url: str = ""
    caption: str = ""
    taken_at: datetime | None = None

    @property
    def small(self) -> str:
        return self.thumbnail_url or self.url


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    url: str
    number: str = ""
    size: int | None = None


Kind = Literal["act", "comment", "instruction", "deadline", "message", "document"]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """``imported``: a ledger says so, and only the day; *who* brought it in."""

    at: datetime
    what: str
    who: str = ""
    organisation: str = ""
    kind: Kind = "act"
    icon: str = ""
    from_status: str = ""
    to_status: str = ""
    note: str = ""
    facts: Sequence[tuple[str, str]] = ()
    photos: Sequence[Photo] = ()
    documents: Sequence[Document] = ()
    citation: str = ""
    receipt_url: str = ""
    late: bool = False
    imported: bool = False

    @property
    def node_icon(self) -> str:
        return self.icon or _ICONS[self.kind]


_ICONS: dict[str, str] = {
    "act": "dot",
    "comment": "chat-left-text",
    "instruction": "pen",
    "deadline": "alarm",
    "message": "send",
    "document": "file-earmark-text",
}
