"""Stable role codes and what each may do. A role says how far a person sees (``Reach``) and which verbs they have;
where they see it is in the grant."""

from dataclasses import dataclass
from enum import StrEnum

from anlan.authz.choices import OrganisationKind
from anlan.authz.permissions import Permission

P = Permission


class Reach(StrEnum):
    """How much of the region a role sees beyond the matters its organisation takes part in (DOMAIN §1)."""

    REGION = "REGION"  # everything in the grant's region: 安委办, leaders, townships, villages
    SECTOR = "SECTOR"  # the grant's sectors across departments: 专委办
    ORGANISATION = "ORGANISATION"  # the own organisation's subtree: departments
    PARTICIPATION = "PARTICIPATION"  # only what it takes part in: enterprises, agencies


@dataclass(frozen=True)
class Role:
    code: str
    label: str
    reach: Reach
    permissions: frozenset[P]


_READ = {
    P.DESK_VIEW,
    P.REGION_VIEW,
    P.RULE_VIEW,
    P.ORGANISATION_VIEW,
    P.ENTERPRISE_VIEW,
    P.OBJECT_VIEW,
    P.HIDDEN_DANGER_VIEW,
    P.CHECK_VIEW,
    P.JOB_VIEW,
    P.FILE_VIEW,
    P.GRID_VIEW,
    P.INDICATOR_VIEW,
    P.RECEIPT_VIEW,
}
_REPORT = {P.HIDDEN_DANGER_REGISTER, P.HIDDEN_DANGER_COMMENT}
_CHECK = {P.CHECK_REGISTER, P.CHECK_VOID}
_SELF_CHECK = {P.SELF_CHECK_FILE, P.CHECK_RATE, P.CHECK_VOID}
_FOLLOW_UP = {
    P.SUPERVISION_LETTER_VIEW,
    P.SUPERVISION_LISTING_VIEW,
    P.ENFORCEMENT_LEAD_VIEW,
    P.HIDDEN_DANGER_EXPORT,
    P.HIDDEN_DANGER_URGE,
    P.CHECK_EXPORT,
}
_REGISTER = {
    P.ENTERPRISE_REGISTER,
    P.ENTERPRISE_EDIT,
    P.SITE_REGISTER,
    P.SITE_EDIT,
    P.SHEET_IMPORT,
    P.SITE_REQUEST_RESUMPTION,
    P.SITE_ACCEPT_RESUMPTION,
    P.SITE_TRANSFER,
    P.OBJECT_EDIT,
    P.LICENCE_EDIT,
}
_GRID = {P.GRID_EDIT}
_ACCOUNTS = {P.ACCOUNT_ADMINISTER}
_SCREEN = {
    P.HIDDEN_DANGER_RETURN_TO_REPORTER,
    P.HIDDEN_DANGER_DISMISS,
    P.HIDDEN_DANGER_CONFIRM,
    P.HIDDEN_DANGER_PROPOSE_MAJOR,
    P.HIDDEN_DANGER_DISPATCH,
    P.HIDDEN_DANGER_TERMINATE,
    P.HIDDEN_DANGER_REPORT_UP,
    P.HIDDEN_DANGER_MERGE_DUPLICATE,
    P.HIDDEN_DANGER_FIX_ON_THE_SPOT,
    P.HIDDEN_DANGER_REDISPATCH,
    P.HIDDEN_DANGER_DESIGNATE,
    P.HIDDEN_DANGER_APPROVE_EXTENSION,
    P.HIDDEN_DANGER_REFUSE_EXTENSION,
    P.HIDDEN_DANGER_LOOK_BACK,
    P.HIDDEN_DANGER_CORRECT,
    P.HIDDEN_DANGER_WITHDRAW,
}
_SIGN = {P.SIGNED_LIST_VIEW, P.SIGNED_LIST_SIGN}
_SAFEGUARD = {P.SAFEGUARD_VIEW, P.SAFEGUARD_EDIT}
_LISTER = {
    P.SUPERVISION_LISTING_LIST,
    P.SUPERVISION_LISTING_RECHECK,
    P.SUPERVISION_LISTING_REFUSE_RELEASE,
    P.SUPERVISION_LISTING_RELEASE,
}
_LISTED = {
    P.SUPERVISION_LISTING_VIEW,
    P.SUPERVISION_LISTING_REPORT_PROGRESS,
    P.SUPERVISION_LISTING_SET_CONTROLS,
    P.SUPERVISION_LISTING_REQUEST_RELEASE,
}
_LEAD = {
    P.HIDDEN_DANGER_ACKNOWLEDGE,
    P.HIDDEN_DANGER_BOUNCE,
    P.HIDDEN_DANGER_FILL_FIVE,
    P.HIDDEN_DANGER_REQUEST_SUSPENSION,
    P.HIDDEN_DANGER_REQUEST_EXTENSION,
}
_SUSPENSION = {P.HIDDEN_DANGER_APPROVE_SUSPENSION, P.HIDDEN_DANGER_REFUSE_SUSPENSION, P.HIDDEN_DANGER_RESUME}
_RECTIFY = {
    P.HIDDEN_DANGER_FILL_FIVE,
    P.HIDDEN_DANGER_REQUEST_SUSPENSION,
    P.HIDDEN_DANGER_REQUEST_EXTENSION,
    P.HIDDEN_DANGER_RESUME,
    P.HIDDEN_DANGER_SUBMIT_RECTIFICATION,
    P.HIDDEN_DANGER_WITHDRAW,
}
_ACCEPT = {P.HIDDEN_DANGER_RETURN, P.HIDDEN_DANGER_ACCEPT_RECTIFICATION, P.HIDDEN_DANGER_CLOSE}
_DIRECT = {P.HIDDEN_DANGER_DIRECT}
_DECIDE_MAJOR = {P.HIDDEN_DANGER_CONFIRM_MAJOR, P.HIDDEN_DANGER_REFUSE_MAJOR}

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "LEADER",
            "领导",
            Reach.REGION,
            frozenset(_READ | _FOLLOW_UP | _LISTER | _SIGN | _SAFEGUARD | _REPORT | _DIRECT),
        ),
        Role(
            "COMMITTEE_OFFICE",
            "安委办工作人员",
            Reach.REGION,
            frozenset(
                _READ
                | _FOLLOW_UP
                | _REPORT
                | _CHECK
                | _REGISTER
                | {P.ENTERPRISE_MERGE}
                | _GRID
                | _ACCOUNTS
                | _SCREEN
                | _SUSPENSION
                | _ACCEPT
                | _LISTER
                | _LISTED
                | _SIGN
                | _SAFEGUARD
                | _DIRECT
                | {P.CHECKLIST_EDIT}
            ),
        ),
        Role(
            "SPECIAL_COMMITTEE_OFFICE",
            "专委办工作人员",
            Reach.SECTOR,
            frozenset(
                _READ
                | _FOLLOW_UP
                | _REPORT
                | _CHECK
                | _SCREEN
                | _SUSPENSION
                | _ACCEPT
                | _LISTER
                | _LISTED
                | {P.SAFEGUARD_VIEW}
            ),
        ),
        Role(
            "DEPARTMENT_INSPECTOR",
            "部门监管人员",
            Reach.ORGANISATION,
            frozenset(
                _READ
                | _FOLLOW_UP
                | _REPORT
                | _REGISTER
                | _SCREEN
                | _LEAD
                | _SUSPENSION
                | _ACCEPT
                | _LISTER
                | _LISTED
                | _DECIDE_MAJOR
                | _CHECK
                | {P.HIDDEN_DANGER_SUBMIT_RECTIFICATION, P.CHECKLIST_EDIT, P.SAFEGUARD_VIEW}
            ),
        ),
        Role(
            "TOWNSHIP_OFFICE",
            "乡镇（街道）应急办人员",
            Reach.REGION,
            frozenset(
                _READ
                | _FOLLOW_UP
                | _REPORT
                | _REGISTER
                | _GRID
                | _ACCOUNTS
                | _SCREEN
                | _LEAD
                | _SUSPENSION
                | _ACCEPT
                | _LISTER
                | _LISTED
                | _SIGN
                | _SAFEGUARD
                | _CHECK
                | {P.HIDDEN_DANGER_SUBMIT_RECTIFICATION, P.SELF_CHECK_SAMPLE}
            ),
        ),
        Role(
            "VILLAGE_GRID_MEMBER",
            "村（社区）网格员",
            Reach.REGION,
            frozenset(
                _READ | _REPORT | _CHECK | _RECTIFY | _LEAD | _LISTED | _SIGN | {P.HIDDEN_DANGER_FIX_ON_THE_SPOT}
            ),
        ),
        Role(
            "ENTERPRISE_OFFICER",
            "企业安全管理人员",
            Reach.PARTICIPATION,
            frozenset(_READ | _REPORT | _SELF_CHECK | _RECTIFY | _LISTED | _SIGN | {P.SITE_REQUEST_RESUMPTION}),
        ),
        Role("EXPERT", "第三方专家", Reach.PARTICIPATION, frozenset(_READ | _REPORT | _CHECK)),
        Role("SYSTEM", "系统", Reach.REGION, frozenset(P)),
    )
}

