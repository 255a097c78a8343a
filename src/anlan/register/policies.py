"""What must hold before an act on the register: 403 when it is not this person's, 409 when a condition is unmet."""

from collections.abc import Iterable

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.lib.refusals import Forbidden, Refused
from anlan.register.choices import ChangeState, OperatingStatus
from anlan.register.key_sites import SUPERVISED
from anlan.register.merging import Mergeable, obstacles
from anlan.register.models import Enterprise, Site, SiteTransfer, StatusChange

Holder = Enterprise | Site
RESUMING = frozenset({OperatingStatus.STOPPED, OperatingStatus.SUSPENDED})


def needs_acceptance(status: str, changes: Iterable[StatusChange]) -> bool:
    """Whether going back to 在产 from ``status`` asks for 复产验收: it was stopped since it last worked.

    ``changes`` are those in force, the newest first.
    """
    if status == OperatingStatus.STOPPED:
        return True
    if status != OperatingStatus.SUSPENDED:
        return False
    for change in changes:
        if OperatingStatus.STOPPED in (change.to_status, change.from_status):
            return True
        if OperatingStatus.OPERATING in (change.to_status, change.from_status):
            return False
    return False


def check_can_set_status(holder: Holder, to_status: str, changes: Iterable[StatusChange]) -> None:
    changes = list(changes)
    if to_status == holder.status:
        raise Refused("status_unchanged", f"现在已经是“{holder.get_status_display()}”。")
    if any(change.status == ChangeState.REQUESTED for change in changes):
        raise Refused("resumption_waiting", "有一份复产申请还在等验收，请先办完它。")
    in_force = [change for change in changes if change.status == ChangeState.IN_FORCE]
    if to_status == OperatingStatus.OPERATING and needs_acceptance(holder.status, in_force):
        raise Refused("resumption_needs_acceptance", "停产后恢复生产要先验收：请改用“申请复产验收”，由别人验收。")


def check_can_request_resumption(holder: Holder, changes: Iterable[StatusChange]) -> None:
    changes = list(changes)
    if any(change.status == ChangeState.REQUESTED for change in changes):
        raise Refused("resumption_waiting", "已经有一份复产申请在等验收。")
    in_force = [change for change in changes if change.status == ChangeState.IN_FORCE]
    if not needs_acceptance(holder.status, in_force):
        raise Refused("nothing_to_resume", f"现在是“{holder.get_status_display()}”，不是停产后恢复，不需要复产验收。")


def check_can_accept_resumption(actor: Actor, change: StatusChange) -> None:
    """Whoever asked does not accept."""
    if actor.is_party(change.asked_by_id):
        raise Forbidden("own_request", "复产验收要由申请人以外的人办理，请交给同事或者上级。")


def check_can_propose_transfer(site: Site, to_unit: Organisation) -> None:
    if to_unit.id == site.local_unit_id:
        raise Refused("same_unit", f"属地单位还是{to_unit.short_name}，直接修改场所的地址就可以。")


def check_receives(actor: Actor, transfer: SiteTransfer) -> None:
    if not is_receiver(actor, transfer):
        raise Forbidden("not_the_receiver", f"由接收单位{transfer.to_unit.short_name}答复。")


def is_receiver(actor: Actor, transfer: SiteTransfer) -> bool:
    """Whether the actor acts for the receiving unit, an office of it, or whoever it belongs to."""
    unit = transfer.to_unit.path
    return actor.within(unit) or actor.organisation_path.startswith(unit)


def check_can_withdraw_transfer(actor: Actor, transfer: SiteTransfer) -> None:
    """The side that proposed takes it back; the receiver refuses instead."""
    if is_receiver(actor, transfer):
        raise Forbidden("is_the_receiver", "接收单位请选“不接收”并说明理由。")


def check_can_merge(merged: Mergeable, survivor: Mergeable) -> None:
    """One enterprise, or one site of it, written down twice; nothing in the way."""
    if isinstance(merged, Enterprise) and isinstance(survivor, Enterprise):
        _check_one_legal_person(merged, survivor)
    elif isinstance(merged, Site) and isinstance(survivor, Site):
        _check_one_place(merged, survivor)
    if found := obstacles(merged, survivor):
        raise Refused("in_the_way", "".join(found))


def _check_one_legal_person(merged: Enterprise, survivor: Enterprise) -> None:
    """Of one county, with one credit code at most."""
    if merged.wall_path != survivor.wall_path:
        raise Refused("two_counties", "两家不在同一个县（市、区），各县各登记各的，不合并。")
    if merged.unified_social_credit_code:
        if survivor.unified_social_credit_code:
            raise Refused(
                "two_legal_persons", "两家的统一社会信用代码不同，是两个法人，不能合并；不是重复请点“不是重复”。"
            )
        raise Refused("keep_the_code", f"{merged.name}有统一社会信用代码，请保留它，把另一家并进来。")


def _check_one_place(merged: Site, survivor: Site) -> None:
    """Of one enterprise and one 属地 unit; one that works is not laid into one that is closed."""
    if merged.enterprise_id != survivor.enterprise_id:
        raise Refused(
            "two_enterprises",
            f"两处场所分属{merged.enterprise}和{survivor.enterprise}。确是同一家企业的，请先合并企业，再合并场所。",
        )
    if merged.local_unit_id != survivor.local_unit_id:
        units = f"{merged.local_unit.short_name}、{survivor.local_unit.short_name}"
        raise Refused("two_local_units", f"两处场所的属地单位不同（{units}）。请先用“移交”转到同一个属地单位，再合并。")
    if merged.status in SUPERVISED and survivor.status not in SUPERVISED:
        label = survivor.get_status_display()
        raise Refused("keep_the_working_one", f"“{survivor.name}”已经是“{label}”，请保留“{merged.name}”，把它并进来。")
