"""Checks as data: what the API takes and what the forms fill."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from anlan.authz.choices import Sector
from anlan.hidden_dangers.api import Level
from anlan.http.api import Sent
from anlan.inspections.choices import ActClass, Answer, Arrival, InspectionKind
from anlan.inspections.facts import CheckFacts, FreeFinding, GivenAnswer, Officer, Start

Text = Annotated[str, Field(max_length=2000)]
Line = Annotated[str, Field(max_length=200)]
Short = Annotated[str, Field(max_length=60)]
Files = Annotated[list[UUID], Field(max_length=30)]
BlankOrLevel = Level | Literal[""]
BlankOrSector = Sector | Literal[""]
Figure = Annotated[Decimal, Field(max_digits=14, decimal_places=3)]


class OfficerIn(Sent):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    certificate_no: Annotated[str, Field(max_length=40)] = ""


class PutRight(Sent):
    """A self-check's own: put right inside already, by one and accepted by another."""

    measure: Annotated[str, Field(max_length=500)] = ""
    rectified_by: Short = ""
    accepted_by: Short = ""
    due_on: date | None = None
    photos: Files = []
    level: BlankOrLevel = ""
    place: Line = ""


class AnswerIn(PutRight):
    """``item`` is the number of the item in the checklist's version."""

    item: Annotated[int, Field(ge=1, le=1000)]
    answer: Answer | None = None
    number: Figure | None = None
    note: Annotated[str, Field(max_length=500)] = ""

    def as_answer(self) -> GivenAnswer:
        values = self.model_dump(exclude={"photos"})
        return GivenAnswer(**values, photo_ids=self.photos)


class FindingIn(PutRight):
    """Something no item of the list asks for."""

    description: Annotated[str, Field(max_length=500)]
    sector: BlankOrSector = ""

    def as_finding(self) -> FreeFinding:
        values = self.model_dump(exclude={"photos"})
        return FreeFinding(**values, photo_ids=self.photos)


class FactsIn(Sent):
    """What the visit was and what was found."""

    officers: Annotated[list[OfficerIn], Field(max_length=20)] = []
    ended_at: AwareDatetime | None = None
    inspection_kind: InspectionKind | Literal[""] = ""
    arrival: Arrival | Literal[""] = ""
    scan_no: Short = ""
    no_scan_reason: Line = ""
    plan_reference: Annotated[str, Field(max_length=120)] = ""
    told_to: Short = ""
    led_by: Short = ""
    led_by_principal: bool = False
    note: Text = ""
    answers: Annotated[list[AnswerIn], Field(max_length=300)] = []
    findings: Annotated[list[FindingIn], Field(max_length=50)] = []
    photos: Files = []

    def as_facts(self) -> CheckFacts:
        plain = self.model_dump(include=set(CheckFacts.__dataclass_fields__) - {"officers", "answers", "findings"})
        return CheckFacts(
            **plain,
            officers=[Officer(one.name, one.certificate_no) for one in self.officers],
            answers=[answer.as_answer() for answer in self.answers],
            findings=[finding.as_finding() for finding in self.findings],
            photo_ids=self.photos,
        )


class CheckIn(FactsIn):
    """A whole check in one act. ``site`` (id) or ``object`` (id), or ``region`` (id) and ``place``, says where."""

    act_class: ActClass
    site: UUID | None = None
    object: UUID | None = None
    region: UUID | None = None
    place: Line = ""
    checklist_version: UUID | None = None
    is_unannounced: bool = False
    started_at: AwareDatetime | None = None
    month: date | None = None

    def as_start(self) -> Start:
        return Start(
            act_class=self.act_class,
            site_id=self.site,
            region_id=self.region,
            place=self.place,
            checklist_version_id=self.checklist_version,
            is_unannounced=self.is_unannounced,
            started_at=self.started_at,
            month=self.month,
            object_id=self.object,
        )

    def pointer(self, told: str) -> str:
        """The pointer into what was sent: the act names an answer by the number of its item. Of one that was not sent,
        the list itself."""
        if not told.startswith("/answers/"):
            return told
        number, *rest = told.removeprefix("/answers/").split("/")
        at = next((at for at, one in enumerate(self.answers) if str(one.item) == number), None)
        return "/answers" if at is None else "/".join([f"/answers/{at}", *rest])


__all__ = ["AnswerIn", "CheckIn", "FactsIn", "FindingIn", "OfficerIn"]
