"""Findings become hidden dangers in the same act (DOMAIN §3)."""

from anlan.authz.actors import Actor
from anlan.hidden_dangers import api as loop
from anlan.inspections.actions.answers import Found, Sheet
from anlan.inspections.models import CheckFinding, CheckRecord


def register_findings(actor: Actor, check: CheckRecord, sheet: Sheet, source: loop.Source) -> None:
    """Register every finding as a hidden danger and tie it to the check."""
    CheckFinding.objects.bulk_create(
        CheckFinding(
            check_record=check,
            region_path=check.region_path,
            item=found.item,
            hidden_danger=register_found(actor, check, found, source),
        )
        for found in sheet.found
    )


def register_found(actor: Actor, check: CheckRecord, found: Found, source: loop.Source) -> loop.HiddenDanger:
    return loop.register(
        actor=actor,
        find=loop.Find(
            description=found.description,
            source=source,
            place=found.place,
            region_id=check.region_id,
            site_id=check.site_id,
            object_id=check.supervised_object_id,
            sector=found.sector,
            suggested_level=found.level,
            photo_ids=found.photo_ids,
        ),
    )
