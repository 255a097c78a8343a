"""Who may do what to a matter, beyond the role: `check_can_<verb>(actor, matter)` raises Forbidden (403: not this
person) or Refused (409: a condition is unmet). The table in `workflow` says the same in words."""

from collections.abc import Callable

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Organisation
from anlan.authz.permissions import Permission
from anlan.hidden_dangers.choices import MajorState
from anlan.hidden_dangers.holds import held_by
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.selectors import pending_extension, pending_suspension, plan_of
from anlan.hidden_dangers.terms import EXTENSIONS_AT_MOST
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib.refusals import Forbidden, Refused
from anlan.organisations import api as organisations
from anlan.processes import api as processes

Checker = Callable[[Actor, HiddenDanger], None]

NEVER_ACCEPTS_MAJOR = frozenset(
    {
        OrganisationKind.TOWNSHIP,
        OrganisationKind.TOWNSHIP_OFFICE,
        OrganisationKind.VILLAGE,
        OrganisationKind.AGENCY,
        OrganisationKind.ENTERPRISE,
    }
)


def acts_for(actor: Actor, *organisations: Organisation | None) -> bool:
    """Whether the actor acts for one of the organisations (or for one above it)."""
    return actor.is_system or any(o is not None and actor.within(o.path) for o in organisations)


def _must_act_for(actor: Actor, verb: str, *organisations: Organisation | None) -> None:
    if not acts_for(actor, *organisations):
        names = "、".join(dict.fromkeys(o.short_name for o in organisations if o is not None))
        raise Forbidden(
            "not_your_turn", f"这件隐患由{names or '有关单位'}{verb}，您所在的{actor.organisation_name}不能办理。"
        )


def _no_major_pending(matter: HiddenDanger) -> None:
    if matter.major_state == MajorState.PROPOSED:
        decider = matter.major_decider.short_name if matter.major_decider else "主管部门"
        raise Refused("major_pending", f"已提请{decider}判定是否重大，判定后再办理。", "安全生产法第一百一十八条")


def is_rectifier(actor: Actor, matter: HiddenDanger) -> bool:
    """Whether the actor belongs to the responsible party (one of its divisions counts, one above it does not)."""
    party = party_organisation(matter)
    return party is not None and actor.organisation_path.startswith(party.path)


def party_organisation(matter: HiddenDanger) -> Organisation | None:
    """The organisation through which the responsible party signs in, if it has one."""
    if matter.party_enterprise is not None:
        return matter.party_enterprise.organisation
    return matter.party_organisation


def acceptor(matter: HiddenDanger) -> Organisation | None:
    """Who accepts: the deciding department for a major matter, else whoever dispatched it (DOMAIN §4); where that
    would be the responsible party itself, whoever stands above it (requirements, D3)."""
    usual = matter.major_decider if matter.is_major else (matter.dispatcher or matter.screening)
    party = party_organisation(matter)
    if usual is None or party is None or not usual.path.startswith(party.path):
        return usual
    return organisations.superior_of(usual) or usual


def check_can_register(actor: Actor, matter: HiddenDanger) -> None:
    """Again by whoever reported it and nobody else: what they wrote is theirs (DOMAIN §4). Where they never do, the
    screening office is not stuck: it withdraws its return, corrects with a trace, or terminates."""
    if matter.status and not actor.is_system and actor.organisation_id != matter.reporter_id:
        raise Forbidden(
            "not_your_turn",
            f"退回的隐患由上报单位{matter.reporter.short_name}重新登记。等不到的，由退回的人撤回退回后更正，"
            "或者由初审单位终结。",
        )


def check_can_return_to_reporter(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "核定", matter.screening)


def check_can_dismiss(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "核定", matter.screening)


def check_can_confirm(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "核定", matter.screening)
    _no_major_pending(matter)


def check_can_propose_major(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "提请判定", matter.screening, matter.dispatcher, matter.lead)
    if matter.major_state == MajorState.PROPOSED:
        _no_major_pending(matter)
    if matter.major_state == MajorState.CONFIRMED:
        raise Refused("already_major", "这件隐患已经判定为重大。")


