"""What the API gives back of a listing."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema


class Coded(Schema):
    code: str
    label: str


class Named(Schema):
    id: UUID
    name: str


class ProgressOut(Schema):
    note: str
    reported_at: datetime
    reported_by: str


class ListingOut(Schema):
    """One listing; ``verbs`` names what this actor may do now."""

    id: UUID
    document_number: str
    status: Coded
    level: Coded
    lister: Named
    hidden_danger: UUID
    leader: str
    due_on: date
    listed_at: datetime
    released_at: datetime | None
    progress: list[ProgressOut]
    verbs: list[str]
    version: int
