"""Several matters at once (DOMAIN §5.7). Each goes through its own action; what is refused says why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from pydantic import ValidationError

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.hidden_dangers import actions
from anlan.hidden_dangers.commands import COMMANDS
from anlan.hidden_dangers.workflow import PROCESS
from anlan.http.api import message_of, pointer_of
from anlan.lib.refusals import FieldError, Invalid, Refusal

AT_MOST = 200
URGE = "urge"
VERBS = {
    # verb: what the button says
    URGE: "催办",
    "redispatch": "转办",
    "report_up": "上报上级",
    "return_to_reporter": "退回上报人",
    "return": "验收退回",
    "merge_duplicate": "合并重复",
}


@dataclass(frozen=True)
class RefusedOne:
    id: UUID
    code: str
    reason: str


@dataclass
class Outcome:
    """``done`` and ``refused`` together are everything that was asked for."""

    done: list[UUID] = field(default_factory=list)
    refused: list[RefusedOne] = field(default_factory=list)


def permission_of(verb: str) -> Permission:
    return Permission.HIDDEN_DANGER_URGE if verb == URGE else PROCESS.rows_of(verb)[0].permission


def offered_to(actor: Actor) -> list[tuple[str, str]]:
    """The verbs the actor's role has, with what their buttons say."""
    return [(verb, label) for verb, label in VERBS.items() if actor.can(permission_of(verb))]


def run(actor: Actor, verb: str, ids: Iterable[UUID], payload: dict[str, Any]) -> Outcome:
    """Do the verb to each matter, one by one, each in its own transaction.

    Raises Forbidden (403) for a role without the verb, and Invalid (422) for too many or a bad payload: then nothing is
    done at all.
    """
    require(actor, permission_of(verb))
    wanted = list(dict.fromkeys(ids))
    if not wanted or len(wanted) > AT_MOST:
        raise Invalid.at("/ids", f"请选择 1 至 {AT_MOST} 件隐患。")
    act = _act(actor, verb, payload)
    outcome = Outcome()
    for matter_id in wanted:
        try:
            with transaction.atomic():
                act(matter_id)
        except Refusal as refusal:
            outcome.refused.append(RefusedOne(matter_id, refusal.code, refusal.reason))
        else:
            outcome.done.append(matter_id)
    return outcome


def _act(actor: Actor, verb: str, payload: dict[str, Any]) -> Any:
    if verb == URGE:
        note = str(payload.get("note", ""))
        return lambda matter_id: actions.urge(actor=actor, hidden_danger_id=matter_id, note=note)
    try:
        command = COMMANDS[verb].model_validate({"verb": verb, **payload})
    except ValidationError as wrong:
        errors = [FieldError(pointer_of(one["loc"]), message_of(dict(one))) for one in wrong.errors()]
        raise Invalid(errors) from wrong
    return lambda matter_id: command.run(actor, matter_id)
