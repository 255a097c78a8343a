"""The transition table of the loop (DOMAIN §4). Buttons, API, permissions, deadlines, diagram and tests come from it."""

from datetime import date
from typing import Any

from anlan.authz.permissions import Permission as Perm
from anlan.hidden_dangers.choices import OPEN_STATUSES, DeadlineName, Status
from anlan.hidden_dangers.terms import TERMS
from anlan.processes.api import NEW, SAME, DeadlineKind, Process, Step, Transition, register

S, D = Status, DeadlineName
ALL_DEADLINES = tuple(DeadlineName.values)

TRANSITIONS = (
    Transition(
        verb="register",
        label="登记",
        sources=(NEW, S.RETURNED_TO_REPORTER),
        target=S.REGISTERED,
        permission=Perm.HIDDEN_DANGER_REGISTER,
        event="hidden_danger.registered",
        who="任何渠道的发现人；退回的由原上报人重新登记",
        opens=(D.SCREEN,),
        article="安全生产法第四十一条、第七十四条",
    ),
    Transition(
        verb="return_to_reporter",
        label="退回上报人",
        sources=(S.REGISTERED,),
        target=S.RETURNED_TO_REPORTER,
        permission=Perm.HIDDEN_DANGER_RETURN_TO_REPORTER,
        event="hidden_danger.returned_to_reporter",
        who="初审单位",
        requires="填写理由",
        meets=(D.SCREEN,),
        cancels=(D.DECIDE_MAJOR,),
    ),
    Transition(
        verb="dismiss",
        label="认定不成立",
        sources=(S.REGISTERED,),
        target=S.DISMISSED,
        permission=Perm.HIDDEN_DANGER_DISMISS,
        event="hidden_danger.dismissed",
        who="初审单位",
        requires="填写理由，上报人收到答复",
        meets=(D.SCREEN,),
        cancels=(D.DECIDE_MAJOR,),
    ),
    Transition(
        verb="confirm",
        label="核定",
        sources=(S.REGISTERED,),
        target=S.CONFIRMED,
        permission=Perm.HIDDEN_DANGER_CONFIRM,
        event="hidden_danger.confirmed",
        who="乡镇（街道）或者检查单位，只核定一般隐患",
        requires="成因、责任主体；提请判定重大的等判定结果",
        meets=(D.SCREEN,),
        opens=(D.DISPATCH,),
    ),
    Transition(
        verb="propose_major",
        label="提请判定重大",
        sources=(S.REGISTERED, S.CONFIRMED, S.DISPATCHED, S.RECTIFYING),
        target=SAME,
        permission=Perm.HIDDEN_DANGER_PROPOSE_MAJOR,
        event="hidden_danger.major_proposed",
        who="初审单位、交办单位、主办单位",
        requires="行业领域已定，尚未提请",
        opens=(D.DECIDE_MAJOR,),
    ),
    Transition(
        verb="confirm_major",
        label="判定为重大",
        sources=(S.REGISTERED, S.CONFIRMED),
        target=S.CONFIRMED,
        permission=Perm.HIDDEN_DANGER_CONFIRM_MAJOR,
        event="hidden_danger.major_confirmed",
        who="对该事项负有监管职责的部门",
        requires="判定依据的条款",
        article="安全生产法第一百一十八条",
        meets=(D.SCREEN, D.DECIDE_MAJOR),
        opens=(D.DISPATCH,),
    ),
    Transition(
        verb="confirm_major",
        label="判定为重大",
        sources=(S.DISPATCHED, S.RECTIFYING),
        target=SAME,
        permission=Perm.HIDDEN_DANGER_CONFIRM_MAJOR,
        event="hidden_danger.major_confirmed",
        who="对该事项负有监管职责的部门",
        requires="判定依据的条款",
        article="安全生产法第一百一十八条",
        meets=(D.DECIDE_MAJOR,),
    ),
    Transition(
        verb="refuse_major",
        label="判定不属重大",
        sources=(S.REGISTERED, S.CONFIRMED, S.DISPATCHED, S.RECTIFYING),
        target=SAME,
        permission=Perm.HIDDEN_DANGER_REFUSE_MAJOR,
        event="hidden_danger.major_refused",
        who="对该事项负有监管职责的部门",
        requires="填写理由",
        meets=(D.DECIDE_MAJOR,),
    ),
    Transition(
        verb="dispatch",
        label="交办",
        sources=(S.CONFIRMED,),
        target=S.DISPATCHED,
        permission=Perm.HIDDEN_DANGER_DISPATCH,
        event="hidden_danger.dispatched",
        who="核定单位",
        requires="一个主办单位、整改期限、处置方式",
        document="交办单",
        meets=(D.DISPATCH,),
        opens=(D.ACKNOWLEDGE, D.RECTIFY),
    ),
    Transition(
        verb="acknowledge",
        label="签收",
        sources=(S.DISPATCHED,),
        target=S.RECTIFYING,
        permission=Perm.HIDDEN_DANGER_ACKNOWLEDGE,
        event="hidden_danger.acknowledged",
        who="主办单位",
        meets=(D.ACKNOWLEDGE,),
    ),
    Transition(
        verb="fill_five",
        label="填报五到位",
        sources=(S.RECTIFYING,),
        target=SAME,
        permission=Perm.HIDDEN_DANGER_FILL_FIVE,
        event="hidden_danger.five_filled",
        who="责任主体，或者主办单位代填",
        requires="方案、时限、责任人、资金、措施",
        document="重大事故隐患治理方案",
        article="安全生产法第四十一条",
    ),
    Transition(
        verb="request_suspension",
        label="申请暂缓整改",
        sources=(S.RECTIFYING,),
        target=SAME,
        permission=Perm.HIDDEN_DANGER_REQUEST_SUSPENSION,
        event="hidden_danger.suspension_requested",
        who="责任主体，或者主办单位",
        requires="防范措施、复核日期",
    ),
    Transition(
        verb="approve_suspension",
        label="批准暂缓整改",
        sources=(S.RECTIFYING,),
        target=S.SUSPENDED,
        permission=Perm.HIDDEN_DANGER_APPROVE_SUSPENSION,
        event="hidden_danger.suspension_approved",
        who="交办单位，不得是申请人",
        requires="有待批的申请",
        pauses=(D.RECTIFY,),
        opens=(D.REVIEW_SUSPENSION,),
    ),
    Transition(
        verb="refuse_suspension",
        label="不批准暂缓",
        sources=(S.RECTIFYING,),
        target=SAME,
        permission=Perm.HIDDEN_DANGER_REFUSE_SUSPENSION,
        event="hidden_danger.suspension_refused",
        who="交办单位",
        requires="有待批的申请，填写理由",
    ),
    Transition(
        verb="resume",
        label="恢复整改",
        sources=(S.SUSPENDED,),
        target=S.RECTIFYING,
        permission=Perm.HIDDEN_DANGER_RESUME,
        event="hidden_danger.resumed",
        who="责任主体、主办单位或者交办单位",
        meets=(D.REVIEW_SUSPENSION,),
        resumes=(D.RECTIFY,),
    ),
    Transition(
        verb="submit_rectification",
        label="报验",
        sources=(S.RECTIFYING,),
        target=S.SUBMITTED,
        permission=Perm.HIDDEN_DANGER_SUBMIT_RECTIFICATION,
        event="hidden_danger.rectification_submitted",
        who="责任主体；没有账号的由主办单位代报",
        requires="整改说明、整改后照片；重大隐患五到位齐全；没有待批的暂缓和待判定的重大",
        document="整改报告（回执）",
        meets=(D.RECTIFY,),
        opens=(D.ACCEPT,),
    ),
    Transition(
        verb="return",
        label="验收退回",
        sources=(S.SUBMITTED,),
        target=S.RECTIFYING,
        permission=Perm.HIDDEN_DANGER_RETURN,
        event="hidden_danger.returned",
        who="验收单位",
        requires="填写理由，计入退回次数",
        meets=(D.ACCEPT,),
        opens=(D.RECTIFY,),
    ),
    Transition(
        verb="accept_rectification",
        label="验收",
        sources=(S.SUBMITTED,),
        target=S.ACCEPTED,
        permission=Perm.HIDDEN_DANGER_ACCEPT_RECTIFICATION,
        event="hidden_danger.rectification_accepted",
        who="一般隐患由交办单位，重大隐患由判定部门；验收人不是整改人",
        requires="重大隐患附企业自验报告，两名以上执法人员到场",
        document="整改验收表",
        meets=(D.ACCEPT,),
    ),
    Transition(
        verb="close",
        label="销号",
        sources=(S.ACCEPTED,),
        target=S.CLOSED,
        permission=Perm.HIDDEN_DANGER_CLOSE,
        event="hidden_danger.closed",
        who="随验收办理；挂牌督办的等全部摘牌",
        automatic=True,
    ),
    Transition(
        verb="terminate",
        label="终结",
        sources=tuple(sorted(OPEN_STATUSES - {S.ACCEPTED})),
        target=S.TERMINATED,
        permission=Perm.HIDDEN_DANGER_TERMINATE,
        event="hidden_danger.terminated",
        who="初审单位或者交办单位",
        requires="单位已关闭等理由；不计入整改率的分子和分母",
        cancels=ALL_DEADLINES,
    ),
)


