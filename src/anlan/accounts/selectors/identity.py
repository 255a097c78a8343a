"""Who is this, and under which grants may they act: asked anew at every request, never remembered."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection
from django.db.models import Exists, QuerySet, Subquery

from anlan.accounts.selectors.factors import MAIN
from anlan.authz.actors import Actor, choices_of, usable, valid_grants
from anlan.authz.fields import subtree
from anlan.authz.models import Grant, User
from anlan.authz.roles import ROLES
from anlan.lib import clock
from anlan.lib.refusals import NotInScope
from anlan.reads.prepared import Given, PreparedSQL, prepared

TOUCH_EVERY = timedelta(minutes=1)

# The names are those of the fields of Actor, but for the five that _holder turns into something else.
_HOLDER_COLUMNS = {
    "token_id": "t.id",
    "last_used_at": "t.last_used_at",
    "grant_id": "g.id",
    "role": "g.role",
    "sectors": "g.sectors",
    "region_path": "r.path",
    "user_id": "u.id",
    "label": "u.display_name",
    "organisation_id": "o.id",
    "organisation_name": "o.short_name",
    "organisation_path": "o.path",
    "organisation_kind": "o.kind",
    "organisation_sectors": "o.sectors",
    "capacity": "o.capacity",
    "wall_path": "home.wall_path",
}
_HOLDER = PreparedSQL(f"""
SELECT {", ".join(_HOLDER_COLUMNS.values())}
  FROM accounts_apitoken t
  JOIN authz_grant g ON g.id = t.grant_id
  JOIN authz_user u ON u.id = g.user_id
  JOIN authz_region r ON r.id = g.region_id
  JOIN authz_organisation o ON o.id = g.organisation_id
  JOIN authz_region home ON home.id = o.region_id
 WHERE t.digest = %s AND t.revoked_at IS NULL AND t.expires_at > %s
   AND g.valid_from <= %s AND (g.valid_to IS NULL OR g.valid_to >= %s) AND u.is_active""")  # noqa: S608 - all is ours


@dataclass(frozen=True)
class TokenHolder:
    """A good token and the actor it stands for."""

    token_id: UUID
    last_used_at: datetime | None
    actor: Actor


def grants_of(user_id: UUID) -> list[Grant]:
    """The own grants of an active user in force today, the oldest first; user, organisation and regions are loaded."""
    return list(valid_grants(User(id=user_id)))


def grants_to_act_under(user_id: UUID, session_key: str | None = None) -> list[Grant]:
    """The same, and behind them those the user stands in for. ``seen_at`` is when the session was last noted;
    ``has_factor``, asked for only where some role must have one, says whether the user has a second factor."""
    found = _choices(user_id, Given(session_key or ""), clock.today(), bool(settings.SECOND_FACTOR_ROLES))
    return usable(found, user_id)


@prepared
def _choices(user_id: UUID, session_key: Given, on: date, with_factor: bool) -> QuerySet[Grant]:
    seen_at = UserSession.objects.filter(session_key=session_key.value).values("last_seen_at")[:1]
    rows = choices_of(user_id, on).annotate(seen_at=Subquery(seen_at))
    if with_factor:
        rows = rows.annotate(has_factor=Exists(Authenticator.objects.filter(user_id=user_id, type__in=MAIN)))
    return rows


def holder_of(secret: str) -> TokenHolder | None:
    """Who acts by that token, when it, its grant and its user are good today. One statement, and the hot path of the
    API: written out, because building and reading it through models costs more than running it."""
    today, now = clock.today(), clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_HOLDER, [digest_of(secret), now, today, today])
        row = cursor.fetchone()
    return None if row is None else _holder(**dict(zip(_HOLDER_COLUMNS, row, strict=True)))


def _holder(
    token_id: UUID,
    last_used_at: datetime | None,
    role: str,
    sectors: list[str],
    organisation_sectors: list[str],
    wall_path: str,
    **facts: Any,
) -> TokenHolder:
    actor = Actor(
        role=ROLES[role],
        wall=subtree(wall_path),
        sectors=frozenset(sectors),
        organisation_sectors=frozenset(organisation_sectors),
        **facts,
    )
    return TokenHolder(token_id, last_used_at, actor)


def digest_of(secret: str) -> bytes:
    """What is kept of a token. The secret has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def is_due_for_touch(holder: TokenHolder) -> bool:
    return holder.last_used_at is None or clock.now() - holder.last_used_at >= TOUCH_EVERY


def user_by_name(username: str) -> User:
    """The user with that sign-in name, or NotInScope (404)."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotInScope("账号")
    return user
