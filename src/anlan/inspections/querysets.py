"""Named filters and annotations of checks."""

from datetime import date, timedelta
from typing import Self

from django.db.models import Q

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopedQuerySet
from anlan.inspections.choices import ActClass, Status
from anlan.lib import clock


class CheckRecordQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor, permission: Permission | None = None) -> Self:
        """Inside the scope; a draft is its maker's own until it is filed."""
        drafts_of_others = Q(status=Status.DRAFT) & ~Q(registered_by_id=actor.user_id)
        return super().visible_to(actor, permission).exclude(drafts_of_others)

    def filed(self) -> Self:
        return self.filter(status=Status.FILED)

    def self_checks_of(self, month: date) -> Self:
        """The filed self-checks of the month that begins on ``month``."""
        return self.filed().filter(act_class=ActClass.SELF_CHECK, month=month)

    def patrols(self) -> Self:
        """The filed 巡查. A patrol is never secret; one that came in with a ledger and says so is left out."""
        return self.filed().filter(act_class=ActClass.PATROL, concealed=False)

    def started_between(self, first: date, last: date) -> Self:
        """Begun on one of the legal days, both included."""
        return self.filter(started_at__gte=clock.start_of(first), started_at__lt=clock.end_of(last))

    def recent(self, days: int, on: date) -> Self:
        return self.started_between(on - timedelta(days=days - 1), on)

    def matching(self, text: str) -> Self:
        """Rows whose number, place, object or enterprise contains ``text``."""
        named = Q(enterprise__name__contains=text) | Q(supervised_object__name__contains=text)
        return self.filter(Q(number__icontains=text) | Q(place__contains=text) | named)

    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query."""
        where = ("region", "enterprise", "supervised_object")
        return self.select_related(*where, "organisation", "checklist_version__checklist")