def check_can_ask_rule(actor: Actor, matter: HiddenDanger) -> None:
    """Those who propose and those who decide may ask a rule, while it can still be proposed."""
    if not (actor.can(Permission.HIDDEN_DANGER_PROPOSE_MAJOR) or actor.can(Permission.HIDDEN_DANGER_CONFIRM_MAJOR)):
        raise Forbidden("forbidden", f"您当前的身份（{actor.role.label}）不提请、不判定重大，不能按标准判。")
    _must_act_for(actor, "提请或者判定", matter.screening, matter.dispatcher, matter.lead, matter.major_decider)
    if PROCESS.row("propose_major", matter.status) is None:
        now = {"current_status": matter.status, "current_version": matter.version}
        reason = f"这件隐患现在是“{matter.get_status_display()}”，不再判是否重大。"
        raise Refused("wrong_state", reason, extra=now, about=matter.id)


def may_read_findings(actor: Actor, matter: HiddenDanger) -> bool:
    """An enterprise learns what a rule said once the department has decided, as far as it learns of the decision."""
    if not actor.is_enterprise or matter.major_state == MajorState.CONFIRMED:
        return True
    return matter.major_state == MajorState.REFUSED and actor.organisation_id == matter.reporter_id


def _check_decides_major(actor: Actor, matter: HiddenDanger) -> None:
    if matter.major_state != MajorState.PROPOSED:
        raise Refused("not_proposed", "还没有提请判定重大，请先由初审、交办或者主办单位提请。")
    _must_act_for(actor, "判定是否重大", matter.major_decider)


check_can_confirm_major = _check_decides_major
check_can_refuse_major = _check_decides_major


def check_can_merge_duplicate(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "核定", matter.screening)


def check_can_report_up(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "上报", matter.screening)
    _no_major_pending(matter)


def check_can_fix_on_the_spot(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "现场整改", matter.reporter, matter.screening)
    _no_major_pending(matter)
    if matter.is_major:
        raise Refused("major_is_not_for_the_spot", "重大隐患不能立即整改了结，请交办整改。")


def _check_was_bounced(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "交办", matter.screening)
    _no_major_pending(matter)
    if not matter.bounce_count:
        raise Refused("not_bounced", "没有被退件，请直接“交办”。")


check_can_redispatch = _check_was_bounced
check_can_designate = _check_was_bounced


def check_can_bounce(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "签收或者退件", matter.lead)
    if matter.is_designated:
        raise Refused("designated", "这件隐患是指定承办的，不能再退。")
    if matter.bounce_count:
        raise Refused("bounced_before", "这件隐患已经退过一次，请签收；确有困难的请与交办单位协商。")


def check_can_request_extension(actor: Actor, matter: HiddenDanger) -> None:
    _check_puts_right(actor, matter)
    if pending_extension(matter):
        raise Refused("extension_pending", "已有一份延期申请待批。")
    if matter.extension_count >= EXTENSIONS_AT_MOST:
        raise Refused("no_more_extensions", f"最多延期 {EXTENSIONS_AT_MOST} 次，已经用完。不能按期整改的，请申请暂缓。")


def _check_decides_extension(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "审批延期", matter.dispatcher)
    request = pending_extension(matter)
    if request is None:
        raise Refused("nothing_requested", "没有待批的延期申请。")
    if actor.is_party(request.requested_by_id):
        raise Forbidden("own_request", "申请人不能审批自己的申请。")


check_can_approve_extension = _check_decides_extension
check_can_refuse_extension = _check_decides_extension


def check_can_look_back(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "回头看", matter.screening, matter.dispatcher, matter.major_decider)
    if actor.is_party(matter.accepted_by_id):
        raise Forbidden("own_acceptance", "回头看由验收人以外的人进行。")


def check_can_withdraw(actor: Actor, matter: HiddenDanger) -> None:
    processes.check_can_withdraw(actor, PROCESS, matter.id, matter.history_read)


def check_can_correct(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "更正", matter.screening, matter.dispatcher)


def check_can_dispatch(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "交办", matter.screening)
    if matter.bounce_count:
        raise Refused("was_bounced", "这件隐患被退过件，请“转办”或者“指定承办”。")
    _no_major_pending(matter)


def check_can_acknowledge(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "签收", matter.lead)


def _check_puts_right(actor: Actor, matter: HiddenDanger) -> None:
    if not is_rectifier(actor, matter):
        _must_act_for(actor, "整改", matter.lead)


def check_can_fill_five(actor: Actor, matter: HiddenDanger) -> None:
    _check_puts_right(actor, matter)


