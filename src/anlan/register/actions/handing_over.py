"""When a person moves on, everything they hold goes to the successor in one act (DOMAIN §5, 12)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, ids
from anlan.lib.refusals import Invalid, Refused
from anlan.register.actions.grids import end
from anlan.register.models import ResponsibleOfficial
from anlan.register.selectors.grids import Charge, charge_of
from anlan.territory import api as territory
from anlan.territory.api import PersonInPost

DAY = timedelta(days=1)


@dataclass(frozen=True)
class HandedOver:
    """``posts`` and ``officials`` went over; ``ended`` posts the successor had already."""

    to: str
    posts: int
    officials: int
    ended: int


def hand_over(*, actor: Actor, of: UUID, to: PersonInPost, reason: str, expected: int | None = None) -> HandedOver:
    """Give every post and every 包保 of the person behind the appointment ``of`` to ``to``, from today.

    ``expected`` is the number the actor was shown. Raises Refused (409) when it has changed since, when there is
    nothing to hand over or both are one person; NotInScope (404), Invalid (422). A dry run is ``charge_of``.
    """
    require(actor, Permission.GRID_EDIT)
    reason = territory.checked_reason(reason)
    with transaction.atomic():
        charge = charge_of(actor, of)
        successor = territory.settled(actor, to.checked())
        _check(charge, successor, expected)
        today = clock.today()
        moved = territory.move_posts(actor=actor, posts=charge.posts, to=successor, on=today)
        for old in charge.officials:
            _pass_on(old, successor)
        rows = [*(one.id for one in charge.posts), *(one.id for one in charge.officials)]
        ledger.record(
            actor=actor,
            subject_type="hand_over",
            subject_id=ids.uuid7(),
            region_path=actor.region_path,
            event="grid.handed_over",
            payload={
                "from": PersonInPost(name=charge.name, phone=charge.phone, user_id=charge.user_id).concealed(),
                "to": successor.concealed(),
                "posts": len(moved.moved),
                "ended": len(moved.ended),
                "officials": len(charge.officials),
                "reason": reason,
                "rows_hash": hashing.leaf_hash(rows).hex(),
            },
        )
        return HandedOver(successor.name, len(moved.moved), len(charge.officials), len(moved.ended))


def _check(charge: Charge, successor: PersonInPost, expected: int | None) -> None:
    if charge.count == 0:
        raise Refused("nothing_to_hand_over", f"{charge.name}名下已经没有岗位和包保，不用移交。")
    if expected is not None and expected != charge.count:
        raise Refused("charge_changed", f"{charge.name}名下刚刚变为 {charge.count} 项，请重新核对后再移交。")
    same_account = successor.user_id is not None and successor.user_id == charge.user_id
    same_words = (successor.name, successor.phone) == (charge.name, charge.phone)
    if same_account or (same_words and successor.user_id == charge.user_id):
        raise Invalid.at("/name", "接手人和移交人是同一个人。")


def _pass_on(old: ResponsibleOfficial, to: PersonInPost) -> None:
    """The successor takes the 包保 from today with the same duty, until somebody who is named already for a later time."""
    first = max(clock.today(), old.valid_from)
    of: dict[str, UUID | None] = {"site_id": old.site_id} if old.site_id else {"grid_id": old.grid_id}
    later = ResponsibleOfficial.objects.filter(**of, valid_from__gt=old.valid_from)
    following = later.order_by("valid_from").values_list("valid_from", flat=True).first()
    until = following - DAY if following is not None else None
    end(old, first - DAY)
    ResponsibleOfficial.objects.create(
        site_id=old.site_id,
        grid_id=old.grid_id,
        region_path=old.region_path,
        user_id=to.user_id,
        name=to.name,
        phone=to.phone,
        duty=old.duty,
        organisation_id=old.organisation_id,
        valid_from=first,
        valid_to=until,
    )
