"""Giving and taking grants."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.accounts import policies, selectors
from anlan.accounts.actions.steps import record
from anlan.accounts.facts import GrantFacts
from anlan.authz.actors import Actor
from anlan.authz.models import Grant, Region
from anlan.lib import clock
from anlan.lib.refusals import NotInScope


def grant_role(*, actor: Actor, user_id: UUID, role: str, organisation_id: UUID, **more: Any) -> Grant:
    """Let a person one looks after act in ``role`` for the organisation; the rest as in ``place``.

    Forbidden (403) for oneself and for roles above the actor, Invalid (422) for what cannot be, NotInScope (404) for a
    person or an organisation outside the actor's scope.
    """
    policies.check_can_administer(actor)
    policies.check_not_oneself(actor, user_id, "授权")
    with transaction.atomic():
        selectors.lock_account(actor, user_id)
        return place(actor=actor, user_id=user_id, role=role, organisation_id=organisation_id, **more)


def place(
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
    """Write the grant, within ``region`` (the organisation's own by default), in the caller's transaction."""
    organisation = selectors.organisation_within(actor, organisation_id)
    policies.check_role(actor, role, organisation)
    begins = valid_from or clock.today()
    policies.check_period(begins, valid_to)
    policies.check_region(actor, region or organisation.region, organisation)
    policies.check_sectors(actor, sectors)
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
    record(actor, "grant", grant.id, organisation.region.path, "grant.given", payload)
    return grant


def grant_by_facts(*, actor: Actor, user_id: UUID, grant: GrantFacts) -> Grant:
    """``grant_role`` with what a form gathered."""
    return grant_role(actor=actor, user_id=user_id, **grant_arguments(actor, grant))


def grant_arguments(actor: Actor, grant: GrantFacts) -> dict[str, Any]:
    """NotInScope (404) for a region outside the actor's."""
    region = selectors.region_within(actor, grant.region_id) if grant.region_id else None
    kept = {"role", "organisation_id", "sectors", "valid_from", "valid_to"}
    return {**{name: getattr(grant, name) for name in kept}, "region": region}


def revoke_grant(*, actor: Actor, grant_id: UUID) -> Grant:
    """End the grant now: the next request under it is refused. Refused (409) when it has ended already.

    Grants are in force by the day, so its last day becomes yesterday; one given today was in force on no day.
    """
    policies.check_can_administer(actor)
    with transaction.atomic():
        grant = selectors.grants_within(actor).select_for_update(of=("self",)).filter(id=grant_id).first()
        if grant is None or not policies.administers(actor, grant):
            raise NotInScope("授权")
        policies.check_not_oneself(actor, grant.user_id, "收回授权")
        policies.check_in_force(grant, clock.today())
        grant.valid_to = clock.today() - timedelta(days=1)
        grant.valid_from = min(grant.valid_from, grant.valid_to)
        grant.save(update_fields=["valid_from", "valid_to"])
        payload = {"user": grant.user_id, "valid_to": grant.valid_to}
        record(actor, "grant", grant.id, grant.organisation.region.path, "grant.revoked", payload)
    return grant
