"""Publishing a version of a checklist. What is published never changes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.inspections import selectors
from anlan.inspections.choices import AnswerKind
from anlan.inspections.models import Checklist, ChecklistItem, ChecklistVersion
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing
from anlan.lib.refusals import Invalid, Refused


@dataclass(frozen=True)
class NewItem:
    text: str
    section: str = ""
    basis: str = ""
    answer_kind: str = AnswerKind.PASS_FAIL
    unit: str = ""
    danger_text: str = ""
    sector: str = ""
    level: str = ""


def publish_checklist(
    *,
    actor: Actor,
    code: str,
    name: str,
    source: str,
    items: Sequence[NewItem],
    for_self_check: bool = True,
) -> ChecklistVersion:
    """Publish the next version; the system's are delivered to every county. The same items again change nothing.

    Raises Invalid (422) without items, Forbidden (403) without the permission.
    """
    owner_path = "" if actor.is_system else actor.wall[0]
    with transaction.atomic():
        require(actor, Permission.CHECKLIST_EDIT)
        if not items:
            raise Invalid.at("/items", "检查表至少有一项。")
        checklist = selectors.owned_checklist(owner_path, code) or Checklist.objects.create(
            owner_path=owner_path, code=code, name=name, for_self_check=for_self_check
        )
        latest = selectors.latest_version(checklist)
        if latest is not None and _same(latest, items):
            return latest
        version = ChecklistVersion.objects.create(
            checklist=checklist,
            number=1 if latest is None else latest.number + 1,
            published_at=clock.now(),
            source=source,
        )
        ChecklistItem.objects.bulk_create(
            ChecklistItem(version=version, number=number, **asdict(item)) for number, item in enumerate(items, 1)
        )
        _record(actor, version, items)
        return version


def _same(version: ChecklistVersion, items: Sequence[NewItem]) -> bool:
    return [
        NewItem(**{name: getattr(item, name) for name in asdict(items[0])}) for item in version.items.all()
    ] == list(items)


def _record(actor: Actor, version: ChecklistVersion, items: Sequence[NewItem]) -> None:
    content = [asdict(item) for item in items]
    ledger.record(
        actor=actor,
        subject_type="checklist",
        subject_id=version.id,
        region_path=actor.wall[0],
        event="checklist.published",
        payload={
            "code": version.checklist.code,
            "version": version.number,
            "items": len(content),
            "sha256": hashing.leaf_hash(content).hex(),
        },
    )


def check_usable(version: ChecklistVersion, *, by_enterprise: bool) -> None:
    """Refused (409) for a list that enterprises do not check themselves by."""
    if by_enterprise and not version.checklist.for_self_check:
        raise Refused("not_for_self_check", "这张检查表不供企业自查使用，请换一张。")
