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
from anlan.processes.api import Event, importing
from anlan.register import api as register
from anlan.sheets import api as sheets

OWN: tuple[Any, ...] = (ImportedMatter, RectificationPlan)


def why_kept(actor: Actor, kept: Sequence[sheets.Kept]) -> dict[UUID, str]:
    """Those that somebody has acted on, or built upon, since the import, each with what stands against undoing it."""
    kept_ids = [one.record_id for one in kept]
    rows = HiddenDanger.objects.order_by().visible_to(actor).filter(sheets.bulk.among(HiddenDanger, "id", kept_ids))
    versions = dict(rows.select_for_update(of=("self",)).values_list("id", "version"))
    acted = importing.why_acted(kept_ids, "请在这件隐患上办理（更正、终结）。")
    return sheets.why_kept(HiddenDanger, kept, acted=acted, versions=versions, parts=OWN)


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
