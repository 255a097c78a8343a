"""The table of licences: registered, renewed, corrected, cancelled; its one period ends with its validity."""

from anlan.authz.permissions import Permission as Perm
from anlan.processes.api import NEW, SAME, Process, Transition, register
from anlan.register.choices import LicenceState
from anlan.register.licence_terms import REMINDERS, deadline_of

_PERIODS = tuple(version.code for version in REMINDERS)

LICENCE = register(
    Process(
        subject_type="licence",
        label="证照",
        statuses=LicenceState,
        open_statuses=frozenset({LicenceState.IN_FORCE}),
        deadlines={version.code: deadline_of(version) for version in REMINDERS},
        transitions=(
            Transition(
                verb="register_licence",
                label="登记证照",
                sources=(NEW,),
                target=LicenceState.IN_FORCE,
                permission=Perm.LICENCE_EDIT,
                event="licence.registered",
                who="登记底册的单位",
                requires="类别、证号、有效期",
                document="证照扫描件",
                opens=_PERIODS,
            ),
            Transition(
                verb="renew_licence",
                label="换证、延期",
                sources=(LicenceState.IN_FORCE,),
                target=SAME,
                permission=Perm.LICENCE_EDIT,
                event="licence.renewed",
                who="登记底册的单位",
                requires="新的有效期",
                document="新证扫描件",
                meets=_PERIODS,
                opens=_PERIODS,
            ),
            Transition(
                verb="correct_licence",
                label="更正",
                sources=(LicenceState.IN_FORCE,),
                target=SAME,
                permission=Perm.LICENCE_EDIT,
                event="licence.corrected",
                who="登记底册的单位",
                requires="登记错了的内容",
                cancels=_PERIODS,
                opens=_PERIODS,
            ),
            Transition(
                verb="cancel_licence",
                label="注销",
                sources=(LicenceState.IN_FORCE,),
                target=LicenceState.CANCELLED,
                permission=Perm.LICENCE_EDIT,
                event="licence.cancelled",
                who="登记底册的单位",
                requires="原因（注销、吊销、不再从事）",
                cancels=_PERIODS,
            ),
        ),
    )
)