def check_can_request_suspension(actor: Actor, matter: HiddenDanger) -> None:
    _check_puts_right(actor, matter)
    if pending_suspension(matter):
        raise Refused("suspension_pending", "已有一份暂缓申请待批。")


def _check_decides_suspension(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "审批暂缓", matter.dispatcher)
    request = pending_suspension(matter)
    if request is None:
        raise Refused("nothing_requested", "没有待批的暂缓申请。")
    if actor.is_party(request.requested_by_id):
        raise Forbidden("own_request", "申请人不能审批自己的申请。")


check_can_approve_suspension = _check_decides_suspension
check_can_refuse_suspension = _check_decides_suspension


def check_can_resume(actor: Actor, matter: HiddenDanger) -> None:
    if not is_rectifier(actor, matter):
        _must_act_for(actor, "恢复整改", matter.lead, matter.dispatcher)


def check_can_submit_rectification(actor: Actor, matter: HiddenDanger) -> None:
    if not is_rectifier(actor, matter):
        _must_act_for(actor, "报验", matter.lead)
        if party_organisation(matter) is not None and party_organisation(matter) != matter.lead:
            raise Forbidden("party_reports_itself", "责任单位已有账号，由责任单位自己报验。")
    _no_major_pending(matter)
    if pending_suspension(matter):
        raise Refused("suspension_pending", "暂缓申请待批，批复后再报验。")
    if pending_extension(matter):
        raise Refused("extension_pending", "延期申请待批，批复后再报验。")
    if matter.is_major:
        _five_complete(matter)


def _five_complete(matter: HiddenDanger) -> None:
    plan = plan_of(matter)
    missing = plan.missing() if plan else ["方案", "时限", "责任", "资金", "措施"]
    if missing:
        text = f"重大隐患“五到位”还缺：{'、'.join(missing)}。补齐后再报验。"
        raise Refused("five_incomplete", text, "安全生产法第四十一条", {"missing": missing})


def _check_decides_acceptance(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "验收", acceptor(matter))
    if is_rectifier(actor, matter) or actor.is_party(matter.submitted_by_id):
        raise Forbidden("own_rectification", "验收人不能是整改人或者报验人。")
    if matter.is_major and actor.organisation_kind in NEVER_ACCEPTS_MAJOR:
        raise Forbidden("major_by_department", "重大隐患由判定部门到场验收。")


check_can_return = _check_decides_acceptance
check_can_accept_rectification = _check_decides_acceptance


def check_can_close(actor: Actor, matter: HiddenDanger) -> None:
    _check_decides_acceptance(actor, matter)
    if holders := held_by(matter):
        raise Refused("listed", f"还没有摘牌：{'、'.join(holders)}。全部摘牌以后自动销号。")


def puts_right(actor: Actor, matter: HiddenDanger) -> bool:
    """Whether the actor is of those who put it right: the responsible party or the lead."""
    return is_rectifier(actor, matter) or acts_for(actor, matter.lead)


def check_can_terminate(actor: Actor, matter: HiddenDanger) -> None:
    _must_act_for(actor, "终结", matter.dispatcher or matter.screening)


def check_can_direct(actor: Actor, matter: HiddenDanger) -> None:
    """A major matter that is under way; who directs is the role's affair, and the region's."""
    if not matter.is_open:
        raise Refused("ended", "这件隐患已经办结，不用调度。")
    if not matter.is_major:
        raise Refused("not_major", "领导调度登记的是重大隐患；其他隐患请用“催办”或者留言。")


def may_direct(actor: Actor, matter: HiddenDanger) -> bool:
    return actor.can(Permission.HIDDEN_DANGER_DIRECT) and matter.is_open and matter.is_major


def check_can_urge(actor: Actor, matter: HiddenDanger) -> None:
    """Who looks on may urge whoever is to act, not itself; what has ended is not urged."""
    if not matter.is_open:
        raise Refused("ended", "这件隐患已经办结，不用催办。")
    if matter.holder_id == actor.organisation_id:
        raise Refused("own_turn", "这件隐患正由本单位办理，请直接办理。")


def checker(verb: str) -> Checker:
    """The policy of a verb; KeyError when there is none (a meta-test holds every verb to one)."""
    return globals()[f"check_can_{verb}"]
