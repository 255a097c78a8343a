"""The transition table of a listing (DOMAIN §4): 督办通知书 → monthly progress → application → recheck → 摘牌通知书."""

from datetime import date
from typing import Any

from anlan.authz.permissions import Permission as Perm
from anlan.lib.months import end_of_month
from anlan.processes.api import NEW, SAME, DeadlineKind, Process, Step, Transition, register
from anlan.supervision.choices import ListingDeadline, ListingStatus

S, D = ListingStatus, ListingDeadline

TRANSITIONS = (
    Transition(
        verb="list",
        label="挂牌督办",
        sources=(NEW,),
        target=S.LISTED,
        permission=Perm.SUPERVISION_LISTING_LIST,
        event="supervision_listing.listed",
        who="乡镇（街道）、部门、安委会、政府，可以多家同时挂牌",
        requires="隐患已交办、未销号；督办期限、包抓领导",
        document="挂牌督办通知书",
        opens=(D.RECTIFY, D.PROGRESS),
    ),
    Transition(
        verb="report_progress",
        label="报月进展",
        sources=(S.LISTED, S.RELEASE_REQUESTED, S.RECHECKED),
        target=SAME,
        permission=Perm.SUPERVISION_LISTING_REPORT_PROGRESS,
        event="supervision_listing.progress_reported",
        who="隐患的主办单位、责任单位",
        requires="每月一次，本月报过的不能再报",
        opens=(D.PROGRESS,),
    ),
    Transition(
        verb="set_controls",
        label="落实管控措施",
        sources=(S.LISTED, S.RELEASE_REQUESTED, S.RECHECKED),
        target=SAME,
        permission=Perm.SUPERVISION_LISTING_SET_CONTROLS,
        event="supervision_listing.controls_set",
        who="隐患的主办单位、责任单位",
        requires="管控措施、管控责任人、下次复查日期；到期续填，以前的都留着",
        opens=(D.CONTROLS,),
    ),
    Transition(
        verb="request_release",
        label="申请摘牌",
        sources=(S.LISTED,),
        target=S.RELEASE_REQUESTED,
        permission=Perm.SUPERVISION_LISTING_REQUEST_RELEASE,
        event="supervision_listing.release_requested",
        who="隐患的主办单位、责任单位",
        requires="隐患已经验收",
        meets=(D.RECTIFY,),
    ),
    Transition(
        verb="recheck",
        label="复查合格",
        sources=(S.RELEASE_REQUESTED,),
        target=S.RECHECKED,
        permission=Perm.SUPERVISION_LISTING_RECHECK,
        event="supervision_listing.rechecked",
        who="挂牌单位",
        requires="填写复查情况",
    ),
    Transition(
        verb="refuse_release",
        label="复查不合格",
        sources=(S.RELEASE_REQUESTED, S.RECHECKED),
        target=S.LISTED,
        permission=Perm.SUPERVISION_LISTING_REFUSE_RELEASE,
        event="supervision_listing.release_refused",
        who="挂牌单位",
        requires="填写理由",
        opens=(D.RECTIFY,),
    ),
    Transition(
        verb="release",
        label="摘牌",
        sources=(S.RECHECKED,),
        target=S.RELEASED,
        permission=Perm.SUPERVISION_LISTING_RELEASE,
        event="supervision_listing.released",
        who="挂牌单位，各摘各的；全部摘牌以后隐患销号",
        document="摘牌通知书",
        cancels=(D.RECTIFY, D.PROGRESS, D.CONTROLS),
    ),
)


def _due_on(listing: Any, started_on: date) -> date:
    return max(listing.due_on, started_on)


def _next_report(listing: Any, started_on: date) -> date:
    """The end of this month for a new listing, of the next one after a report."""
    return end_of_month(started_on, later=1 if listing.progress_count else 0)


DEADLINES = {
    D.RECTIFY.value: DeadlineKind(
        D.RECTIFY,
        D.RECTIFY.label,
        _due_on,
        "挂牌督办通知书",
        (
            Step("supervision_listing.due_soon", "督办期限 7 天后到期", -7),
            Step("supervision_listing.overdue", "督办逾期", 1),
        ),
    ),
    D.PROGRESS.value: DeadlineKind(
        D.PROGRESS,
        D.PROGRESS.label,
        _next_report,
        "本地设定：每月报进展",
        (Step("supervision_listing.progress_missing", "本月进展未报", 1),),
    ),
    D.CONTROLS.value: DeadlineKind(
        D.CONTROLS,
        D.CONTROLS.label,
        lambda listing, started_on: listing.controls_check_on,
        "本单位填写的下次复查日期",
        (Step("supervision_listing.controls_check_passed", "管控措施复查到期", 1),),
    ),
}

PROCESS = register(
    Process(
        subject_type="supervision_listing",
        label="挂牌督办",
        statuses=ListingStatus,
        open_statuses=frozenset({S.LISTED, S.RELEASE_REQUESTED, S.RECHECKED}),
        transitions=TRANSITIONS,
        deadlines=DEADLINES,
    )
)
