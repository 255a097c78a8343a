"""Named annotations and filters of matters."""

import unicodedata
from datetime import date
from functools import reduce
from operator import or_
from typing import Self

from django.db.models import F, Q

from anlan.authz.scope import ScopedQuerySet
from anlan.hidden_dangers.choices import (
    ESTABLISHED_STATUSES,
    OPEN_STATUSES,
    DeadlineName,
    Level,
    MajorState,
    Source,
    Status,
)
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.reads.attached import attaching

LIST_NAMES = ("region", "supervised_object", "holder", "party_enterprise", "party_organisation", "lead", "reporter")
LIST_COLUMNS = (
    *("id", "number", "status", "version", "changed_at", "level", "major_state", "source", "description", "place"),
    *("site", "sector", "party_kind", "party_person", "import_key"),
    *("registered_at", "submitted_at", "ended_at", "due_on"),
    *LIST_NAMES,
)
"""What a line of a list, on a page or as the API gives it, is made of."""
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

    def unacknowledged(self, on: date) -> Self:
        """Dispatched, and the lead has let the period for acknowledging pass."""
        late = processes.subjects_past(DeadlineName.ACKNOWLEDGE, on)
        return self.filter(status=Status.DISPATCHED, id__in=late)

    def bounced(self) -> Self:
        """Sent back by a lead, and not given to another yet."""
        return self.filter(status=Status.CONFIRMED, bounce_count__gt=0)

    def found(self) -> Self:
        """What the rectification rate counts (requirements, D2): established, not 企业自查 unless major."""
        official = ~Q(source=Source.SELF_CHECK) | Q(level=Level.MAJOR)
        return self.filter(official, status__in=ESTABLISHED_STATUSES)

    def without_five(self) -> Self:
        """Major ones being put right whose 五到位 is not complete."""
        missing = Q(plan=None) | Q(plan__plan="") | Q(plan__due_on=None) | Q(plan__person="")
        missing |= Q(plan__funds_cny=None) | Q(plan__measures="")
        return self.filter(missing, level=Level.MAJOR, status__in=AWAITING_RECTIFICATION)

    def undirected(self) -> Self:
        """Major ones under way of which no leader's direction is put down."""
        directed = processes.happened("hidden_danger.directed")
        return self.open().filter(~directed, level=Level.MAJOR)

    def turn_of_organ(self, organisation_id: object) -> Self:
        """Waiting for an organ: held by it, or for it to decide; not what an enterprise with an account puts right."""
        left_to_party = Q(status=Status.RECTIFYING, party_enterprise__organisation__isnull=False)
        decides = Q(major_state=MajorState.PROPOSED, major_decider_id=organisation_id)
        return self.open().filter((Q(holder_id=organisation_id) & ~left_to_party) | decides)

    def turn_of_party(self, organisation_id: object) -> Self:
        """Waiting for an enterprise: to put right, or to complete what it reported."""
        puts_right = Q(status=Status.RECTIFYING, party_enterprise__organisation_id=organisation_id)
        completes = Q(status=Status.RETURNED_TO_REPORTER, reporter_id=organisation_id)
        return self.filter(puts_right | completes)

    def with_next_due(self) -> Self:
        """With ``next_due_on``, the nearest open deadline of any kind."""
        return self.annotate(next_due_on=processes.next_due_on())

    def matching(self, text: str) -> Self:
        """Rows of which number, description, place, object or enterprise contains each word of ``text``, in the narrow
        form of its letters and digits too: that is how most people type them."""
        found = Q()
        for word in text.split():
            forms = {word, unicodedata.normalize("NFKC", word)}
            found &= reduce(or_, (_saying(one) for one in sorted(forms)))
        return self.filter(found)

    def open_first(self) -> Self:
        """Those on their way, the nearest due first; then those that ended, the latest first."""
        return self.order_by(
            F("ended_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-registered_at", "-id"
        )

    def sorted_by(self, sort: str) -> Self:
        """By a column, ``-`` for the other way round, the newest first without one; what has no date stands last
        either way."""
        if not sort:
            return self
        column = F(sort.removeprefix("-"))
        way = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
        return self.order_by(way, "-id")

    def standing_in(self, first: date, last: date) -> Self:
        """Known and not yet ended at some time within the days (both included), with ``stood_at``, the status in which
        the last day left them. What is not shown to others yet, or was found to be none, is not among them."""
        end = clock.end_of(last)
        rows = self.filter(Q(ended_at=None) | Q(ended_at__gte=clock.start_of(first)), registered_at__lt=end)
        none = (Status.RETURNED_TO_REPORTER, Status.DISMISSED, Status.MERGED)
        return rows.filter(concealed=False).exclude(status__in=none).annotate(stood_at=processes.status_before(end))

    def with_names(self) -> Self:
        """With the names a row of a list shows."""
        return attaching(self, *LIST_NAMES)

    def as_lines(self) -> Self:
        """With everything a row of a list shows, and nothing else."""
        return self.only(*LIST_COLUMNS).with_names()


def _saying(word: str) -> Q:
    return (
        Q(number__icontains=word)
        | Q(description__contains=word)
        | Q(place__contains=word)
        | Q(supervised_object__name__contains=word)
        | Q(party_enterprise__name__contains=word)
    )
