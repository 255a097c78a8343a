"""Reads of enforcement leads."""

from uuid import UUID

from django.db.models import QuerySet

from anlan.authz.actors import Actor
from anlan.enforcement.models import EnforcementLead


def leads(actor: Actor) -> QuerySet[EnforcementLead]:
    """The leads the actor sees, the newest first."""
    return EnforcementLead.objects.visible_to(actor).select_related("enterprise", "enforcer", "hidden_danger")


def leads_about(actor: Actor, hidden_danger_id: UUID) -> list[EnforcementLead]:
    return list(leads(actor).filter(hidden_danger_id=hidden_danger_id))


def leads_against(enterprise_id: UUID) -> QuerySet[EnforcementLead]:
    """The leads against an enterprise, found in the scope: they go along when it is merged."""
    return EnforcementLead.objects.filter(enterprise_id=enterprise_id)
