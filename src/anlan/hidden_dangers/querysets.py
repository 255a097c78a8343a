"""Named annotations and filters of matters."""

from datetime import date
from typing import Self

from django.db.models import Q

from anlan.authz.scope import ScopedQuerySet
from anlan.hidden_dangers.choices import OPEN_STATUSES, MajorState, Status

AWAITING_RECTIFICATION = (Status.DISPATCHED, Status.RECTIFYING)


class HiddenDangerQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self, on: date) -> Self:
        """Still to be put right although the due date has passed; a suspended one rests."""
        return self.filter(status__in=AWAITING_RECTIFICATION, due_on__lt=on)

    def due_between(self, first: date, last: date) -> Self:
        """Still to be put right, due within the days (both included)."""
        return self.filter(status__in=AWAITING_RECTIFICATION, due_on__range=(first, last))

    def held_by(self, organisation_id: object) -> Self:
        """Waiting for that organisation to act."""
        return self.open().filter(holder_id=organisation_id)

    def major_to_decide(self, organisation_id: object) -> Self:
        return self.open().filter(major_state=MajorState.PROPOSED, major_decider_id=organisation_id)

    def matching(self, text: str) -> Self:
        """Rows whose number, description, place or enterprise contains ``text``."""
        return self.filter(
            Q(number__icontains=text)
            | Q(description__contains=text)
            | Q(place__contains=text)
            | Q(party_enterprise__name__contains=text)
        )

    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query."""
        return self.select_related("region", "holder", "party_enterprise", "party_organisation", "lead", "reporter")
