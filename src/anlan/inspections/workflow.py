"""The transition table of a check (DOMAIN §3): a draft, a filed record, a voided one."""

from anlan.authz.permissions import Permission as Perm
from anlan.inspections.choices import Status
from anlan.processes.api import NEW, SAME, Process, Transition, register

S = Status

TRANSITIONS = (
    Transition(
        verb="begin",
        label="开始检查",
        sources=(NEW,),
        target=S.DRAFT,
        permission=Perm.CHECK_REGISTER,
        event="check.begun",
        who="检查单位；行政检查须有执法权",
    ),
    Transition(
        verb="begin_self_check",
        label="开始自查",
        sources=(NEW,),
        target=S.DRAFT,
        permission=Perm.SELF_CHECK_FILE,
        event="check.self_check_begun",
        who="企业",
    ),
    Transition(
        verb="file",
        label="提交检查记录",
        sources=(NEW, S.DRAFT),
        target=S.FILED,
        permission=Perm.CHECK_REGISTER,
        event="check.filed",
        who="检查单位",
        requires="检查表每项都有结果；行政检查：两名以上持证人员、告知、扫码入企编号或者未扫码原因、结果告知",
        article="安全生产法第六十八条",
        document="现场检查记录",
    ),
    Transition(
        verb="file_self_check",
        label="报送自查",
        sources=(NEW, S.DRAFT),
        target=S.FILED,
        permission=Perm.SELF_CHECK_FILE,
        event="check.self_check_filed",
        who="企业，每月一次",
        requires="检查表每项都有结果；自改的写明整改人和验收人，两人不同",
        article="安全生产法第四十一条",
    ),
    Transition(
        verb="rate",
        label="评价",
        sources=(S.FILED,),
        target=SAME,
        permission=Perm.CHECK_RATE,
        event="check.rated",
        who="被检查的企业，一次",
    ),
    Transition(
        verb="reveal",
        label="解除保密",
        sources=(S.FILED,),
        target=SAME,
        permission=Perm.CHECK_REGISTER,
        event="check.revealed",
        who="系统，暗查发现的隐患全部交办之后",
        automatic=True,
    ),
    Transition(
        verb="void",
        label="作废",
        sources=(S.DRAFT, S.FILED),
        target=S.VOIDED,
        permission=Perm.CHECK_VOID,
        event="check.voided",
        who="检查单位",
        requires="填写理由；发现的隐患照常办理，已抽查的自查不能作废",
    ),
)

PROCESS = register(
    Process(
        subject_type="check",
        label="检查",
        statuses=Status,
        open_statuses=frozenset({S.DRAFT}),
        transitions=TRANSITIONS,
    )
)
