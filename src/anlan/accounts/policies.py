"""Who may administer accounts, and how far: nobody gives what is not theirs to give (DESIGN §4)."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.models import Grant, Organisation, Region
from anlan.authz.permissions import Permission
from anlan.authz.roles import AT_HOME_IN, MAY_GRANT, ROLE_CHOICES, ROLES
from anlan.authz.scope import require
from anlan.lib.refusals import Forbidden, Invalid, Refused

LONGEST_STAND_IN = timedelta(days=92)
"""Longer than that it is no leave: another person gets the grant."""


def check_is_system(actor: Actor) -> None:
    """Forbidden (403) for everybody but the system: commands, and the demo's driver."""
    if not actor.is_system:
        raise Forbidden("forbidden", "这件事由系统管理员在服务器上办理，请联系平台运维人员。")


def check_can_administer(actor: Actor) -> None:
    """Forbidden (403) for a role without the permission."""
    require(actor, Permission.ACCOUNT_ADMINISTER)


def roles_to_give(actor: Actor) -> frozenset[str]:
    """The roles this actor may give and take."""
    return MAY_GRANT.get(actor.role.code, frozenset())


def administers(actor: Actor, grant: Grant) -> bool:
    """Whether giving and taking this grant is the actor's business. Its organisation and region are loaded."""
    is_below = grant.organisation.region.path.startswith(actor.region_path)
    return is_below and grant.role in roles_to_give(actor)


def check_not_oneself(actor: Actor, user_id: UUID, what: str) -> None:
    """Forbidden (403): accounts are looked after by somebody else. A stand-in may not for the one they stand in for."""
    if actor.is_party(user_id):
        raise Forbidden("oneself", f"不能给自己{what}，请由同单位的另一位管理员或上级办理。")


def check_whole_account(actor: Actor, live: Iterable[Grant]) -> None:
    """Refused (409) when the account also acts elsewhere or higher: whoever could reset its password could act there."""
    if not all(administers(actor, grant) for grant in live):
        raise Refused("acts_elsewhere", "这个账号在您的管辖范围以外还有有效授权，账号本身请由上级管理员办理。")


def check_role(actor: Actor, role: str, organisation: Organisation) -> None:
    """Invalid (422) for a role that does not exist or is not at home there, Forbidden (403) for one above the actor."""
    if role not in dict(ROLE_CHOICES):
        raise Invalid.at("/role", "没有这种角色，请从角色列表中选择。")
    if role not in roles_to_give(actor):
        raise Forbidden("role_above", f"您不能授予“{ROLES[role].label}”，请由上级管理员办理。")
    if not actor.is_system and organisation.kind not in AT_HOME_IN[role]:
        raise Invalid.at(
            "/role", f"“{ROLES[role].label}”不能授给{organisation.get_kind_display()}，请换一个角色或单位。"
        )


def check_region(actor: Actor, region: Region, organisation: Organisation) -> None:
    """Invalid (422) for a region outside the organisation's."""
    if not actor.is_system and not region.path.startswith(organisation.region.path):
        raise Invalid.at("/region", f"管辖区域应在{organisation.region.name}范围内。")


def check_sectors(actor: Actor, sectors: Iterable[str]) -> None:
    """Invalid (422) when they go beyond the actor's own."""
    if actor.sectors and (not set(sectors) or not set(sectors) <= actor.sectors):
        raise Invalid.at("/sectors", "您只负责部分行业，授予的行业请在您负责的行业中选择。")


def check_period(valid_from: date, valid_to: date | None) -> None:
    """Invalid (422) when it ends before it begins."""
    if valid_to is not None and valid_to < valid_from:
        raise Invalid.at("/valid_to", "失效日期不能早于生效日期。")


def check_stand_in_period(grant: Grant, valid_from: date, valid_to: date, today: date) -> None:
    """Invalid (422) for days that are over, in the wrong order, too many, or beyond the grant."""
    if valid_from < today:
        raise Invalid.at("/valid_from", "开始日期不能早于今天。")
    if valid_to < valid_from:
        raise Invalid.at("/valid_to", "结束日期不能早于开始日期。")
    if valid_to - valid_from > LONGEST_STAND_IN:
        raise Invalid.at("/valid_to", "代办最长三个月；时间更长的，请由管理员另行授权。")
    if valid_from < grant.valid_from or (grant.valid_to is not None and valid_to > grant.valid_to):
        raise Invalid.at("/valid_to", "代办的日期应在这项授权的有效期之内。")


def check_in_force(grant: Grant, on: date) -> None:
    """Refused (409) when the grant has ended already."""
    if grant.valid_to is not None and grant.valid_to < on:
        raise Refused("grant_ended", "这项授权已经失效，不必再收回。")
