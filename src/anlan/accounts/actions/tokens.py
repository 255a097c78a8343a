"""Tokens of machines: issued and revoked by the system, noted when used."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from anlan.accounts import policies, selectors
from anlan.accounts.actions.steps import record
from anlan.accounts.models import ApiToken
from anlan.authz.actors import Actor
from anlan.authz.models import Grant
from anlan.lib import clock
from anlan.lib.refusals import Invalid

TOKEN_PREFIX = "anlan_"  # noqa: S105 - lets secret scanners recognise a leaked token


def issue_token(*, actor: Actor, grant: Grant, days: int, label: str = "") -> tuple[ApiToken, str]:
    """A token for the grant and its secret, which is shown once and kept nowhere. Invalid (422) for no days."""
    policies.check_is_system(actor)
    if not 1 <= days <= 3650:
        raise Invalid.at("/days", "有效天数应为 1 至 3650。")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    with transaction.atomic():
        token = ApiToken.objects.create(
            digest=selectors.digest_of(secret),
            label=label,
            user_id=grant.user_id,
            grant=grant,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        payload = {"grant": grant.id, "expires_at": token.expires_at}
        record(actor, "api_token", token.id, grant.organisation.region.path, "api_token.issued", payload)
    return token, secret


def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """The token is worth nothing from the next request."""
    policies.check_is_system(actor)
    with transaction.atomic():
        ApiToken.objects.filter(id=token.id, revoked_at=None).update(revoked_at=clock.now())
        region_path = token.grant.organisation.region.path
        record(actor, "api_token", token.id, region_path, "api_token.revoked", {})


def touch_token(*, token_id: UUID) -> None:
    """Note that the token was used; at most once a minute, whoever asks."""
    before = clock.now() - selectors.TOUCH_EVERY
    unused = ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lte=before), id=token_id)
    unused.update(last_used_at=clock.now())
