"""Whether an event may be worked on now."""

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.lib.refusals import Forbidden, Refused
from anlan.safeguards.models import GuaranteedEvent


def is_own(actor: Actor, event: GuaranteedEvent) -> bool:
    """Whether its region lies inside the actor's; a township sees the county's event and does not change it."""
    return event.region_path.startswith(actor.region_path)


def may_edit(actor: Actor, event: GuaranteedEvent) -> bool:
    return actor.can(Permission.SAFEGUARD_EDIT) and is_own(actor, event)


def check_can_edit(actor: Actor, event: GuaranteedEvent) -> None:
    """Raise Forbidden (403) when it is not the actor's to change."""
    require(actor, Permission.SAFEGUARD_EDIT)
    if not is_own(actor, event):
        raise Forbidden("not_own_event", "这是上级登记的保障活动，您可以查看，不能修改。")


def check_is_running(event: GuaranteedEvent) -> None:
    """Raise Refused (409) when the event was concluded."""
    if not event.is_running:
        raise Refused("event_concluded", "保障已经结束，名单不再变动。要改的请先恢复保障。")
