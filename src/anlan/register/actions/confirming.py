"""确认无变化: somebody looked, and what stands in the register is still so (requirements S2-47)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, ids
from anlan.lib.refusals import Invalid, NotInScope
from anlan.register.actions.steps import AT_ONCE, common_path
from anlan.register.models import Enterprise, SupervisedObject


def confirm_unchanged(*, actor: Actor, enterprise_ids: Sequence[UUID]) -> int:
    """Confirm the facts of these enterprises as of now; how many. One entry in the ledger for the list.

    Raises Forbidden (403), NotInScope (404) when one is outside the scope, Invalid (422) for none or too many.
    """
    require(actor, Permission.ENTERPRISE_EDIT)
    return _confirm(actor, Enterprise, enterprise_ids, "enterprise", "家企业")


def confirm_objects_unchanged(*, actor: Actor, object_ids: Sequence[UUID]) -> int:
    """The same for supervised objects."""
    require(actor, Permission.OBJECT_EDIT)
    return _confirm(actor, SupervisedObject, object_ids, "object", "处监管对象")


def _confirm(actor: Actor, model: Any, row_ids: Sequence[UUID], kind: str, noun: str) -> int:
    wanted = set(row_ids)
    if not wanted:
        raise Invalid.at(f"/{kind}s", f"请先勾选{noun[1:]}。")
    if len(wanted) > AT_ONCE:
        raise Invalid.at(f"/{kind}s", f"一次最多 {AT_ONCE} {noun}，请分批办理。")
    with transaction.atomic():
        rows = model.objects.visible_to(actor).filter(id__in=wanted).order_by("id")
        found = list(rows.select_for_update(of=("self",)).values_list("id", "region_path"))
        if len(found) != len(wanted):
            raise NotInScope(noun[1:])
        model.objects.filter(id__in=wanted).update(confirmed_at=clock.now())
        ledger.record(
            actor=actor,
            subject_type=f"{kind}_confirmation",
            subject_id=ids.uuid7(),
            region_path=common_path([path for _, path in found]),
            event=f"{kind}s.confirmed_unchanged",
            payload={"count": len(found), "rows_hash": hashing.leaf_hash([one for one, _ in found]).hex()},
        )
        return len(found)
