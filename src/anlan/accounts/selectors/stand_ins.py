"""Who stands in for whom."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.accounts.policies import administers
from anlan.authz.actors import Actor
from anlan.authz.models import Grant, StandIn, User
from anlan.authz.permissions import Permission
from anlan.lib import clock
from anlan.lib.refusals import NotInScope

SHOWN_AFTERWARDS = timedelta(days=30)
"""How long a stand-in that is over stays on the page."""


def lock_grant_to_lend(actor: Actor, grant_id: UUID) -> Grant:
    """A live grant of one's own or one that one administers, locked. NotInScope (404)."""
    rows = Grant.objects.select_related("user", "organisation__region", "region").select_for_update(of=("self",))
    grant = rows.filter(_live(clock.today()), id=grant_id).first()
    if grant is None or not _is_business_of(actor, grant):
        raise NotInScope("授权")
    return grant


def lock_stand_in(actor: Actor, stand_in_id: UUID) -> StandIn:
    """One of a grant of one's own, of one that one administers, or one's own standing in; locked. NotInScope (404)."""
    rows = StandIn.objects.select_related("grant__user", "grant__organisation__region", "grant__region", "user")
    found = rows.select_for_update(of=("self",)).filter(id=stand_in_id).first()
    if found is None or not (found.user_id == actor.user_id or _is_business_of(actor, found.grant)):
        raise NotInScope("代办")
    return found


def grants_to_lend(user_id: UUID, actor: Actor) -> list[Grant]:
    """The live grants of a user that the actor may lend."""
    rows = Grant.objects.select_related("user", "organisation__region", "region")
    rows = rows.filter(_live(clock.today()), user_id=user_id).order_by("valid_from", "id")
    return [grant for grant in rows if _is_business_of(actor, grant)]


def colleagues_of(grants: Iterable[Grant]) -> QuerySet[User]:
    """Active people with a grant in force in the organisations of these grants."""
    today = clock.today()
    there = Grant.objects.filter(
        _live(today), organisation__in={grant.organisation_id for grant in grants}, valid_from__lte=today
    )
    return User.objects.filter(is_active=True, id__in=there.order_by().values("user_id")).order_by("display_name", "id")


def stand_ins_between(valid_from: date, valid_to: date) -> QuerySet[StandIn]:
    """Those in force on any of these days."""
    return StandIn.objects.filter(ended_at=None, valid_from__lte=valid_to, valid_to__gte=valid_from)


def stand_ins_of(user_id: UUID, actor: Actor | None = None) -> list[StandIn]:
    """Where the user is away or stands in, now, later or lately; for an ``actor`` only what is their business."""
    since = clock.today() - SHOWN_AFTERWARDS
    rows = StandIn.objects.select_related("grant__user", "grant__organisation__region", "user")
    found = rows.filter(Q(grant__user_id=user_id) | Q(user_id=user_id), valid_to__gte=since)
    return [one for one in found if actor is None or _is_business_of(actor, one.grant)]


def _is_business_of(actor: Actor, grant: Grant) -> bool:
    return grant.user_id == actor.user_id or (actor.can(Permission.ACCOUNT_ADMINISTER) and administers(actor, grant))


def _live(today: date) -> Q:
    return Q(valid_to=None) | Q(valid_to__gte=today)
