"""Taking an import of a ledger back: the matters it made are gone, those it brought up to date are as they were."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.models import Participation
from anlan.authz.participation import follow
from anlan.hidden_dangers.actions.copying import read_back, values_of
from anlan.hidden_dangers.models import HiddenDanger, ImportedMatter, RectificationPlan
from anlan.lib import clock
from anlan.lib.refusals import Refused
from anlan.processes.api import Event, importing
from anlan.register import api as register
from anlan.sheets import api as sheets

OWN: tuple[Any, ...] = (ImportedMatter, RectificationPlan)
SHOWN = 8
AGAINST = "导入的隐患里有 {count} 件之后已经有人办理，整批不能撤销：{rows}。请在这些隐患上分别办理（更正、终结）；其余的也保留。"


def refuse_touched(actor: Actor, kept: Sequence[sheets.Kept]) -> None:
    """Refused (409) with the rows that somebody has acted on, or built upon, since the import."""
    kept_ids = [one.record_id for one in kept]
    rows = HiddenDanger.objects.order_by().visible_to(actor).filter(sheets.bulk.among(HiddenDanger, "id", kept_ids))
    versions = dict(rows.select_for_update(of=("self",)).values_list("id", "version"))
    acted = importing.acted_on(kept_ids)
    made = [one.record_id for one in kept if one.outcome == sheets.Outcome.CREATED]
    built_on = sheets.referring_to(HiddenDanger, made, besides=OWN)
    reasons: list[str] = []
    for one in kept:
        event = acted.get(one.record_id)
        if event is not None:
            why = f"{clock.legal_date(event.at)} {event.organisation_label}{event.actor_label}办理过"
        elif one.record_id in built_on:
            why = built_on[one.record_id].rstrip("。").replace("，不能删除", "")
        elif versions.get(one.record_id) != one.version:
            why = "不在您的管辖范围内" if one.record_id not in versions else "后来又导入更新过"
        else:
            continue
        reasons.append(f"原表第 {one.number} 行（{why}）")
    if reasons:
        more = f"等 {len(reasons)} 行" if len(reasons) > SHOWN else ""
        raise Refused("import_acted_on", AGAINST.format(count=len(reasons), rows="、".join(reasons[:SHOWN]) + more))


def forget(matter_ids: Collection[UUID]) -> None:
    """Everything of the matters, in the order their ties allow."""
    matters = list(matter_ids)
    importing.forget(matters)
    Participation.objects.filter(matter_id__in=matters).delete()
    for model in OWN:
        model.objects.filter(hidden_danger_id__in=matters).delete()
    sheets.bulk.delete(HiddenDanger, matters)


def snapshots(matter_ids: Collection[UUID], at: datetime) -> dict[UUID, dict[str, Any]]:
    """The matters as they stand, with their imported history: for undoing what comes ``at`` once."""
    matters = list(matter_ids)
    found: dict[UUID, dict[str, Any]] = {
        row["id"]: {"matter": row, "events": [], "imported": [], "plan": [], "at": at.isoformat(), "parts": []}
        for row in HiddenDanger.objects.filter(id__in=matters).values()
    }
    for event in importing.imported_events(matters):
        found[event.subject_id]["events"].append(values_of(event))
    for name, model in (("imported", ImportedMatter), ("plan", RectificationPlan)):
        for row in model.objects.filter(hidden_danger_id__in=matters).values():
            found[row["hidden_danger_id"]][name].append(row)
    for matter_id, part_id in Participation.objects.filter(matter_id__in=matters).values_list("matter_id", "id"):
        found[matter_id]["parts"].append(part_id)
    return found


def restore(kept: Sequence[sheets.Kept]) -> None:
    """The matters as their snapshots have them."""
    for one in kept:
        before = one.before or {}
        importing.drop_imported_events([one.record_id])
        importing.reopen_deadlines([one.record_id], datetime.fromisoformat(before["at"]))
        for model in OWN:
            model.objects.filter(hidden_danger_id=one.record_id).delete()
        Participation.objects.filter(matter_id=one.record_id).exclude(id__in=before["parts"]).delete()
        matter = read_back(HiddenDanger, before["matter"])
        matter.site_id = register.standing_id(register.Site, matter.site_id)
        matter.party_enterprise_id = register.standing_id(register.Enterprise, matter.party_enterprise_id)
        HiddenDanger.objects.filter(id=one.record_id).update(**{**values_of(matter), "version": one.version + 1})
        follow(one.record_id, matter.region_path)
        written: list[tuple[Any, str]] = [(Event, "events"), (ImportedMatter, "imported"), (RectificationPlan, "plan")]
        for model, name in written:
            model._base_manager.bulk_create([read_back(model, row) for row in before[name]])
