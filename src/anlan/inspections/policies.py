"""Who may do what with a check, beyond the role (DOMAIN §3): Forbidden (403: not this organisation) or Refused (409:
a condition is unmet)."""

from collections.abc import Mapping, Sequence

from anlan.authz.actors import Actor
from anlan.authz.choices import Capacity, OrganisationKind
from anlan.inspections.choices import ActClass, InspectionKind
from anlan.inspections.models import CheckRecord
from anlan.lib.refusals import FieldError, Forbidden, Invalid, Refused

K = OrganisationKind

OFFICERS_AT_LEAST = 2
OFFICERS_ARTICLE = "行政处罚法第四十二条、第五十五条；安全生产法第六十七条"
INSPECTION_ARTICLE = "安全生产法第六十五条"

NEVER_INSPECTS = frozenset(
    {
        K.GOVERNMENT,
        K.COMMITTEE,
        K.COMMITTEE_OFFICE,
        K.SPECIAL_COMMITTEE,
        K.SPECIAL_COMMITTEE_OFFICE,
        K.VILLAGE,
        K.AGENCY,
        K.ENTERPRISE,
    }
)
"""Whatever their capacity says: they dispatch, remind and supervise; they cannot inspect in law, order or punish."""

NEVER_SUPERVISES = frozenset({K.VILLAGE, K.AGENCY, K.ENTERPRISE})
UNANNOUNCED = frozenset({ActClass.ADMINISTRATIVE_INSPECTION, ActClass.GOVERNMENT_SUPERVISION})
ENFORCEMENT_FIELDS = {
    "inspection_kind": "行政检查类别",
    "arrival": "告知方式",
    "scan_no": "扫码入企编号",
    "no_scan_reason": "未扫码原因",
    "plan_reference": "检查计划",
}
"""What only a 行政检查 may carry."""


def act_classes_for(actor: Actor) -> list[ActClass]:
    """The acts this actor's organisation may do, the usual one first."""
    if actor.is_enterprise:
        return [ActClass.SELF_CHECK]
    found = [ActClass.ADMINISTRATIVE_INSPECTION] if may_inspect(actor) else []
    if actor.organisation_kind == K.VILLAGE:
        return [ActClass.PATROL, ActClass.SERVICE_VISIT]
    if actor.organisation_kind == K.AGENCY:
        return [ActClass.SERVICE_VISIT, ActClass.PATROL]
    return [*found, ActClass.SERVICE_VISIT, ActClass.PATROL, ActClass.GOVERNMENT_SUPERVISION]


def may_inspect(actor: Actor) -> bool:
    """Whether the organisation has the capacity to inspect in law."""
    return actor.capacity != Capacity.NONE and actor.organisation_kind not in NEVER_INSPECTS


def check_act_class(actor: Actor, act_class: str) -> None:
    """Raise Forbidden (403) when the actor's organisation cannot do this act."""
    name = actor.organisation_name
    if actor.is_enterprise != (act_class == ActClass.SELF_CHECK):
        raise Forbidden("not_your_act", "企业只能报送企业自查，其他单位不能代替企业自查。", "安全生产法第四十一条")
    if act_class == ActClass.ADMINISTRATIVE_INSPECTION and not may_inspect(actor):
        raise Forbidden(
            "no_capacity",
            f"{name}没有行政检查权，请改选“走访帮扶”“巡查”等，或者请有执法权的部门检查。",
            INSPECTION_ARTICLE,
        )
    if act_class == ActClass.GOVERNMENT_SUPERVISION and actor.organisation_kind in NEVER_SUPERVISES:
        raise Forbidden("no_subordinates", f"{name}没有下级，不能督查。请改选“走访帮扶”或者“巡查”。")


def check_unannounced(act_class: str, *, is_unannounced: bool) -> None:
    if is_unannounced and act_class not in UNANNOUNCED:
        raise Refused("not_unannounced", "只有行政检查和督查可以暗查。")


def check_enforcement_fields(act_class: str, given: Mapping[str, str]) -> None:
    """Raise Refused (409) when an act that is no 行政检查 carries what belongs to one."""
    if act_class == ActClass.ADMINISTRATIVE_INSPECTION:
        return
    carried = [label for name, label in ENFORCEMENT_FIELDS.items() if given.get(name)]
    if carried:
        words = ActClass(act_class).label
        raise Refused(
            "not_an_inspection",
            f"{words}不是行政检查，不能填写{'、'.join(carried)}。",
            INSPECTION_ARTICLE,
            {"fields": carried},
        )


def check_inspection(given: Mapping[str, str], officers: Sequence[tuple[str, str]], *, is_unannounced: bool) -> None:
    """Raise Invalid (422) with everything that a 行政检查 still lacks. ``officers`` are (name, certificate)."""
    wrong = []
    named = [name for name, certificate in officers if name and certificate]
    if len(set(officers)) < OFFICERS_AT_LEAST or len(named) != len(officers):
        text = f"行政检查须有 {OFFICERS_AT_LEAST} 名以上检查人员，逐人填写执法证号（{OFFICERS_ARTICLE}）。"
        wrong.append(FieldError("/officers", text))
    if not given.get("inspection_kind"):
        wrong.append(FieldError("/inspection_kind", "请选择日常、专项或者个案检查。"))
    if given.get("inspection_kind") != InspectionKind.INDIVIDUAL and not given.get("plan_reference"):
        wrong.append(FieldError("/plan_reference", "请填写批准的检查计划或者方案；个案检查可以不填。"))
    if not given.get("arrival"):
        wrong.append(FieldError("/arrival", "请选择事先送达通知书，还是到场当面交付。"))
    elif is_unannounced and given["arrival"] != "HAND_OVER":
        wrong.append(FieldError("/arrival", "暗查不事先通知，请选择到场当面交付。"))
    if not given.get("scan_no") and not given.get("no_scan_reason"):
        wrong.append(FieldError("/scan_no", "请填写扫码入企编号；没有扫码的，填写原因。"))
    if not given.get("told_to"):
        wrong.append(FieldError("/told_to", "请填写检查结果告知了谁。"))
    if wrong:
        raise Invalid(wrong)


def check_can_void(actor: Actor, check: CheckRecord, *, is_sampled: bool) -> None:
    if not actor.is_system and not actor.within(check.organisation_path):
        raise Forbidden("not_your_check", "只有检查单位自己能作废检查记录。")
    if is_sampled:
        raise Refused("sampled", "这份自查已被乡镇（街道）抽中核查，不能作废。")


def check_can_rate(actor: Actor, check: CheckRecord) -> None:
    if not check.is_inspection:
        raise Refused("not_rated", "只有行政检查需要企业评价。")
    if check.is_imported:
        raise Refused("not_rated", "随台账导入的历史检查不再评价。")
    if check.rated_at is not None:
        raise Refused("already_rated", "已经评价过，不能修改。")


def may_be_rated(check: CheckRecord) -> bool:
    """Whether its enterprise is asked for its word."""
    return check.is_inspection and not check.is_imported and check.rated_at is None


def check_acceptor(rectified_by: str, accepted_by: str, pointer: str) -> None:
    """Acceptor ≠ rectifier, both named (DOMAIN §4). Invalid (422)."""
    if not rectified_by or not accepted_by:
        raise Invalid.at(pointer, "请填写整改人和验收人的姓名。")
    if rectified_by == accepted_by:
        raise Invalid.at(pointer, "验收人不能是整改人。")
