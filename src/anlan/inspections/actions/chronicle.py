"""What filing a visit leaves, told in memory, for checks written in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation, Participation
from anlan.hidden_dangers import api as loop
from anlan.inspections.choices import ActClass, Answer
from anlan.inspections.facts import Officer
from anlan.inspections.models import CheckAnswer, CheckFinding, CheckOfficer, CheckRecord
from anlan.inspections.selectors import numbers_of_county
from anlan.inspections.workflow import PROCESS
from anlan.lib import clock, hashing
from anlan.processes.api import Chronicle, Told
from anlan.sheets.api import bulk

BLANK = {
    field.attname: field.get_default() if field.has_default() or field.empty_strings_allowed else None
    for field in CheckRecord._meta.concrete_fields
} | {"draft": "{}"}


class CheckNumbers(loop.Numbers):
    """New numbers of checks in a county, none twice."""

    mark = "J"
    given = staticmethod(numbers_of_county)


Given = tuple[UUID, str, Decimal | None]
"""An item, its answer (empty where a number is asked for), the number."""


@dataclass(frozen=True)
class Filled:
    """A version of a checklist with an answer to each of its items, in their order."""

    version_id: UUID | None = None
    answers: Sequence[Given] = ()


BESIDE = Filled()
"""No checklist: what is found stands beside it."""


@dataclass(frozen=True)
class Visit:
    """One visit as it was filed; ``enforcement`` are the fields only a 行政检查 has."""

    act_class: ActClass
    started_at: datetime
    filed_at: datetime
    officers: Sequence[Officer]
    told_to: str
    finding_count: int
    enforcement: dict[str, str] = field(default_factory=dict)
    filled: Filled = BESIDE


@dataclass
class CheckChronicle:
    """Tells visits into a chronicle; that the organisation may do them is the teller's."""

    chronicle: Chronicle
    numbers: CheckNumbers
    records: list[Sequence[Any]] = field(default_factory=list)
    officers: list[Sequence[Any]] = field(default_factory=list)
    answers: list[Sequence[Any]] = field(default_factory=list)
    findings: list[Sequence[Any]] = field(default_factory=list)
    parts: list[Sequence[Any]] = field(default_factory=list)

    def file(self, by: Actor, organisation: Organisation, spot: loop.Spot, visit: Visit) -> Told:
        told = self.chronicle.begin(PROCESS, dict(BLANK))
        at, filled = visit.filed_at, visit.filled
        failed = sum(answer == Answer.FAIL for _, answer, _ in filled.answers)
        told.set(
            id=self.chronicle.new_id(), number=self.numbers.new(spot.region, clock.legal_date(at)), status="",
            act_class=visit.act_class.value, region_id=spot.region.id, region_path=spot.region.path,
            site_id=spot.site_id, supervised_object_id=spot.object_id, enterprise_id=spot.enterprise_id, place=spot.place, organisation_id=organisation.id,
            organisation_path=organisation.path, registered_by_id=by.person_id, started_at=visit.started_at,
            ended_at=at, filed_at=at, told_to=visit.told_to, finding_count=visit.finding_count,
            checklist_version_id=filled.version_id, item_count=len(filled.answers), fail_count=failed,
            **visit.enforcement,
        )  # fmt: skip
        said = {"act_class": visit.act_class.value, "items": len(filled.answers), "failed": failed,
                "findings": visit.finding_count, "officers": len(visit.officers),
                "answers_sha256": hashing.leaf_hash(filled.answers).hex()}  # fmt: skip
        if filled.version_id is not None:
            said["checklist_version"] = filled.version_id
        self.chronicle.fire(told, by, "file", at, payload=said)
        for position, one in enumerate(visit.officers, 1):
            self.officers.append(
                (self.chronicle.new_id(), told.region_path, told.id, position, one.name, one.certificate_no)
            )
        new_id, region_path, check_id = self.chronicle.new_id, told.region_path, told.id
        self.answers += [(new_id(), region_path, check_id, *given, "") for given in filled.answers]
        if spot.party is not None and visit.act_class == ActClass.ADMINISTRATIVE_INSPECTION:
            self.parts.append(
                (self.chronicle.new_id(), told.id, spot.party.id, spot.party.path, ParticipationKind.PARTY.value,
                 told.region_path, at)
            )  # fmt: skip
        return told

    def found(self, check: Told, matter: Told, item_id: UUID | None = None) -> None:
        """Tie a matter, registered in the same act, to its check, and to the item that failed."""
        self.findings.append((self.chronicle.new_id(), check.region_path, check.id, item_id, matter.id))

    def rest(self, told: Told, now: datetime) -> None:
        self.chronicle.rest(told, now)
        self.records.append(tuple(told.columns.values()))

    def write(self) -> None:
        """After the matters."""
        bulk.append(CheckRecord, tuple(BLANK), self.records)
        bulk.append(CheckOfficer, loop.columns_of(CheckOfficer), self.officers)
        bulk.append(CheckAnswer, loop.columns_of(CheckAnswer), self.answers)
        bulk.append(CheckFinding, loop.columns_of(CheckFinding), self.findings)
        bulk.append(Participation, loop.PART_COLUMNS, self.parts)
