"""The only writer of enforcement leads."""

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.enforcement.models import EnforcementLead
from anlan.hidden_dangers.api import HiddenDanger, PartyKind
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.processes.api import Event

ARTICLE = "安全生产法第一百零二条"
"""安全生产法（2021）第一百零二条：未采取措施消除事故隐患的法律责任。"""


def raise_lead(*, actor: Actor, matter: HiddenDanger, event: Event, enforcer: Organisation, reason: str) -> None:
    """Raise a lead against the responsible enterprise because of ``event``; once for the event.

    Only an enterprise can be punished here: a matter of another party gets the supervision letter alone.
    """
    if matter.party_kind != PartyKind.ENTERPRISE or matter.party_enterprise is None:
        return
    with transaction.atomic():
        lead, created = EnforcementLead.objects.get_or_create(
            event_id=event.id,
            defaults={
                "region_path": matter.region_path,
                "hidden_danger": matter,
                "enterprise": matter.party_enterprise,
                "enforcer": enforcer,
                "enforcer_path": enforcer.path,
                "reason": reason,
                "article": ARTICLE,
                "raised_at": clock.now(),
            },
        )
        if created:
            ledger.record(
                actor=actor,
                subject_type="enforcement_lead",
                subject_id=lead.id,
                region_path=lead.region_path,
                event="enforcement_lead.raised",
                payload={"hidden_danger": matter.id, "enterprise": lead.enterprise_id, "enforcer": enforcer.id,
                         "because": event.id},
            )  # fmt: skip


def bring_along(actor: Actor, matter: HiddenDanger) -> None:
    """The leads lie where their matter lies, after it was handed over with its site; they stay with their enforcer."""
    EnforcementLead.objects.filter(hidden_danger=matter).update(region_path=matter.region_path)
