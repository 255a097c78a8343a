"""Who may administer accounts. Until the pages for it come, the system does: commands, and the demo's driver."""

from datetime import date

from anlan.authz.actors import Actor
from anlan.authz.models import Grant
from anlan.authz.roles import ROLE_CHOICES
from anlan.lib.refusals import Forbidden, Invalid, Refused


def check_can_administer(actor: Actor) -> None:
    """Forbidden (403) for everybody but the system."""
    if not actor.is_system:
        raise Forbidden("forbidden", "账号和授权由系统管理员办理，请联系本单位管理员。")


def check_role(role: str) -> None:
    """Invalid (422) for a role that does not exist."""
    if role not in dict(ROLE_CHOICES):
        raise Invalid.at("/role", "没有这种角色，请从角色列表中选择。")


def check_period(valid_from: date, valid_to: date | None) -> None:
    """Invalid (422) when it ends before it begins."""
    if valid_to is not None and valid_to < valid_from:
        raise Invalid.at("/valid_to", "失效日期不能早于生效日期。")


def check_in_force(grant: Grant, on: date) -> None:
    """Refused (409) when the grant has ended already."""
    if grant.valid_to is not None and grant.valid_to < on:
        raise Refused("grant_ended", "这项授权已经失效，不必再收回。")
