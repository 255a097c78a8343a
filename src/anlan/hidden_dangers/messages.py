"""Who is told what when something happens to a matter. One table; reactions send it."""

from collections.abc import Callable
from dataclasses import dataclass

from anlan.authz.models import Organisation
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import acceptor, party_organisation

Recipients = Callable[[HiddenDanger], list[Organisation | None]]


@dataclass(frozen=True)
class Telling:
    """``title`` goes to everyone ``to`` names; ``{number}`` and ``{due_on}`` are filled in."""

    title: str
    to: Recipients


def _screening(matter: HiddenDanger) -> list[Organisation | None]:
    return [matter.screening]


def _reporter(matter: HiddenDanger) -> list[Organisation | None]:
    return [matter.reporter]


def _decider(matter: HiddenDanger) -> list[Organisation | None]:
    return [matter.major_decider]


def _lead(matter: HiddenDanger) -> list[Organisation | None]:
    return [matter.lead]


def _rectifiers(matter: HiddenDanger) -> list[Organisation | None]:
    return [matter.lead, party_organisation(matter)]


def _dispatcher(matter: HiddenDanger) -> list[Organisation | None]:
    return [matter.dispatcher]


def _acceptor(matter: HiddenDanger) -> list[Organisation | None]:
    return [acceptor(matter)]


def _both_sides(matter: HiddenDanger) -> list[Organisation | None]:
    return [matter.lead, party_organisation(matter), matter.dispatcher]


def _everyone(matter: HiddenDanger) -> list[Organisation | None]:
    return [matter.reporter, matter.lead, party_organisation(matter)]


TELLINGS: dict[str, Telling] = {
    "hidden_danger.registered": Telling("有新登记的隐患待核定", _screening),
    "hidden_danger.returned_to_reporter": Telling("您上报的隐患被退回，请补充后重新登记", _reporter),
    "hidden_danger.dismissed": Telling("您上报的隐患经核实不成立", _reporter),
    "hidden_danger.confirmed": Telling("您上报的隐患已核定", _reporter),
    "hidden_danger.major_proposed": Telling("有疑似重大事故隐患待判定", _decider),
    "hidden_danger.major_confirmed": Telling("隐患已判定为重大", _both_sides),
    "hidden_danger.major_refused": Telling("隐患经判定不属重大", _screening),
    "hidden_danger.dispatched": Telling("有隐患交办给您，整改期限 {due_on}", _rectifiers),
    "hidden_danger.suspension_requested": Telling("有暂缓整改申请待审批", _dispatcher),
    "hidden_danger.suspension_approved": Telling("暂缓整改申请已批准", _rectifiers),
    "hidden_danger.suspension_refused": Telling("暂缓整改申请未批准，请继续整改", _rectifiers),
    "hidden_danger.rectification_submitted": Telling("有隐患报验，请组织验收", _acceptor),
    "hidden_danger.returned": Telling("隐患验收被退回，请重新整改", _rectifiers),
    "hidden_danger.closed": Telling("隐患已验收销号", _everyone),
    "hidden_danger.terminated": Telling("隐患已终结", _everyone),
    "hidden_danger.merged": Telling("您上报的隐患已与另一件合并办理", _reporter),
    "hidden_danger.reported_up": Telling("有上报的隐患待核定", _screening),
    "hidden_danger.fixed_on_the_spot": Telling("有立即整改的隐患待验收", _acceptor),
    "hidden_danger.bounced": Telling("交办的隐患被退件，请转办或者指定", _dispatcher),
    "hidden_danger.redispatched": Telling("有隐患转办给您，整改期限 {due_on}", _rectifiers),
    "hidden_danger.designated": Telling("有隐患指定由您承办，整改期限 {due_on}", _rectifiers),
    "hidden_danger.extension_requested": Telling("有延期申请待审批", _dispatcher),
    "hidden_danger.extension_approved": Telling("延期申请已批准，整改期限 {due_on}", _rectifiers),
    "hidden_danger.extension_refused": Telling("延期申请未批准，请按期整改", _rectifiers),
    "hidden_danger.looked_back": Telling("隐患已回头看", _both_sides),
    "hidden_danger.withdrawn": Telling("有一步办理被撤回", _both_sides),
    "hidden_danger.screening_overdue": Telling("隐患核定已超期", _screening),
    "hidden_danger.major_decision_overdue": Telling("重大事故隐患判定已超期", _decider),
    "hidden_danger.dispatch_overdue": Telling("已核定的隐患交办超期", _screening),
    "hidden_danger.acknowledgement_overdue": Telling("交办的隐患超期未签收", _both_sides),
    "hidden_danger.rectification_due_soon": Telling("隐患整改还有 3 天到期（{due_on}）", _rectifiers),
    "hidden_danger.rectification_due_today": Telling("隐患整改今天到期", _rectifiers),
    "hidden_danger.rectification_overdue": Telling("隐患整改已逾期（期限 {due_on}）", _both_sides),
    "hidden_danger.rectification_long_overdue": Telling("隐患整改逾期超过 7 天", _both_sides),
    "hidden_danger.suspension_review_due": Telling("暂缓整改的隐患今天应当复核", _both_sides),
    "hidden_danger.suspension_review_overdue": Telling("暂缓整改的隐患复核超期", _both_sides),
    "hidden_danger.acceptance_overdue": Telling("报验的隐患验收超期", _acceptor),
}
