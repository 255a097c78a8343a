"""From the beginning of a visit to the filed record: the record, its answers and its findings are one act."""

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation, Region
from anlan.authz.participation import take_part
from anlan.authz.roles import Reach
from anlan.authz.scope import require
from anlan.files import api as files
from anlan.hidden_dangers import api as loop
from anlan.inspections import policies, selectors
from anlan.inspections.actions.answers import Sheet, read_answers
from anlan.inspections.actions.checklists import check_usable
from anlan.inspections.actions.findings import register_findings
from anlan.inspections.actions.self_checks import check_first_of_month, check_month, first_of_month, record_self_check
from anlan.inspections.actions.steps import fire, moving, needed
from anlan.inspections.choices import ActClass, Status
from anlan.inspections.facts import CheckFacts, Start
from anlan.inspections.models import CheckOfficer, CheckRecord
from anlan.inspections.workflow import PROCESS
from anlan.lib import clock, hashing, ids
from anlan.lib.refusals import Forbidden, Invalid, NotInScope
from anlan.organisations import api as organisations
from anlan.reads.writing import insert_all
from anlan.register import api as enterprises
from anlan.territory import api as territory

LONGEST_AGO = timedelta(days=366)
"""What lies further back is history: a ledger tells it, and says that it was imported."""


def begin(*, actor: Actor, start: Start) -> CheckRecord:
    """Begin a visit as a draft, which only its maker sees."""
    with transaction.atomic():
        verb = "begin_self_check" if start.act_class == ActClass.SELF_CHECK else "begin"
        check = _new(actor, start, verb)
        fire(actor, check, verb, act_class=check.act_class)
        _let_own_side_take_part(actor, check)
        return check


def keep_draft(*, actor: Actor, check_id: UUID, draft: dict[str, Any]) -> None:
    """Keep what was typed so far. Nobody else reads it, so it is no event."""
    with transaction.atomic():
        check: CheckRecord = CheckRecord.objects.lock_visible(actor, id=check_id, status=Status.DRAFT)
        check.draft = draft
        check.save(update_fields=["draft"])


def file(*, actor: Actor, start: Start, facts: CheckFacts) -> CheckRecord:
    """A whole check in one act, without a draft: what a machine or another form sends."""
    with transaction.atomic():
        check = _new(actor, start, _verb(start.act_class))
        return _file(actor, check, facts)


def file_draft(
    *, actor: Actor, check_id: UUID, facts: CheckFacts, if_versions: frozenset[int] | None = None
) -> CheckRecord:
    """File a draft. Everything that is missing is said at once (422)."""
    verb = "file_self_check" if actor.is_enterprise else "file"
    with moving(actor, check_id, verb, if_versions) as check:
        policies.check_act_class(actor, check.act_class)
        return _file(actor, check, facts)


def _verb(act_class: str) -> str:
    return "file_self_check" if act_class == ActClass.SELF_CHECK else "file"


def _new(actor: Actor, start: Start, verb: str) -> CheckRecord:
    require(actor, PROCESS.rows_of(verb)[0].permission)
    policies.check_act_class(actor, start.act_class)
    policies.check_unannounced(start.act_class, is_unannounced=start.is_unannounced)
    site, thing = _spot(actor, start)
    spot = site or thing
    region = spot.region if spot is not None else _region(actor, start.region_id)
    if actor.organisation_id is None:
        raise Forbidden("system_is_nobody", "系统不能代替人办理。")
    check = CheckRecord(
        number=ids.number(f"{region.code[:6]}-J{clock.today():%y%m}-", selectors.is_number_taken),
        act_class=start.act_class,
        is_unannounced=start.is_unannounced,
        concealed=start.is_unannounced,
        region=region,
        region_path=region.path,
        site=site,
        supervised_object=thing,
        enterprise=site.enterprise if site is not None else thing.party_enterprise if thing is not None else None,
        place=needed(start.place or (spot.address if spot else ""), "/place", "地点"),
        organisation_id=actor.organisation_id,
        organisation_path=actor.organisation_path,
        registered_by_id=actor.person_id,
        started_at=start.started_at or clock.now(),
        month=_month(start),
    )
    if check.started_at > clock.now():
        raise Invalid.at("/started_at", "开始时间不能晚于现在。")
    if check.started_at < clock.now() - LONGEST_AGO:
        raise Invalid.at("/started_at", "一年以前的检查请用检查台账导入，不在这里登记。")
    if check.is_self_check:
        check_month(check)
    if start.checklist_version_id is not None:
        check.checklist_version = selectors.checklist_version(actor, start.checklist_version_id)
        check_usable(check.checklist_version, by_enterprise=actor.is_enterprise)
    return check


def _spot(actor: Actor, start: Start) -> tuple[enterprises.Site | None, enterprises.SupervisedObject | None]:
    """The site or the object that is looked at. Raises Invalid (422) for both, NotInScope (404) for one outside."""
    if start.site_id and start.object_id:
        raise Invalid.at("/object", "企业场所和监管对象只能选一个。")
    if start.object_id:
        return None, enterprises.object_in_brief(actor, start.object_id)
    return (enterprises.site_in_brief(actor, start.site_id) if start.site_id else None), None


