"""领导调度: what a leader said of a major matter and wants done, put down on its timeline (requirements, S3-47)."""

from datetime import date
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.hidden_dangers.actions.steps import needed
from anlan.hidden_dangers.choices import DirectionManner
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import check_can_direct
from anlan.hidden_dangers.selectors import load_organisations
from anlan.hidden_dangers.workflow import DIRECTED, PROCESS
from anlan.lib import clock
from anlan.lib.refusals import Invalid
from anlan.notify import api as notify
from anlan.processes import api as processes

LONGEST_NAME = 60


def direct(*, actor: Actor, hidden_danger_id: UUID, leader: str, manner: str, held_on: date, note: str) -> HiddenDanger:
    """Put down that the matter was directed, and tell whoever is to act. As often as it happens.

    Raises NotInScope (404), Forbidden (403), Refused (409): ended or not major, Invalid (422).
    """
    with transaction.atomic():
        matter: HiddenDanger = HiddenDanger.objects.lock_visible(actor, id=hidden_danger_id)
        require(actor, Permission.HIDDEN_DANGER_DIRECT)
        load_organisations(matter)
        check_can_direct(actor, matter)
        leader = needed(leader, "leader", "调度领导")
        if len(leader) > LONGEST_NAME:
            raise Invalid.at("/leader", f"调度领导不超过 {LONGEST_NAME} 个字。")
        if manner not in DirectionManner.values:
            raise Invalid.at("/manner", "没有这种方式。")
        if not clock.legal_date(matter.registered_at) <= held_on <= clock.today():
            raise Invalid.at("/held_on", "调度日期应在登记之后，不晚于今天。")
        note = needed(note, "note", "调度要求")
        said = {"leader": leader, "manner": manner, "held_on": held_on}
        processes.put_down(actor=actor, process=PROCESS, subject=matter, name=DIRECTED, payload=said, note=note)
        _tell(actor, matter, leader, note)
        return matter


def _tell(actor: Actor, matter: HiddenDanger, leader: str, note: str) -> None:
    for one in {one.id: one for one in (matter.holder, matter.lead) if one is not None}.values():
        notify.tell(
            actor=actor,
            organisation_id=one.id,
            subject_type=PROCESS.subject_type,
            subject_id=matter.id,
            region_path=matter.region_path,
            title=f"{leader}调度重大隐患 {matter.number}"[:120],
            body=note,
            dedupe_key=f"directed:{matter.id}:{one.id}:{clock.now().timestamp():.0f}".replace("-", ""),
        )
