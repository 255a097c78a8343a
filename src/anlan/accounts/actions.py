"""Writes of accounts: users, grants, tokens, and the fact of signing in. Each leaves its entry in the ledger."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from anlan.accounts import policies, selectors
from anlan.accounts.models import ApiToken
from anlan.authz.actors import Actor, actor_of
from anlan.authz.models import Grant, Region, User
from anlan.authz.scope import acting
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope

TOKEN_PREFIX = "anlan_"  # noqa: S105 - lets secret scanners recognise a leaked token


def create_user(*, actor: Actor, username: str, display_name: str, password: str | None, phone: str = "") -> User:
    """A person who can sign in (without a password: not yet) but may nothing until a grant is given. Invalid (422) when
    the name is taken."""
    policies.check_can_administer(actor)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise Invalid.at("/username", "这个用户名已被使用，请换一个。")
        user = User.objects.create(
            username=username, display_name=display_name, phone=phone, password=make_password(password)
        )
        _record(actor, "user", user.id, actor.region_path, "user.created", {})
    return user


def set_password(*, actor: Actor, user_id: UUID, password: str) -> None:
    """A new password; every session of the user ends with the old one."""
    policies.check_can_administer(actor)
    with transaction.atomic():
        if not User.objects.filter(id=user_id).update(password=make_password(password)):
            raise NotInScope("账号")
        _record(actor, "user", user_id, actor.region_path, "user.password_set", {})


def deactivate_user(*, actor: Actor, user_id: UUID) -> None:
    """The user can sign in no more, and open sessions and tokens are worth nothing from the next request."""
    policies.check_can_administer(actor)
    with transaction.atomic():
        if not User.objects.filter(id=user_id).update(is_active=False):
            raise NotInScope("账号")
        _record(actor, "user", user_id, actor.region_path, "user.deactivated", {})


def grant_role(
    *,
    actor: Actor,
    user_id: UUID,
    role: str,
    organisation_id: UUID,
    region: Region | None = None,
    sectors: Sequence[str] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Grant:
    """Let the user act in ``role`` for the organisation, within ``region`` (the organisation's own by default).

    Invalid (422) for a role or period that cannot be, NotInScope (404) for an organisation outside the actor's region.
    """
    policies.check_can_administer(actor)
    policies.check_role(role)
    begins = valid_from or clock.today()
    policies.check_period(begins, valid_to)
    organisation = selectors.organisation_within(actor, organisation_id)
    with transaction.atomic():
        grant = Grant.objects.create(
            user_id=user_id,
            role=role,
            organisation=organisation,
            region=region or organisation.region,
            sectors=sorted(sectors),
            valid_from=begins,
            valid_to=valid_to,
        )
        payload = {
            "user": user_id,
            "role": role,
            "organisation": organisation_id,
            "region": grant.region.path,
            "sectors": grant.sectors,
            "valid_from": begins,
            "valid_to": valid_to,
        }
        _record(actor, "grant", grant.id, organisation.region.path, "grant.given", payload)
    return grant


def revoke_grant(*, actor: Actor, grant_id: UUID) -> Grant:
    """End the grant now: the next request under it is refused. Refused (409) when it has ended already.

    Grants are in force by the day, so its last day becomes yesterday; one given today was in force on no day.
    """
    policies.check_can_administer(actor)
    with transaction.atomic():
        grant = selectors.grants_within(actor).select_for_update(of=("self",)).filter(id=grant_id).first()
        if grant is None:
            raise NotInScope("授权")
        policies.check_in_force(grant, clock.today())
        grant.valid_to = clock.today() - timedelta(days=1)
        grant.valid_from = min(grant.valid_from, grant.valid_to)
        grant.save(update_fields=["valid_from", "valid_to"])
        payload = {"user": grant.user_id, "valid_to": grant.valid_to}
        _record(actor, "grant", grant.id, grant.organisation.region.path, "grant.revoked", payload)
    return grant


def issue_token(*, actor: Actor, grant: Grant, days: int, label: str = "") -> tuple[ApiToken, str]:
    """A token for the grant and its secret, which is shown once and kept nowhere. Invalid (422) for no days."""
    policies.check_can_administer(actor)
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
        _record(actor, "api_token", token.id, grant.organisation.region.path, "api_token.issued", payload)
    return token, secret


def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """The token is worth nothing from the next request."""
    policies.check_can_administer(actor)
    with transaction.atomic():
        ApiToken.objects.filter(id=token.id, revoked_at=None).update(revoked_at=clock.now())
        region_path = token.grant.organisation.region.path
        _record(actor, "api_token", token.id, region_path, "api_token.revoked", {})


def touch_token(*, token_id: UUID) -> None:
    """Note that the token was used; at most once a minute, whoever asks."""
    before = clock.now() - selectors.TOUCH_EVERY
    unused = ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lte=before), id=token_id)
    unused.update(last_used_at=clock.now())


def record_sign_in(*, user_id: UUID) -> None:
    """Enter the sign-in in the ledger of the first grant's county; a user without grants belongs to none."""
    _record_own_act(user_id, "user.signed_in")


def record_sign_out(*, user_id: UUID) -> None:
    _record_own_act(user_id, "user.signed_out")


def act_as(*, grant: Grant) -> Actor:
    """The actor of another own grant, with an entry in the ledger of that grant's county."""
    actor = actor_of(grant)
    with acting(actor):
        region_path = grant.organisation.region.path
        _record(actor, "user", grant.user_id, region_path, "user.acted_as", {"grant": grant.id})
    return actor


def _record_own_act(user_id: UUID, event: str) -> None:
    grants = selectors.grants_of(user_id)
    if not grants:
        return
    actor = actor_of(grants[0])
    with acting(actor):
        _record(actor, "user", user_id, grants[0].organisation.region.path, event, {})


def _record(
    actor: Actor, subject_type: str, subject_id: UUID, region_path: str, event: str, payload: dict[str, Any]
) -> None:
    ledger.record(
        actor=actor,
        subject_type=subject_type,
        subject_id=subject_id,
        region_path=region_path,
        event=event,
        payload=payload,
    )
