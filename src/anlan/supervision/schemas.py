"""What the API gives back of a listing."""

from datetime import date, datetime
from uuid import UUID

from anlan.http.api import Answer, Coded, Named


class ProgressOut(Answer):
    note: str
    reported_at: datetime
    reported_by: str


class ControlOut(Answer):
    """The next check is due on ``check_on``, that day included."""

    measures: str
    holder: str
    holder_phone: str
    check_on: date
    set_at: datetime
    set_by: str


class ListingOut(Answer):
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
    days_listed: int
    controls_state: Coded
    controls: list[ControlOut]
    progress: list[ProgressOut]
    verbs: list[str]
    version: int
