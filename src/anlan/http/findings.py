"""What a rule says, as answers give it: the rules write it themselves, and here is its shape."""

from datetime import date
from typing import Any

from anlan.http.schemas import Answer


class CitationOut(Answer):
    document: str
    article: str


class ReasonOut(Answer):
    text: str
    citation: CitationOut | None


class FindingOut(Answer):
    """The same as ``anlan rule`` prints."""

    rule: str
    version: str
    in_force_from: date
    on: date
    value: str | None
    label: str
    unknown: list[str]
    because: list[ReasonOut]
    citation: CitationOut
    unverified: list[ReasonOut]
    inputs: dict[str, Any]
    figures: dict[str, Any]
