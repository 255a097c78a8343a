"""What the screening office does with a find besides grading it: send it up, or fold it into one that is there."""

from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation
from anlan.hidden_dangers.actions.registration import DIRECT_SCREENERS
from anlan.hidden_dangers.actions.steps import fire, hold, join, moving, needed
from anlan.hidden_dangers.choices import Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refused
from anlan.organisations import api as organisations

NOT_ESTABLISHED = frozenset({Status.DISMISSED, Status.MERGED})


def report_up(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    reason: str,
    to_organisation_id: UUID | None = None,
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Hand the screening to an office above (the next one by default): village → township → department."""
    with moving(actor, hidden_danger_id, "report_up", if_versions) as matter:
        office = _office_above(actor, matter, to_organisation_id)
        matter.screening = office
        hold(matter, office)
        fire(actor, matter, "report_up", needed(reason, "reason", "上报理由"), to=office.id)
        join(matter, (office, ParticipationKind.SCREENING))
        return matter


def merge_duplicate(
    *, actor: Actor, hidden_danger_id: UUID, into_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> HiddenDanger:
    """Fold the find into another matter; its reporter takes part in that one from now on."""
    with moving(actor, hidden_danger_id, "merge_duplicate", if_versions) as matter:
        into: HiddenDanger = HiddenDanger.objects.get_visible(actor, id=into_id)
        if into.id == matter.id or into.status in NOT_ESTABLISHED:
            raise Invalid.at("/into", "不能并入自己，也不能并入不成立或者已被合并的隐患。")
        if into.region_path[: len(matter.region.wall_path)] != matter.region.wall_path:
            raise Refused("other_county", "只能并入本县（市、区）的隐患。")
        matter.merged_into = into
        matter.ended_at = clock.now()
        fire(actor, matter, "merge_duplicate", note, into=into.id)
        join(into, (matter.reporter, ParticipationKind.REPORTER))
        return matter


def _office_above(actor: Actor, matter: HiddenDanger, to_organisation_id: UUID | None) -> Organisation:
    if to_organisation_id is None:
        above = organisations.superior_of(matter.screening)
        if above is None:
            raise Invalid.at("/to_organisation", "没有上一级单位，请选择报给哪个单位。")
        return above
    office = organisations.organisation(actor, to_organisation_id)
    if office.kind not in DIRECT_SCREENERS or office.region.wall_path != matter.region.wall_path:
        raise Invalid.at("/to_organisation", "应当报给本县（市、区）的部门、安委办或者专委办。")
    if office.id == matter.screening_id:
        raise Invalid.at("/to_organisation", "这件隐患就在这个单位初审。")
    return office
