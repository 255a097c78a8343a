"""What the API takes and gives back of 活动保障."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from anlan.http.api import Answer, Coded, Named, Sent
from anlan.safeguards.facts import EventFacts


class EventIn(Sent):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    region: Annotated[str, Field(max_length=12, description="区划代码")]
    opens_on: date
    ends_on: date | None = None
    place: Annotated[str, Field(max_length=120)] = ""
    note: Annotated[str, Field(max_length=500)] = ""

    def facts(self) -> EventFacts:
        return EventFacts(**self.model_dump(exclude={"region"}))


class EventPatch(Sent):
    """Only what is sent changes; the region stays."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = ""
    opens_on: date = date(2000, 1, 1)
    ends_on: date | None = None
    place: Annotated[str, Field(max_length=120)] = ""
    note: Annotated[str, Field(max_length=500)] = ""

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class MattersIn(Sent):
    """By id, or by number; both may be given."""

    hidden_dangers: Annotated[list[UUID], Field(max_length=5000)] = Field(default_factory=list)
    numbers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=5000)] = Field(default_factory=list)


class ReleaseIn(Sent):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class GuaranteedEventOut(Answer):
    """``found``, ``closed``, ``remaining``: of the matters this actor sees. ``in_time``: closed before the opening."""

    id: UUID
    name: str
    region: Named
    place: str
    opens_on: date
    ends_on: date | None
    days_to_opening: int
    note: str
    concluded_at: datetime | None
    found: int
    closed: int
    remaining: int
    in_time: int
    left_out: int
    version: int


class MatterOut(Answer):
    id: UUID
    number: str
    description: str
    place: str
    status: Coded
    due_on: date | None
    ended_at: datetime | None


class Added(Answer):
    added: int
    event: GuaranteedEventOut
