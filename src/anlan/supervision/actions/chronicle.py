"""What listing a matter for supervision leaves, told in memory, for histories written in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation, Participation
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.processes.api import Chronicle, Told
from anlan.sheets.api import bulk
from anlan.supervision.actions.listings import controls_note, level_of
from anlan.supervision.actions.numbering import listing_number, next_serial
from anlan.supervision.models import ListingControl, ListingProgress, SupervisionListing
from anlan.supervision.workflow import PROCESS

BLANK = {
    field.attname: field.get_default() if field.has_default() or field.empty_strings_allowed else None
    for field in SupervisionListing._meta.concrete_fields
}


@dataclass
class ListingChronicle:
    """Tells listings into a chronicle. Numbers follow each other: tell them in the order of time."""

    chronicle: Chronicle
    listings: list[Sequence[Any]] = field(default_factory=list)
    progress: list[Sequence[Any]] = field(default_factory=list)
    controls: list[Sequence[Any]] = field(default_factory=list)
    parts: list[Sequence[Any]] = field(default_factory=list)
    _serials: dict[tuple[UUID, int], int] = field(default_factory=dict)

    def list_matter(
        self, matter: Told, by: Actor, lister: Organisation, at: datetime, due_on: date, leader: str, note: str = ""
    ) -> Told:
        told = self.chronicle.begin(PROCESS, dict(BLANK))
        year = clock.legal_date(at).year
        serial = self._serial(lister, year)
        told.set(
            id=self.chronicle.new_id(), region_path=matter.region_path, hidden_danger_id=matter.id,
            sector=matter.sector, lister_id=lister.id, lister_path=lister.path,
            level=level_of(lister.kind, by).value, year=year, serial=serial,
            document_number=listing_number(lister, year, serial), leader=leader, due_on=due_on, listed_at=at,
            status="",
        )  # fmt: skip
        self._fire(told, by, "list", at, note, hidden_danger=matter.id, due_on=due_on)
        self.parts.append(
            (self.chronicle.new_id(), matter.id, lister.id, lister.path, ParticipationKind.LISTER.value,
             matter.region_path, at)
        )  # fmt: skip
        return told

    def report_progress(self, told: Told, by: Actor, at: datetime, note: str) -> None:
        told.set(progress_count=told.progress_count + 1)
        self.progress.append((self.chronicle.new_id(), told.region_path, told.id, note, at, by.person_id))
        self._fire(told, by, "report_progress", at, note)

    def set_controls(
        self, told: Told, by: Actor, at: datetime, measures: str, holder: str, check_on: date, holder_phone: str = ""
    ) -> None:
        told.set(controls_check_on=check_on)
        self.controls.append(
            (self.chronicle.new_id(), told.region_path, told.id, measures, holder, holder_phone, check_on, at,
             by.person_id)
        )  # fmt: skip
        self._fire(told, by, "set_controls", at, controls_note(measures, holder), check_on=check_on)

    def request_release(self, told: Told, by: Actor, at: datetime, note: str = "") -> None:
        self._fire(told, by, "request_release", at, note)

    def recheck(self, told: Told, by: Actor, at: datetime, note: str) -> None:
        self._fire(told, by, "recheck", at, note)

    def release(self, told: Told, by: Actor, at: datetime, note: str = "") -> None:
        told.set(released_at=at)
        self._fire(told, by, "release", at, note)

    def rest(self, told: Told, now: datetime) -> None:
        self.chronicle.rest(told, now)
        self.listings.append(tuple(told.columns.values()))

    def write(self) -> None:
        """After the matters."""
        bulk.append(SupervisionListing, tuple(BLANK), self.listings)
        bulk.append(ListingProgress, loop.columns_of(ListingProgress), self.progress)
        bulk.append(ListingControl, loop.columns_of(ListingControl), self.controls)
        bulk.append(Participation, loop.PART_COLUMNS, self.parts)

    def _fire(self, told: Told, by: Actor, verb: str, at: datetime, note: str, **payload: Any) -> None:
        self.chronicle.fire(told, by, verb, at, note, payload)

    def _serial(self, lister: Organisation, year: int) -> int:
        key = (lister.id, year)
        self._serials[key] = self._serials[key] + 1 if key in self._serials else next_serial(
            SupervisionListing, lister, year
        )  # fmt: skip
        return self._serials[key]