def _term(name: str) -> Any:
    return lambda matter, started_on: TERMS[name].ends_on(started_on)


def _due_on(matter: Any, started_on: date) -> date:
    return matter.due_on


def _review_on(matter: Any, started_on: date) -> date:
    return matter.review_on


def _kind(name: DeadlineName, due_on: Any, *ladder: Step) -> DeadlineKind:
    return DeadlineKind(name, name.label, due_on, TERMS[name].article, ladder)


DEADLINES = {
    kind.kind: kind
    for kind in (
        _kind(D.SCREEN, _term("SCREEN"), Step("hidden_danger.screening_overdue", "核定超期", 1)),
        _kind(D.DECIDE_MAJOR, _term("DECIDE_MAJOR"), Step("hidden_danger.major_decision_overdue", "重大判定超期", 1)),
        _kind(D.DISPATCH, _term("DISPATCH"), Step("hidden_danger.dispatch_overdue", "交办超期", 1)),
        _kind(
            D.ACKNOWLEDGE,
            _term("ACKNOWLEDGE"),
            Step("hidden_danger.acknowledgement_overdue", "签收超期", 1),
        ),
        _kind(
            D.RECTIFY,
            _due_on,
            Step("hidden_danger.rectification_due_soon", "3 天后到期", -3),
            Step("hidden_danger.rectification_due_today", "今天到期", 0),
            Step("hidden_danger.rectification_overdue", "整改逾期", 1),
            Step("hidden_danger.rectification_long_overdue", "整改逾期 7 天", 7),
        ),
        _kind(
            D.REVIEW_SUSPENSION,
            _review_on,
            Step("hidden_danger.suspension_review_due", "今天复核暂缓", 0),
            Step("hidden_danger.suspension_review_overdue", "暂缓复核超期", 1),
        ),
        _kind(D.ACCEPT, _term("ACCEPT"), Step("hidden_danger.acceptance_overdue", "验收超期", 1)),
    )
}

PROCESS = register(
    Process(
        subject_type="hidden_danger",
        label="隐患",
        statuses=Status,
        open_statuses=OPEN_STATUSES,
        transitions=TRANSITIONS,
        deadlines=DEADLINES,
    )
)
