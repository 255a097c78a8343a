"""A newer row of a ledger about a check that came in with one: what it may change, and how that is taken back. When,
whom, by whom and as what stay; another of these is another check."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.hidden_dangers import api as loop
from anlan.inspections.choices import ActClass
from anlan.inspections.models import CheckFinding, CheckOfficer, CheckRecord
from anlan.lib import clock
from anlan.processes.api import Event, importing
from anlan.sheets import api as sheets

Unreadable = sheets.values.Unreadable
Facts = dict[str, Any]
OWN = (CheckOfficer, CheckFinding)
AMENDED = (
    "place", "inspection_kind", "told_to", "led_by", "scan_no", "checklist_version_id", "finding_count", "note", "stated",
    "changed_at",
)  # fmt: skip
"""The columns of a check that a newer row writes."""
WORKED_ON = "这次检查导入以后已经在平台上办理（{who}，{on}），台账不再覆盖。"
NOT_YOURS = "这次检查是{who}导入的，请由它或者检查单位更新。"
ANOTHER = "{label}：这次检查已经导入过，记的是{was}。编号用重了的请改编号；原来记错的，先撤销那次导入或者作废那条记录。"
UNLINKED = (
    "隐患编号：这次检查已经关联 {count} 件隐患，这一行少写了 {missing} 件。关联过的要写全；关联错的，先撤销那次导入。"
)


def with_what_stands(old: CheckRecord, facts: Facts) -> Facts:
    """The row, where its cells are blank as the check has it. New words about the problems are counted anew."""
    stated = old.stated or {}
    together = {**stated, **facts}
    if "finding_count" not in facts and together.get("findings") != stated.get("findings"):
        together.pop("finding_count", None)
    return together


def obstacles(actor: Actor, checks: Collection[CheckRecord]) -> dict[UUID, str]:
    """Why the ledger does not change a check any more, for each it does not: somebody works with it here, or it is
    another office's word."""
    check_ids = [one.id for one in checks]
    reasons = {}
    mine = {one.id for one in checks if actor.within(one.organisation_path)}
    for event in importing.imported_events(check_ids) if check_ids else ():
        if event.subject_id not in mine and event.organisation_id != actor.organisation_id:
            reasons[event.subject_id] = NOT_YOURS.format(who=event.organisation_label)
    for check_id, event in importing.acted_on(check_ids).items():
        reasons[check_id] = WORKED_ON.format(who=event.organisation_label, on=clock.legal_date(event.at))
    return reasons


def place_of(old: CheckRecord, where: loop.Where, unit: Organisation, act_class: str, facts: Facts) -> loop.Where:
    """Where the check stays. Raises Unreadable when the row is about another check; what it does not say anew, and what
    has moved in the register since, stays as the check has it."""
    before = old.stated or {}
    moved = any(facts.get(word) != before.get(word) for word in ("township", "village"))
    for label, was, now in (
        ("检查时间", clock.legal_date(old.started_at), facts["checked_on"]),
        ("检查单位", old.organisation, unit),
        ("受检单位", old.supervised_object or old.enterprise, where.object or where.enterprise),
        ("场所", old.site, where.site if facts.get("site") else old.site),
        ("所属乡镇（街道）", old.region, where.region if moved else old.region),
        ("检查类别", ActClass(old.act_class).label, ActClass(act_class).label),
    ):
        if was != now:
            raise Unreadable(ANOTHER.format(label=label, was=was or "空"))
    place = where.place if "place" in facts else old.place
    return replace(where, region=old.region, site=old.site, enterprise=old.enterprise, place=place)


def check_keeps_links(linked: Collection[UUID], findings: Sequence[CheckFinding]) -> None:
    """Raise Unreadable when the row leaves out a hidden danger that is tied to the check."""
    missing = set(linked) - {one.hidden_danger_id for one in findings}
    if missing:
        raise Unreadable(UNLINKED.format(count=len(linked), missing=len(missing)))


def make_way(check_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Take away what newer rows say anew; the checks as they stood, as JSON, for :func:`restore`."""
    ids = list(check_ids)
    before: dict[UUID, dict[str, Any]] = {
        row.pop("id"): {"check": row, "events": [], "officers": [], "findings": []}
        for row in CheckRecord.objects.order_by().filter(id__in=ids).values("id", *AMENDED)
    }
    for event in importing.imported_events(ids):
        before[event.subject_id]["events"].append(loop.values_of(event))
    for model, name in ((CheckOfficer, "officers"), (CheckFinding, "findings")):
        for part in model._base_manager.filter(check_record_id__in=ids):
            before[part.check_record_id][name].append(loop.values_of(part))
    _clear(ids)
    return before


def restore(kept: Sequence[sheets.Kept]) -> None:
    """The checks as they stood before the rows."""
    images = {one.record_id: one.before or {} for one in kept}
    _clear(list(images))
    checks = [loop.read_back(CheckRecord, {"id": one, **image["check"]}) for one, image in images.items()]
    for check in checks:
        check.changed_at = clock.now()
    loop.update_all(CheckRecord, checks, AMENDED)
    written: tuple[tuple[Any, str], ...] = ((Event, "events"), (CheckOfficer, "officers"), (CheckFinding, "findings"))
    for model, name in written:
        loop.insert_all(model, [loop.read_back(model, row) for image in images.values() for row in image[name]])


def _clear(check_ids: list[UUID]) -> None:
    importing.drop_imported_events(check_ids)
    for model in OWN:
        model._base_manager.filter(check_record_id__in=check_ids).delete()
