"""What the API gives back. A code and its label are two fields."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from anlan.hidden_dangers.choices import DirectionManner
from anlan.http.api import Answer, Coded, Named, Sent


class PartyOut(Answer):
    """责任主体; a person has no id."""

    kind: Coded
    id: UUID | None
    name: str


class HiddenDangerRow(Answer):
    """A line of the list. ``source``, ``reporter`` and ``screening`` are null for whoever must not learn them."""

    id: UUID
    number: str
    status: Coded
    level: Coded | None
    major_state: Coded
    description: str
    place: str
    region: Named
    sector: Coded | None
    source: Coded | None
    site: UUID | None
    object: Annotated[Named | None, Field(description="企业场所以外的监管对象")]
    responsible_party: PartyOut | None
    holder: Named
    lead: Named | None
    due_on: date | None
    is_overdue: bool
    registered_at: datetime
    changed_at: datetime
    version: int


class PlanOut(Answer):
    plan: str
    due_on: date | None
    person: str
    funds_cny: str | None
    measures: str
    missing: list[str]


class DeadlineOut(Answer):
    kind: Coded
    due_on: date
    state: Coded
    article: str


class HiddenDangerCase(HiddenDangerRow):
    """One matter with what can be done now. ``verbs`` names the verbs this actor may do, with the reason where not."""

    clause: str
    cause: Coded | None
    reporter: Named | None
    screening: Named | None
    dispatcher: Named | None
    major_decider: Named | None
    modes: list[Coded]
    original_due_on: date | None
    review_on: date | None
    return_count: int
    submitted_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    plan: PlanOut | None
    deadlines: list[DeadlineOut]
    files: list[UUID]
    verbs: list["VerbOut"]


class VerbOut(Answer):
    verb: str
    label: str
    refused: str


class EventOut(Answer):
    """One thing that happened. ``verb`` is empty for deadlines and comments."""

    id: UUID
    at: datetime
    kind: Coded
    event: str
    verb: str
    title: str
    from_status: str
    to_status: str
    actor: str
    organisation: str
    note: str
    payload: dict[str, Any]


class History(Answer):
    items: list[EventOut]
    count: int


class CommentIn(Sent):
    note: Annotated[str, Field(min_length=1, max_length=2000, description="留言内容")]


class AskIn(Sent):
    """Facts for a rule; what is left out is not known."""

    rule: Literal["major_hidden_danger"] = "major_hidden_danger"
    on: Annotated[date | None, Field(description="法定日期，不填就是今天")] = None
    facts: dict[str, Any]


class DirectionIn(Sent):
    """领导调度: who directed the matter, how and when, and what is wanted."""

    leader: Annotated[str, Field(max_length=60, description="调度领导的姓名和职务")]
    manner: Annotated[DirectionManner, Field(description="方式")]
    held_on: Annotated[date | None, Field(description="调度日期，不填就是今天")] = None
    note: Annotated[str, Field(max_length=2000, description="调度要求")]


class RuleFindingOut(Answer):
    """A stored finding. ``replay`` says whether its own version still says the same."""

    id: UUID
    rule: str
    version: str
    on: date
    value: str | None
    label: str
    asked_at: datetime
    asked_by: str | None
    asked_for: str | None
    sha256: Annotated[str, Field(description="finding 的规范形式（键排序的 JSON）的 SHA-256")]
    replay: Literal["same", "different"]
    finding: Annotated[dict[str, Any], Field(description="结论全文，格式见 rules.schema.json")]


class RuleFindings(Answer):
    items: list[RuleFindingOut]
    count: int
