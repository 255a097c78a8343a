"""催办: a reminder to whoever is to act, put down on the timeline."""

from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.hidden_dangers.choices import Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import check_can_urge, party_organisation
from anlan.hidden_dangers.selectors import load_organisations
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib import clock
from anlan.lib.refusals import Refused
from anlan.notify import api as notify
from anlan.processes import api as processes


def urge(*, actor: Actor, hidden_danger_id: UUID, note: str = "") -> HiddenDanger:
    """Remind whoever is to act; once a day from one organisation.

    Raises Forbidden (403), NotInScope (404), Refused (409): ended, one's own turn, or urged today already.
    """
    with transaction.atomic():
        matter: HiddenDanger = HiddenDanger.objects.lock_visible(actor, id=hidden_danger_id)
        require(actor, Permission.HIDDEN_DANGER_URGE)
        load_organisations(matter)
        check_can_urge(actor, matter)
        told = [one for one in _to_act(matter) if _tell(actor, matter, one, note.strip())]
        if not told:
            raise Refused("urged_today", "本单位今天已经催办过这件隐患，明天再催。")
        names = "、".join(one.short_name for one in told)
        words = f"催办{names}。{note.strip()}" if note.strip() else f"催办{names}。"
        processes.comment(actor=actor, process=PROCESS, subject=matter, note=words)
        return matter


def _to_act(matter: HiddenDanger) -> list[Organisation]:
    party = party_organisation(matter) if matter.status == Status.RECTIFYING else None
    return list({one.id: one for one in (matter.holder, party) if one is not None}.values())


def _tell(actor: Actor, matter: HiddenDanger, to: Organisation, note: str) -> bool:
    said = f"{matter.number} {matter.place}：{matter.description[:60]}"
    return notify.tell(
        actor=actor,
        organisation_id=to.id,
        subject_type=PROCESS.subject_type,
        subject_id=matter.id,
        region_path=matter.region_path,
        title=f"{actor.organisation_name}催办：请抓紧{matter.get_status_display()}的隐患"[:120],
        body=f"{note}\n{said}" if note else said,
        dedupe_key=f"urge:{matter.id}:{actor.organisation_id}:{to.id}:{clock.today()}".replace("-", ""),
    )
