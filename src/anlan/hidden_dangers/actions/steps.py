"""What every verb does the same way: lock within the scope, check state and policy, fire."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation
from anlan.authz.participation import take_part_together
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.files import api as files
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import checker
from anlan.hidden_dangers.selectors import load_organisations
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib.refusals import Invalid
from anlan.processes import api as processes


@contextmanager
def moving(
    actor: Actor, hidden_danger_id: UUID, verb: str, if_versions: frozenset[int] | None
) -> Iterator[HiddenDanger]:
    """One transaction around a verb: the matter locked within the actor's scope (404), the role (403), the state
    (409) and the policy (403 or 409) checked in this order."""
    with transaction.atomic():
        rows = HiddenDanger.objects.select_related("party_enterprise", "site", "supervised_object")
        matter = rows.lock_visible(actor, id=hidden_danger_id)
        require(actor, PROCESS.rows_of(verb)[0].permission)
        processes.check_state(PROCESS, matter, verb, if_versions)
        load_organisations(matter)
        processes.remember(matter)
        checker(verb)(actor, matter)
        yield matter


def fire(
    actor: Actor, matter: HiddenDanger, verb: str, note: str = "", *, is_automatic: bool = False, **payload: Any
) -> None:
    """Fire the verb with what was decided; empty values are left out of the payload."""
    kept = {name: value for name, value in payload.items() if value not in (None, "", [], ())}
    processes.fire(
        actor=actor,
        process=PROCESS,
        subject=matter,
        verb=verb,
        note=note,
        payload=kept,
        is_automatic=is_automatic,
    )


def comment(*, actor: Actor, hidden_danger_id: UUID, note: str) -> processes.Event:
    """Leave a comment on the timeline."""
    with transaction.atomic():
        matter = HiddenDanger.objects.get_visible(actor, id=hidden_danger_id)
        require(actor, Permission.HIDDEN_DANGER_COMMENT)
        words = needed(note, "note", "留言内容")
        return processes.comment(actor=actor, process=PROCESS, subject=matter, note=words)


def hold(matter: HiddenDanger, organisation: Organisation) -> None:
    """Let ``organisation`` be the one that must act next."""
    matter.holder = organisation
    matter.holder_path = organisation.path


def join(matter: HiddenDanger, *parts: tuple[Organisation | None, ParticipationKind]) -> None:
    """Let the organisations take part in the matter, each in its part."""
    known = [(organisation, kind) for organisation, kind in parts if organisation is not None]
    take_part_together(matter_id=matter.id, parts=known, region_path=matter.region_path)


def attach(actor: Actor, matter: HiddenDanger, file_ids: list[UUID], kind: str) -> None:
    """Attach uploads of the actor to the matter as evidence of ``kind``."""
    if file_ids:
        files.attach(
            actor=actor,
            file_ids=file_ids,
            subject_type=PROCESS.subject_type,
            subject_id=matter.id,
            region_path=matter.region_path,
            kind=kind,
        )


def needed(text: str, pointer: str, label: str) -> str:
    """The text without outer blanks, or Invalid (422) when nothing is left."""
    text = text.strip()
    if not text:
        raise Invalid.at(f"/{pointer}", f"请填写{label}。")
    return text
