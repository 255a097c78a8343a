"""企业自查自改 (DOMAIN §4): put right and accepted inside the enterprise; what needs the government is handed over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.files import api as files
from anlan.hidden_dangers import api as loop
from anlan.inspections import policies
from anlan.inspections.actions.answers import Found, Sheet
from anlan.inspections.actions.findings import register_found
from anlan.inspections.actions.steps import needed
from anlan.inspections.choices import SelfCheckFindingState as State
from anlan.inspections.models import CheckRecord, SelfCheckFinding
from anlan.inspections.selectors import month_of
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing
from anlan.lib.due_days import not_too_far
from anlan.lib.refusals import Forbidden, Invalid, Refused

USUAL_DAYS = 15
"""How long an enterprise gives itself when it names no date: a local rule, not verified."""

VOLUNTARY = "【主动报告】"
SUBJECT_TYPE = "self_check_finding"


def check_month(check: CheckRecord) -> None:
    """A self-check is this month's or an earlier one of the last year, at a site of the enterprise itself."""
    if check.site is None or check.month is None:
        raise Invalid.at("/site", "请选择自查的场所。")
    this_month = month_of(clock.today())
    if not this_month - timedelta(days=366) <= check.month <= this_month:
        raise Invalid.at("/month", "只能报送本月或者过去十二个月的自查。")


def record_self_check(actor: Actor, check: CheckRecord, sheet: Sheet) -> None:
    """Major ones go to the government at once, marked 主动报告; the others stay inside."""
    rows = []
    for found in sheet.found:
        if found.measure or found.rectified_by or found.accepted_by:
            policies.check_acceptor(found.rectified_by, found.accepted_by, found.pointer)
            needed(found.measure, found.pointer, "整改措施")
        rows.append(_row(actor, check, found))
    SelfCheckFinding.objects.bulk_create(rows)
    for row, found in zip(rows, sheet.found, strict=True):
        if found.photo_ids and row.state != State.HANDED_OVER:
            _attach(actor, row, found.photo_ids, files.Kind.BEFORE)


def close_inside(
    *, actor: Actor, finding_id: UUID, measure: str, rectified_by: str, accepted_by: str, photo_ids: list[UUID]
) -> SelfCheckFinding:
    """The enterprise has put it right and another person of it has accepted that."""
    with transaction.atomic():
        finding = _own_open(actor, finding_id)
        finding.measure = needed(measure, "/measure", "整改措施")
        finding.rectified_by, finding.accepted_by = rectified_by.strip(), accepted_by.strip()
        policies.check_acceptor(finding.rectified_by, finding.accepted_by, "/accepted_by")
        finding.state, finding.closed_at, finding.salt = State.CLOSED, clock.now(), hashing.new_salt()
        finding.save()
        _attach(actor, finding, photo_ids, files.Kind.AFTER)
        _record(actor, finding, "closed", _people(finding))
        return finding


def hand_over(*, actor: Actor, finding_id: UUID) -> SelfCheckFinding:
    """What the enterprise cannot put right, or has not in time, goes to the government as a hidden danger.

    The enterprise may at any time; the township once the date has passed.
    """
    with transaction.atomic():
        finding = _open(actor, finding_id)
        if not actor.is_enterprise:
            require(actor, Permission.SELF_CHECK_SAMPLE)
            if finding.due_on >= clock.today():
                raise Refused("not_due", f"企业自定期限是 {finding.due_on}，逾期后再转。")
        source = loop.Source.SELF_CHECK if actor.is_enterprise else loop.Source.GRASSROOTS_CHECK
        found = Found(finding.description, finding.place, finding.sector, "", [], "/finding", finding.item)
        check = finding.check_record
        finding.hidden_danger = register_found(actor, check, found, source)
        finding.state = State.HANDED_OVER
        finding.save()
        _record(actor, finding, "handed_over", {"hidden_danger": finding.hidden_danger.id})
        return finding


def check_first_of_month(check: CheckRecord) -> None:
    """Refused (409) when the month's self-check has been filed."""
    if check.month is None or check.enterprise is None:
        raise Invalid.at("/site", "请选择自查的场所。")
    others = CheckRecord.objects.self_checks_of(check.month).filter(enterprise=check.enterprise)
    if others.exclude(id=check.id).exists():
        raise _already_filed(check)


@contextmanager
def first_of_month(check: CheckRecord) -> Iterator[None]:
    """Refused (409), too, when another person of the enterprise files the same month at this moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        if "check_one_self_check_a_month" not in str(clash):
            raise
        raise _already_filed(check) from clash


def _already_filed(check: CheckRecord) -> Refused:
    return Refused("already_filed", f"{check.month:%Y 年 %m 月}的自查已经报送。需要更改的，先作废再重报。")


def _due_on(found: Found) -> date:
    """The day the enterprise set itself, or the usual one."""
    if found.due_on is None:
        return clock.today() + timedelta(days=USUAL_DAYS)
    return not_too_far(found.due_on, f"{found.pointer[1:]}/due_on", "整改期限")


def _row(actor: Actor, check: CheckRecord, found: Found) -> SelfCheckFinding:
    row = SelfCheckFinding(
        check_record=check,
        region_path=check.region_path,
        item=found.item,
        description=found.description,
        place=found.place,
        sector=found.sector,
        due_on=_due_on(found),
        state=State.OPEN,
    )
    if found.level == loop.Level.MAJOR:
        voluntary = Found(VOLUNTARY + found.description, found.place, found.sector, found.level, found.photo_ids, "")
        row.hidden_danger = register_found(actor, check, voluntary, loop.Source.SELF_CHECK)
        row.state = State.HANDED_OVER
    elif found.measure:
        row.measure, row.rectified_by, row.accepted_by = found.measure, found.rectified_by, found.accepted_by
        row.state, row.closed_at = State.CLOSED, clock.now()
    return row


def _open(actor: Actor, finding_id: UUID) -> SelfCheckFinding:
    finding: SelfCheckFinding = SelfCheckFinding.objects.lock_visible(actor, id=finding_id)
    if finding.state != State.OPEN:
        raise Refused("wrong_state", f"这个问题{finding.get_state_display()}，不能再办。")
    return finding


def _own_open(actor: Actor, finding_id: UUID) -> SelfCheckFinding:
    finding = _open(actor, finding_id)
    require(actor, Permission.SELF_CHECK_FILE)
    if not actor.within(finding.check_record.organisation_path):
        raise Forbidden("not_your_check", "自查发现的问题由企业自己整改、验收。")
    return finding


def _attach(actor: Actor, finding: SelfCheckFinding, photo_ids: list[UUID], kind: str) -> None:
    if photo_ids:
        files.attach(
            actor=actor, file_ids=photo_ids, subject_type=SUBJECT_TYPE, subject_id=finding.id,
            region_path=finding.region_path, kind=kind,
        )  # fmt: skip


def _people(finding: SelfCheckFinding) -> dict[str, object]:
    """Names enter the ledger only as salted hashes; the salt stays with the names and is erased with them."""
    names = {"rectified_by": finding.rectified_by, "accepted_by": finding.accepted_by}
    return {f"{role}_sha256": hashing.salted_hash(name, finding.salt) for role, name in names.items()}


def _record(actor: Actor, finding: SelfCheckFinding, event: str, payload: dict[str, object]) -> None:
    ledger.record(
        actor=actor,
        subject_type=SUBJECT_TYPE,
        subject_id=finding.id,
        region_path=finding.region_path,
        event=f"{SUBJECT_TYPE}.{event}",
        payload=payload,
    )
