"""The ways in which the house says no. Each is a sentence in Chinese that says what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


def joined(sentences: Iterable[str]) -> str:
    """Several sentences as one: a full stop before a semicolon would be two marks for one pause."""
    said = list(dict.fromkeys(sentences))
    return "；".join([*(one.removesuffix("。") for one in said[:-1]), *said[-1:]])


@dataclass
class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Base of all. ``status`` is the HTTP answer, ``code`` is stable, ``citation`` names the article where there is one,
    ``about`` the record where the reason may be that somebody else acted on it meanwhile."""

    code: str
    reason: str
    citation: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    about: UUID | None = None
    status = 409

    def __post_init__(self) -> None:
        super().__init__(self.reason)


class Refused(Refusal):
    """409: the state or a condition does not allow it now."""


class Forbidden(Refusal):
    """403: this person may not."""

    status = 403


class NotInScope(Refusal):
    """404: there is nothing here for this person; says no more than that."""

    status = 404

    def __init__(self, what: str = "记录") -> None:
        super().__init__("not_found", f"没有找到这条{what}，或者不在您的管辖范围内。")


class Stale(Refusal):
    """412: somebody changed it in between."""

    status = 412

    def __init__(self, current_version: int, about: UUID | None = None) -> None:
        super().__init__(
            "stale_version",
            "这条记录刚刚被别人更新过，请刷新后再操作。",
            extra={"current_version": current_version},
            about=about,
        )


@dataclass
class FieldError:
    """One bad field: ``pointer`` is a JSON pointer into what was sent (RFC 6901)."""

    pointer: str
    message: str


class Invalid(Refusal):
    """422: a field is missing or wrong."""

    status = 422

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("invalid", joined(error.message for error in errors))
        self.errors = errors

    @classmethod
    def at(cls, pointer: str, message: str) -> "Invalid":
        """A refusal of a single field."""
        return cls([FieldError(pointer, message)])
