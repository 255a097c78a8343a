"""督办函: to the lead of a late matter, from whoever dispatched it to another."""

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.calendar import api as calendar
from anlan.hidden_dangers.api import HiddenDanger
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.organisations import api as organisations
from anlan.processes.api import Event
from anlan.supervision.actions.numbering import next_serial
from anlan.supervision.models import SupervisionLetter

REPLY_WORKING_DAYS = 3
"""Local setting, unverified: the source (S3-43) asks for a dated reply and gives no number of days."""


def issue_letter(*, actor: Actor, matter: HiddenDanger, event: Event, reason: str) -> SupervisionLetter | None:
    """Issue the letter to the lead because of ``event``; a second call for the same event does nothing."""
    issuer, addressee = _issuer_to(matter), matter.lead
    if issuer is None or addressee is None:
        return None
    with transaction.atomic():
        if SupervisionLetter.objects.filter(event_id=event.id).exists():
            return None
        letter = _new_letter(matter, issuer, addressee, event, reason)
        letter.save(force_insert=True)
        ledger.record(
            actor=actor,
            subject_type="supervision_letter",
            subject_id=letter.id,
            region_path=letter.region_path,
            event="supervision_letter.issued",
            payload={
                "document_number": letter.document_number,
                "hidden_danger": matter.id,
                "issuer": letter.issuer_id,
                "addressee": letter.addressee_id,
                "reply_due_on": letter.reply_due_on,
                "because": event.id,
            },
        )
        return letter


def _issuer_to(matter: HiddenDanger) -> Organisation | None:
    """The dispatcher. What an organisation dispatched to itself, whoever stands above it urges: nobody urges themselves."""
    dispatcher, lead = matter.dispatcher, matter.lead
    if dispatcher is None or lead is None or not dispatcher.path.startswith(lead.path):
        return dispatcher
    return organisations.superior_of(lead)


def _new_letter(
    matter: HiddenDanger, issuer: Organisation, addressee: Organisation, event: Event, reason: str
) -> SupervisionLetter:
    year = clock.today().year
    serial = next_serial(SupervisionLetter, issuer, year)
    return SupervisionLetter(
        region_path=matter.region_path,
        year=year,
        serial=serial,
        document_number=f"{issuer.document_prefix or issuer.short_name}督〔{year}〕{serial}号",
        issuer=issuer,
        issuer_path=issuer.path,
        addressee=addressee,
        hidden_danger=matter,
        reason=reason,
        event_id=event.id,
        issued_at=clock.now(),
        reply_due_on=calendar.add_working_days(clock.today(), REPLY_WORKING_DAYS),
    )
