"""隐患排查治理台账 by the thousand: each row becomes a matter with its history, or brings one up to date."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.models import Participation
from anlan.authz.participation import follow
from anlan.hidden_dangers import ledger_words as words
from anlan.hidden_dangers.actions.copying import insert_all, update_all
from anlan.hidden_dangers.actions.imported_history import Built, build
from anlan.hidden_dangers.actions.imported_rows import Facts, Names, Unreadable
from anlan.hidden_dangers.actions.imported_snapshots import forget, restore, snapshots, why_kept
from anlan.hidden_dangers.models import HiddenDanger, ImportedMatter, RectificationPlan
from anlan.hidden_dangers.selectors import imported_by_key, numbers_taken, visible_among
from anlan.lib import clock, ids
from anlan.lib.refusals import NotInScope
from anlan.processes.api import Deadline, Event, importing
from anlan.sheets import api as sheets

ELSEWHERE = "隐患编号：本县（市、区）已经有别的单位导入过这一件，不在您的管辖范围内，请联系安委办。"
TOUCHED = "这件隐患导入以后已经在平台上办理（{what}），台账不再覆盖，请在平台上接着办。"
QUICKER = "刚刚有人导入了同一件，请再导入一次。"


class LedgerBatch:
    """One run over a ledger of hidden dangers."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.now = clock.now()
        self.names = Names(actor)
        self._seen: dict[str, int] = {}
        self._built: dict[UUID, Built] = {}
        self._old: dict[UUID, HiddenDanger] = {}

    def draft(self, chunk: sheets.Chunk) -> list[sheets.Draft]:
        """See :class:`sheets.Batch`."""
        rows = _settled(chunk)
        keys = {place: self._key(facts) for place, facts in rows.items()}
        self._refuse_doubles(chunk, keys)
        known = imported_by_key(self.actor, set(keys.values()))
        for place, facts in rows.items():
            if (old := known.get(keys[place])) is not None and old.visible:
                rows[place] = {**_from_json(old.facts), **facts}
        self.names.load(rows.values())
        touched = importing.acted_on([old.matter.id for old in known.values() if old.visible])
        drafts = []
        for place in list(chunk.good()):
            old = known.get(keys[place])
            if old is not None and not old.visible:
                chunk.refuse(place, ELSEWHERE)
                continue
            if old is not None and old.facts == _to_json(rows[place]):
                drafts.append(_unchanged(chunk, place, old.matter))
                continue
            if old is not None and (event := touched.get(old.matter.id)):
                chunk.refuse(place, TOUCHED.format(what=f"{event.organisation_label}，{clock.legal_date(event.at)}"))
                continue
            try:
                drafts.append(self._draft(chunk, place, rows[place], keys[place], old.matter if old else None))
            except Unreadable as why:
                chunk.refuse(place, str(why))
        return drafts

    def write(self, chunk: sheets.Chunk, drafts: Sequence[sheets.Draft]) -> Callable[[], list[sheets.Draft]]:
        """See :class:`sheets.Batch`."""
        return partial(self._write, chunk, drafts)

    def _write(self, chunk: sheets.Chunk, drafts: Sequence[sheets.Draft]) -> list[sheets.Draft]:
        made = [self._built[draft.record_id] for draft in drafts if draft.outcome == sheets.Outcome.CREATED]
        self._number(built.matter for built in made)
        inserted = insert_all(HiddenDanger, [built.matter for built in made])
        changed = [draft for draft in drafts if draft.outcome == sheets.Outcome.UPDATED]
        self._bring_up_to_date(changed)
        for draft in drafts:
            if draft.outcome == sheets.Outcome.CREATED and draft.record_id not in inserted:
                chunk.refuse(draft.place, QUICKER)
        written = [draft for draft in drafts if draft.place not in chunk.errors]
        self._write_parts([self._built[draft.record_id] for draft in written])
        self._check_visible(inserted)
        self._built.clear()
        return written

    def undo(self, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
        """See :class:`sheets.Batch`."""
        reasons = why_kept(self.actor, kept)
        free = [one for one in kept if one.record_id not in reasons]
        forget([one.record_id for one in free if one.outcome == sheets.Outcome.CREATED])
        restore([one for one in free if one.outcome == sheets.Outcome.UPDATED])
        return reasons

    def _draft(self, chunk: sheets.Chunk, place: int, facts: Facts, key: str, old: HiddenDanger | None) -> sheets.Draft:
        built = build(self.actor, self.names.office, self.names.state(facts), old.id if old else ids.uuid7(), self.now)
        matter = built.matter
        matter.import_key, built.imported.facts = key, _to_json(facts)
        outcome = sheets.Outcome.CREATED
        if old is not None:
            outcome = sheets.Outcome.UPDATED
            matter.number, matter.version = old.number, old.version + 1
            self._old[matter.id] = old
        self._built[matter.id] = built
        label = f"{matter.party_enterprise or matter.place}：{matter.description}"[:120]
        return sheets.Draft(
            place, chunk.numbers[place], outcome, matter.id, label, matter.region_path, matter.version,
            row=(matter.status, key, built.imported.facts),
        )  # fmt: skip

    def _key(self, facts: Facts) -> str:
        """What makes two rows one matter: the number of the system it comes from, else who, where, what and when."""
        wall = self.actor.wall[0]
        if number := facts.get("external_no"):
            system = facts.get("external_system") or self.names.office.path
            said = [wall, "no", system, number]
        else:
            who = facts.get("credit_code") or facts.get("enterprise", "")
            said = [wall, "text", who, facts.get("place", ""), facts["description"], facts["found_on"].isoformat()]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def _refuse_doubles(self, chunk: sheets.Chunk, keys: dict[int, str]) -> None:
        for place, key in keys.items():
            first = self._seen.setdefault(key, chunk.numbers[place])
            if first != chunk.numbers[place]:
                chunk.refuse(
                    place, f"与原表第 {first} 行是同一件隐患（编号相同，或者单位、地点、内容和检查时间都相同）。"
                )

    def _number(self, matters: Iterable[HiddenDanger]) -> None:
        """A number for each, of the month it was found in: none twice, none that is taken."""
        waiting = list(matters)
        while waiting:
            for matter in waiting:
                month = clock.legal_date(matter.registered_at)
                matter.number = f"{matter.region.code[:6]}-{month:%y%m}-{ids.segment(5).upper()}"
            taken = numbers_taken(matter.number for matter in waiting)
            given: set[str] = set()
            again = []
            for matter in waiting:
                if matter.number in taken or matter.number in given:
                    again.append(matter)
                given.add(matter.number)
            waiting = again

    def _bring_up_to_date(self, drafts: Sequence[sheets.Draft]) -> None:
        """The newer row says how it went: its history takes the place of the older one, which is kept for undoing."""
        changed = [draft.record_id for draft in drafts]
        if not changed:
            return
        before = snapshots(changed, self.now)
        for draft in drafts:
            draft.before = before[draft.record_id]
        importing.drop_imported_events(changed)
        importing.cancel_deadlines(changed, self.now)
        for model in (ImportedMatter, RectificationPlan):
            model.objects.filter(hidden_danger_id__in=changed).delete()
        kept = ("id", "version")
        fields = [field.attname for field in HiddenDanger._meta.concrete_fields if field.attname not in kept]
        update_all(HiddenDanger, (self._built[one].matter for one in changed), fields)
        for one in changed:
            if self._old[one].region_path != self._built[one].matter.region_path:
                follow(one, self._built[one].matter.region_path)

    def _write_parts(self, built: Sequence[Built]) -> None:
        insert_all(ImportedMatter, [one.imported for one in built])
        insert_all(Event, [event for one in built for event in one.events])
        insert_all(Deadline, [deadline for one in built for deadline in one.deadlines])
        insert_all(Participation, [part for one in built for part in one.parts])
        insert_all(RectificationPlan, [one.plan for one in built if one.plan is not None])

    def _check_visible(self, matter_ids: Collection[UUID]) -> None:
        """What was written has to be in the writer's own scope (DESIGN §4)."""
        if visible_among(self.actor, matter_ids) != len(matter_ids):
            raise NotInScope("隐患")


_DATES = frozenset({"found_on", "rectified_on", "accepted_on", "decided_on", "due_on"})


def _facts(chunk: sheets.Chunk, place: int) -> Facts:
    return {name: value for name, column in chunk.columns.items() if (value := column[place]) is not None}


def _settled(chunk: sheets.Chunk) -> dict[int, Facts]:
    rows: dict[int, Facts] = {}
    for place in list(chunk.good()):
        try:
            rows[place] = words.settle(_facts(chunk, place))
        except Unreadable as why:
            chunk.refuse(place, str(why))
    return rows


def _to_json(facts: Facts) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in facts.items()}


def _from_json(facts: dict[str, Any]) -> Facts:
    return {
        name: date.fromisoformat(value) if name in _DATES and isinstance(value, str) else value
        for name, value in facts.items()
    }


def _unchanged(chunk: sheets.Chunk, place: int, matter: HiddenDanger) -> sheets.Draft:
    return sheets.Draft(
        place, chunk.numbers[place], sheets.Outcome.UNCHANGED, matter.id, matter.description[:120], matter.region_path
    )