ROLE_CHOICES = [(role.code, role.label) for role in ROLES.values() if role.code != "SYSTEM"]

# Who may hand out which roles, and where each role is at home. "Nobody grants more than they hold" cannot be read off
# the permissions: an enterprise files self-checks, which no office does.
MAY_GRANT: dict[str, frozenset[str]] = {
    "COMMITTEE_OFFICE": frozenset(code for code, _ in ROLE_CHOICES),
    "TOWNSHIP_OFFICE": frozenset({"TOWNSHIP_OFFICE", "VILLAGE_GRID_MEMBER", "ENTERPRISE_OFFICER"}),
    "SYSTEM": frozenset(code for code, _ in ROLE_CHOICES),
}
K = OrganisationKind
AT_HOME_IN: dict[str, frozenset[str]] = {
    "LEADER": frozenset({K.GOVERNMENT, K.COMMITTEE, K.TOWNSHIP, K.PARK}),
    "COMMITTEE_OFFICE": frozenset({K.COMMITTEE_OFFICE, K.COMMITTEE}),
    "SPECIAL_COMMITTEE_OFFICE": frozenset({K.SPECIAL_COMMITTEE_OFFICE, K.SPECIAL_COMMITTEE}),
    "DEPARTMENT_INSPECTOR": frozenset({K.DEPARTMENT, K.DIVISION, K.FIRE_RESCUE}),
    "TOWNSHIP_OFFICE": frozenset({K.TOWNSHIP, K.TOWNSHIP_OFFICE, K.PARK}),
    "VILLAGE_GRID_MEMBER": frozenset({K.VILLAGE}),
    "ENTERPRISE_OFFICER": frozenset({K.ENTERPRISE}),
    "EXPERT": frozenset({K.AGENCY}),
}
