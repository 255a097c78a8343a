"""Who is this, and under which grants may they act: asked anew at every request, never remembered."""

import hashlib
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.accounts.models import ApiToken
from anlan.authz.actors import Actor, valid_grants
from anlan.authz.models import Grant, Organisation, User
from anlan.authz.scope import in_subtree
from anlan.lib import clock
from anlan.lib.refusals import NotInScope

TOUCH_EVERY = timedelta(minutes=1)


def grants_of(user_id: UUID) -> list[Grant]:
    """The grants of an active user in force today, the oldest first; user, organisation and regions are loaded."""
    return list(valid_grants(User(id=user_id)))


def token_by_secret(secret: str) -> ApiToken | None:
    """The token, when it, its grant and its user are good today, everything in one query."""
    today, now = clock.today(), clock.now()
    return (
        ApiToken.objects.select_related("grant__user", "grant__organisation__region", "grant__region")
        .filter(
            Q(grant__valid_to=None) | Q(grant__valid_to__gte=today),
            digest=digest_of(secret),
            revoked_at=None,
            expires_at__gt=now,
            grant__valid_from__lte=today,
            grant__user__is_active=True,
        )
        .first()
    )


def digest_of(secret: str) -> bytes:
    """What is kept of a token. The secret has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def is_due_for_touch(token: ApiToken) -> bool:
    return token.last_used_at is None or clock.now() - token.last_used_at >= TOUCH_EVERY


def user_by_name(username: str) -> User:
    """The user with that sign-in name, or NotInScope (404)."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotInScope("账号")
    return user


def organisation_within(actor: Actor, organisation_id: UUID) -> Organisation:
    """An organisation in the actor's region, or NotInScope (404)."""
    found = Organisation.objects.select_related("region").filter(
        in_subtree("region__path", actor.region_path), id=organisation_id
    )
    organisation = found.first()
    if organisation is None:
        raise NotInScope("单位")
    return organisation


def grants_within(actor: Actor) -> QuerySet[Grant]:
    """Every grant, past ones too, of the organisations in the actor's region."""
    loaded = Grant.objects.select_related("user", "organisation__region", "region")
    return loaded.filter(in_subtree("organisation__region__path", actor.region_path))
