"""What an act of checking is given, as data: the API, the forms and the demo fill the same."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from anlan.inspections.choices import ActClass, Answer


@dataclass(frozen=True)
class Start:
    """Where, what kind of act and with which list. At a site or an object; ``region_id`` stands in where there is
    neither."""

    act_class: ActClass
    site_id: UUID | None = None
    region_id: UUID | None = None
    place: str = ""
    checklist_version_id: UUID | None = None
    is_unannounced: bool = False
    started_at: datetime | None = None
    month: date | None = None
    object_id: UUID | None = None


@dataclass(frozen=True)
class Officer:
    name: str
    certificate_no: str = ""


@dataclass(frozen=True)
class GivenAnswer:
    """``item`` is the item's number. A failed one says what is wrong: the rest is proposed by the list.

    ``rectified_by``, ``accepted_by`` and ``measure`` are a self-check's: put right inside already.
    """

    item: int
    answer: Answer | None = None
    number: Decimal | None = None
    note: str = ""
    photo_ids: list[UUID] = field(default_factory=list)
    level: str = ""
    place: str = ""
    measure: str = ""
    rectified_by: str = ""
    accepted_by: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class FreeFinding:
    """Something no item of the list asks for."""

    description: str
    place: str = ""
    sector: str = ""
    level: str = ""
    photo_ids: list[UUID] = field(default_factory=list)
    measure: str = ""
    rectified_by: str = ""
    accepted_by: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class CheckFacts:
    """Everything a filed record says beyond its ``Start``."""

    officers: list[Officer] = field(default_factory=list)
    ended_at: datetime | None = None
    inspection_kind: str = ""
    arrival: str = ""
    scan_no: str = ""
    no_scan_reason: str = ""
    plan_reference: str = ""
    told_to: str = ""
    led_by: str = ""
    led_by_principal: bool = False
    note: str = ""
    answers: list[GivenAnswer] = field(default_factory=list)
    findings: list[FreeFinding] = field(default_factory=list)
    photo_ids: list[UUID] = field(default_factory=list)
