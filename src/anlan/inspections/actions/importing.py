"""检查台账 by the thousand: each row becomes the record of a check that was made before the platform,
or brings one up to date that came in so."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import Capacity, ParticipationKind
from anlan.authz.models import Organisation, Participation
from anlan.authz.roles import Reach
from anlan.hidden_dangers import api as loop
from anlan.inspections import ledger_words as words
from anlan.inspections import policies, selectors
from anlan.inspections.actions import amending
from anlan.inspections.actions.filing import party_of
from anlan.inspections.choices import ActClass
from anlan.inspections.models import CheckFinding, CheckOfficer, CheckRecord
from anlan.inspections.workflow import PROCESS
from anlan.lib import clock, ids
from anlan.lib.refusals import NotInScope
from anlan.processes.api import Event, PastStep, importing
from anlan.sheets import api as sheets

Unreadable = sheets.values.Unreadable
Facts = dict[str, Any]
ELSEWHERE = "检查编号：本县（市、区）已经有别的单位导入过这一次，不在您的管辖范围内，请联系安委办。"
QUICKER = "刚刚有人导入了同一次检查，请再导入一次。"
SHOWN = 8


@dataclass
class Built:
    """Everything one row becomes, unsaved."""

    check: CheckRecord
    events: list[Event]
    officers: list[CheckOfficer]
    findings: list[CheckFinding]
    parts: list[Participation] = field(default_factory=list)


class CheckLedgerBatch:
    """One run over a ledger of checks."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.now = clock.now()
        self.names = loop.LedgerNames(actor)
        self.checklists = {one.checklist.name: one for one in selectors.checklist_versions(actor)}
        self._seen: dict[str, int] = {}
        self._linked: dict[UUID, UUID] = {}  # hidden danger: the check that found it
        self._built: dict[UUID, Built] = {}

    def draft(self, chunk: sheets.Chunk) -> list[sheets.Draft]:
        """See :class:`sheets.Batch`."""
        rows = {place: _facts(chunk, place) for place in chunk.good()}
        keys = {place: self._key(facts) for place, facts in rows.items()}
        self._refuse_doubles(chunk, keys)
        known = selectors.imported_by_key(self.actor, set(keys.values()))
        there = {place: known[key] for place, key in keys.items() if key in known}
        for place, met in there.items():
            rows[place] = amending.with_what_stands(met.check, rows[place]) if met.visible else rows[place]
        self.names.load(rows.values())
        dangers = self._dangers(rows.values())
        changed = [
            met.check for place, met in there.items() if met.visible and met.check.stated != _to_json(rows[place])
        ]
        against = amending.obstacles(self.actor, changed)
        drafts = []
        for place in list(chunk.good()):
            old = there.get(place)
            if old is not None and (reason := (against.get(old.check.id) if old.visible else ELSEWHERE)):
                chunk.refuse(place, reason)
                continue
            try:
                drafts.append(self._draft(chunk, place, rows[place], keys[place], dangers, old.check if old else None))
            except Unreadable as why:
                chunk.refuse(place, str(why))
        return drafts

    def write(self, chunk: sheets.Chunk, drafts: Sequence[sheets.Draft]) -> Callable[[], list[sheets.Draft]]:
        """See :class:`sheets.Batch`."""
        return partial(self._write, chunk, drafts)

    def _write(self, chunk: sheets.Chunk, drafts: Sequence[sheets.Draft]) -> list[sheets.Draft]:
        made = [draft for draft in drafts if draft.outcome == sheets.Outcome.CREATED]
        checks = [self._built[draft.record_id].check for draft in made]
        self._number(checks)
        inserted = loop.insert_all(CheckRecord, checks)
        for draft in made:
            if draft.record_id not in inserted:
                chunk.refuse(draft.place, QUICKER)
        self._bring_up_to_date([draft for draft in drafts if draft.outcome == sheets.Outcome.UPDATED])
        written = [draft for draft in drafts if draft.place not in chunk.errors]
        built = [self._built[draft.record_id] for draft in written]
        loop.insert_all(Event, [event for one in built for event in one.events])
        loop.insert_all(CheckOfficer, [officer for one in built for officer in one.officers])
        loop.insert_all(CheckFinding, [finding for one in built for finding in one.findings])
        loop.insert_all(Participation, [part for one in built for part in one.parts])
        if selectors.visible_among(self.actor, inserted) != len(inserted):
            raise NotInScope("检查")
        self._built.clear()
        return written

    def undo(self, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
        """See :class:`sheets.Batch`."""
        reasons = self._why_kept(kept)
        free = [one for one in kept if one.record_id not in reasons]
        self._forget([one.record_id for one in free if one.outcome == sheets.Outcome.CREATED])
        amending.restore([one for one in free if one.outcome == sheets.Outcome.UPDATED])
        return reasons

    def _why_kept(self, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
        check_ids = [one.record_id for one in kept]
        acted = importing.why_acted(check_ids, "请在这次检查上办理（作废）。")
        versions = selectors.versions_of(self.actor, check_ids)
        return sheets.why_kept(CheckRecord, kept, acted=acted, versions=versions, parts=amending.OWN)

    def _refuse_doubles(self, chunk: sheets.Chunk, keys: dict[int, str]) -> None:
        for place, key in keys.items():
            first = self._seen.setdefault(key, chunk.numbers[place])
            if first != chunk.numbers[place]:
                chunk.refuse(
                    place, f"与原表第 {first} 行是同一次检查（编号相同，或者单位、受检单位、时间、类别和内容都相同）。"
                )

    def _forget(self, check_ids: list[UUID]) -> None:
        importing.forget(check_ids)
        Participation.objects.filter(matter_id__in=check_ids).delete()
        for model in amending.OWN:
            model._base_manager.filter(check_record_id__in=check_ids).delete()
        sheets.bulk.delete(CheckRecord, check_ids)

    def _bring_up_to_date(self, drafts: Sequence[sheets.Draft]) -> None:
        if not drafts:
            return
        before = amending.make_way([draft.record_id for draft in drafts])
        for draft in drafts:
            draft.before = before[draft.record_id]
        checks = [self._built[draft.record_id].check for draft in drafts]
        loop.update_all(CheckRecord, checks, amending.AMENDED)

    def _draft(
        self,
        chunk: sheets.Chunk,
        place: int,
        facts: Facts,
        key: str,
        dangers: dict[str, loop.HiddenDanger],
        old: CheckRecord | None,
    ) -> sheets.Draft:
        number = chunk.numbers[place]
        if old is not None and old.stated == _to_json(facts):
            return sheets.Draft(place, number, sheets.Outcome.UNCHANGED, old.id, old.place, old.region_path)
        built = self._build(facts, key, dangers, old)
        check, outcome = built.check, sheets.Outcome.CREATED
        if old is not None:
            amending.check_keeps_links([one.hidden_danger_id for one in old.findings.all()], built.findings)
            check.number, check.version, built.parts = old.number, old.version + 1, []
            outcome = sheets.Outcome.UPDATED
        self._built[check.id] = built
        label = f"{clock.legal_date(check.started_at)} {check.enterprise or check.place}"[:120]
        row = (key, check.stated)
        return sheets.Draft(place, number, outcome, check.id, label, check.region_path, check.version, row=row)

    def _build(self, facts: Facts, key: str, dangers: dict[str, loop.HiddenDanger], old: CheckRecord | None) -> Built:
        where = self.names.where(facts)
        unit = self._unit(facts)
        act_class, kind = _act(unit, facts)
        if facts["checked_on"] > clock.today():
            raise Unreadable(f"检查时间：{facts['checked_on']} 还没有到，请核对年份。")
        if old is not None:
            where = amending.place_of(old, where, unit, act_class, facts)
        check_id = old.id if old else ids.uuid7()
        found = self._found(facts, where, dangers, check_id)
        check = CheckRecord(
            id=check_id, status="", version=1, changed_at=self.now, act_class=act_class, inspection_kind=kind,
            region=where.region, region_path=where.region.path, site=where.site, supervised_object=where.object,
            enterprise=where.enterprise, place=where.place,
            organisation=unit, organisation_path=unit.path, registered_by_id=self.actor.person_id,
            told_to=facts.get("told_to", ""), led_by=facts.get("led_by", ""),
            scan_no=facts.get("scan_no", "") if act_class == ActClass.ADMINISTRATIVE_INSPECTION else "",
            checklist_version=self._checklist(facts, old), finding_count=_count(facts, len(found)), note=_note(facts),
            import_key=key, stated=_to_json(facts),
        )  # fmt: skip
        step = PastStep("file", facts["checked_on"], "", {"act_class": act_class, "findings": check.finding_count})
        events = importing.past_events(self.actor, PROCESS, check, [step], self.now)
        check.started_at = check.filed_at = events[0].at
        officers = [
            CheckOfficer(check_record=check, region_path=check.region_path, position=n, name=name[:60])
            for n, name in enumerate(facts.get("officers", ()), 1)
        ]
        findings = [CheckFinding(check_record=check, region_path=check.region_path, hidden_danger=one) for one in found]
        return Built(check, events, officers, findings, self._parts(check))

    def _unit(self, facts: Facts) -> Organisation:
        unit = self.names.organ_in("unit", "检查单位", facts) or self.names.office
        if self.actor.reach == Reach.ORGANISATION and not self.actor.within(unit.path):
            raise Unreadable(f"检查单位：{unit.short_name}不是本单位，请由它自己导入，或者由安委办导入。")
        return unit

    def _checklist(self, facts: Facts, old: CheckRecord | None) -> Any:
        name = facts.get("checklist")
        if old is not None and name == (old.stated or {}).get("checklist"):
            return old.checklist_version
        if not name:
            return None
        if name not in self.checklists:
            raise Unreadable(f"检查表：平台里没有“{name}”，请写检查表的名称，或者写到“检查内容”一列。")
        return self.checklists[name]

    def _dangers(self, rows: Any) -> dict[str, loop.HiddenDanger]:
        """The hidden dangers that the rows name, by their number here or where they come from."""
        named = {number for facts in rows for number in facts.get("danger_numbers", ())}
        if not named:
            return {}
        seen = loop.hidden_dangers(self.actor, loop.Filters(), clock.today()).order_by()
        found: dict[str, loop.HiddenDanger] = {}
        for column in ("external_no", "number"):
            for one in seen.filter(sheets.bulk.among(loop.HiddenDanger, column, named)):
                found[getattr(one, column)] = one
        self._linked |= selectors.checks_that_found([one.id for one in found.values()])
        return found

    def _found(
        self, facts: Facts, where: loop.Where, dangers: dict[str, loop.HiddenDanger], check_id: UUID
    ) -> list[loop.HiddenDanger]:
        found = []
        for written in facts.get("danger_numbers", ()):
            danger = dangers.get(written)
            if danger is None:
                raise Unreadable(f"隐患编号：没有找到“{written}”，请先导入隐患台账，或者核对编号。")
            if self._linked.get(danger.id, check_id) != check_id:
                raise Unreadable(f"隐患编号：“{written}”已经是另一次检查发现的，请核对。")
            if where.enterprise and danger.party_enterprise_id not in (None, where.enterprise.id):
                raise Unreadable(f"隐患编号：“{written}”不是这家单位的隐患，请核对。")
            found.append(danger)
        self._linked |= {danger.id: check_id for danger in found}
        return found

    def _parts(self, check: CheckRecord) -> list[Participation]:
        """The checking unit, and the enterprise of a 行政检查 (安全生产法第六十八条)."""
        kinds = ParticipationKind
        party = party_of(check) if check.is_inspection else None
        return [
            Participation(matter_id=check.id, organisation=one, organisation_path=one.path, kind=kind,
                          region_path=check.region_path, since=self.now)
            for one, kind in ((check.organisation, kinds.REPORTER), (party, kinds.PARTY)) if one is not None
        ]  # fmt: skip

    def _key(self, facts: Facts) -> str:
        """What makes two rows one check: its number, else who checked whom, when and how."""
        wall = self.actor.wall[0]
        if number := facts.get("external_no"):
            said = [wall, "no", facts.get("external_system") or self.names.office.path, number]
        else:
            who = facts.get("credit_code") or facts.get("enterprise", "")
            parts = ("place", "unit", "act", "findings")
            said = [wall, "text", facts["checked_on"].isoformat(), who, *(str(facts.get(part, "")) for part in parts)]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def _number(self, checks: Sequence[CheckRecord]) -> None:
        """A number for each, of the month of the check: none twice, none that is taken."""
        waiting = list(checks)
        while waiting:
            for check in waiting:
                month = clock.legal_date(check.started_at)
                check.number = f"{check.region.code[:6]}-J{month:%y%m}-{ids.segment(5).upper()}"
            taken = selectors.numbers_taken(check.number for check in waiting)
            given: set[str] = set()
            again = []
            for check in waiting:
                if check.number in taken or check.number in given:
                    again.append(check)
                given.add(check.number)
            waiting = again


def _act(unit: Organisation, facts: Facts) -> tuple[str, str]:
    """What the visit was in law; where the ledger does not say, what such a unit usually does."""
    may_inspect = unit.capacity != Capacity.NONE and unit.kind not in policies.NEVER_INSPECTS
    usual = "ADMINISTRATIVE_INSPECTION/ROUTINE" if may_inspect else "SERVICE_VISIT/"
    act_class, _, kind = str(facts.get("act", usual)).partition("/")
    if act_class == ActClass.SELF_CHECK:
        raise Unreadable("检查类别：企业自查由企业按月报送，不从检查台账导入。")
    if act_class == ActClass.ADMINISTRATIVE_INSPECTION and not may_inspect:
        raise Unreadable(f"检查类别：{unit.short_name}没有行政检查权，请写走访帮扶、巡查或者督查，或者核对检查单位。")
    if act_class == ActClass.GOVERNMENT_SUPERVISION and unit.kind in policies.NEVER_SUPERVISES:
        raise Unreadable(f"检查类别：{unit.short_name}没有下级，不能督查，请写走访帮扶或者巡查。")
    return act_class, kind


def _count(facts: Facts, linked: int) -> int:
    said: int | None = facts.get("finding_count")
    count = words.problems_in(facts.get("findings", "")) if said is None else said
    if said is not None and linked > said:
        raise Unreadable(f"发现问题数：写的是 {said}，却关联了 {linked} 件隐患，请核对。")
    return max(count, linked)


def _note(facts: Facts) -> str:
    labels = {"subject": "检查内容", "findings": "发现的问题", "result": "处理结果", "remark": "备注"}
    return "\n".join(f"{label}：{facts[name]}" for name, label in labels.items() if name in facts)


def _facts(chunk: sheets.Chunk, place: int) -> Facts:
    return {name: value for name, column in chunk.columns.items() if (value := column[place]) is not None}


def _to_json(facts: Facts) -> dict[str, Any]:
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
