"""What every act does the same way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.scope import require
from anlan.inspections.models import CheckRecord
from anlan.inspections.workflow import PROCESS
from anlan.lib.refusals import Invalid
from anlan.processes import api as processes


@contextmanager
def moving(actor: Actor, check_id: UUID, verb: str, if_versions: frozenset[int] | None) -> Iterator[CheckRecord]:
    """One transaction around a verb: the check locked within the scope (404), the role (403), the state (409)."""
    with transaction.atomic():
        check = CheckRecord.objects.lock_visible(actor, id=check_id)
        require(actor, PROCESS.rows_of(verb)[0].permission)
        processes.check_state(PROCESS, check, verb, if_versions)
        yield check


def fire(actor: Actor, check: CheckRecord, verb: str, note: str = "", **payload: Any) -> None:
    """Fire the verb with what was decided; empty values are left out of the payload."""
    kept = {name: value for name, value in payload.items() if value not in (None, "", [], ())}
    processes.fire(actor=actor, process=PROCESS, subject=check, verb=verb, note=note, payload=kept)


def needed(text: str, pointer: str, label: str) -> str:
    """The text without outer blanks, or Invalid (422) when nothing is left."""
    text = text.strip()
    if not text:
        raise Invalid.at(pointer, f"请填写{label}。")
    return text