def _month(start: Start) -> date | None:
    if start.act_class != ActClass.SELF_CHECK:
        return None
    return selectors.month_of(start.month or clock.today())


def _region(actor: Actor, region_id: UUID | None) -> Region:
    if region_id is None:
        raise Invalid.at("/site", "请选择企业、场所、监管对象，或者所在的乡镇（街道）、村（社区）。")
    region = territory.region(region_id)
    if not region.path.startswith(actor.region_path) or region.level in ("PROVINCE", "CITY"):
        raise NotInScope("区划")
    return region


def _file(actor: Actor, check: CheckRecord, facts: CheckFacts) -> CheckRecord:
    given = {name: str(getattr(facts, name)).strip() for name in policies.ENFORCEMENT_FIELDS}
    given["told_to"] = facts.told_to.strip()
    officers = [(officer.name.strip(), officer.certificate_no.strip()) for officer in facts.officers]
    policies.check_enforcement_fields(check.act_class, given)
    if check.is_inspection:
        policies.check_inspection(given, officers, is_unannounced=check.is_unannounced)
    if check.is_self_check:
        check_first_of_month(check)
    sheet = read_answers(check, facts)
    _fill(check, facts, given, sheet)
    was_new = check._state.adding
    with first_of_month(check) if check.is_self_check else nullcontext():
        fire(actor, check, _verb(check.act_class), **_payload(check, officers, sheet))
    if was_new:
        _let_own_side_take_part(actor, check)
    insert_all(
        [
            CheckOfficer(
                check_record=check, region_path=check.region_path, position=n, name=name, certificate_no=certificate
            )
            for n, (name, certificate) in enumerate(officers, 1)
        ]
    )
    sheet.save(check)
    if facts.photo_ids:
        files.attach(
            actor=actor, file_ids=facts.photo_ids, subject_type=PROCESS.subject_type, subject_id=check.id,
            region_path=check.region_path, kind=files.Kind.OTHER,
        )  # fmt: skip
    if check.is_self_check:
        record_self_check(actor, check, sheet)
    else:
        register_findings(actor, check, sheet, _source(actor, check))
        _let_party_take_part(check)
    return check


def _fill(check: CheckRecord, facts: CheckFacts, given: dict[str, str], sheet: Sheet) -> None:
    for name, value in given.items():
        setattr(check, name, value)
    check.filed_at = clock.now()
    check.ended_at = facts.ended_at or check.filed_at
    if not check.started_at <= check.ended_at <= check.filed_at:
        raise Invalid.at("/ended_at", "结束时间应当在开始之后，且不晚于现在。")
    check.note = facts.note.strip()
    check.led_by = facts.led_by.strip()
    check.led_by_principal = facts.led_by_principal and bool(check.led_by)
    check.item_count = len(sheet.answers)
    check.fail_count = sheet.fail_count
    check.finding_count = len(sheet.found)
    check.concealed = check.is_unannounced and bool(sheet.found)
    check.draft = {}


def _payload(check: CheckRecord, officers: list[tuple[str, str]], sheet: Sheet) -> dict[str, Any]:
    """Figures and hashes: the answers can be proved later, and no words of a person enter the ledger."""
    version = check.checklist_version
    return {
        "act_class": check.act_class,
        "checklist_version": version.id if version else None,
        "items": check.item_count,
        "failed": check.fail_count,
        "findings": check.finding_count,
        "officers": len(officers),
        "answers_sha256": hashing.leaf_hash(sheet.canonical()).hex(),
        "month": check.month,
    }


def _let_own_side_take_part(actor: Actor, check: CheckRecord) -> None:
    """Those who see by their region or their own organisation need no participation, unless it is concealed."""
    if actor.reach == Reach.PARTICIPATION or check.concealed:
        kind = ParticipationKind.PARTY if check.is_self_check else ParticipationKind.REPORTER
        own = organisations.organisation_of(actor)
        take_part(matter_id=check.id, organisation=own, kind=kind, region_path=check.region_path)


def _let_party_take_part(check: CheckRecord) -> None:
    """The enterprise has the record of a 行政检查 (安全生产法第六十八条), a concealed one once it is revealed."""
    party = party_of(check)
    if check.is_inspection and not check.concealed and party is not None:
        kind = ParticipationKind.PARTY
        take_part(matter_id=check.id, organisation=party, kind=kind, region_path=check.region_path)


def party_of(check: CheckRecord) -> Organisation | None:
    """The organisation through which the checked enterprise signs in, if it has one."""
    return check.enterprise.organisation if check.enterprise is not None else None


def _source(actor: Actor, check: CheckRecord) -> loop.Source:
    """The channel of S1-17 by who looked and how."""
    if check.is_unannounced:
        return loop.Source.UNANNOUNCED_CHECK
    if actor.organisation_kind == "VILLAGE":
        return loop.Source.GRID_PATROL
    if actor.organisation_kind == "AGENCY":
        return loop.Source.AGENCY_CHECK
    if actor.wall[0] != check.region.wall_path:
        return loop.Source.CITY_SUPERVISION
    return loop.Source.GRASSROOTS_CHECK
